//! Laws of the formatter: a second pass changes nothing, and the forms are those of the text; over all wat code of
//! the repository and over generated programs.

use proptest::prelude::*;
use std::path::{Path, PathBuf};
use wat_fmt::{Spelling, format};
use wat_source::FileId;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the repository")
}

fn wat_files(directory: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).expect("a directory").map(|e| e.expect("an entry").path()) {
        let hidden = entry.file_name().is_some_and(|n| n.to_string_lossy().starts_with('.') || n == "target");
        if entry.is_dir() && !hidden {
            wat_files(&entry, into);
        } else if entry.extension().is_some_and(|e| e == "wat") {
            into.push(entry);
        }
    }
}

fn holds(text: &str, spelling: Spelling) -> Result<(), String> {
    let before = wat_syntax::read(FileId(0), text);
    if before.diagnostics.iter().any(|d| d.is_error()) {
        return match format(FileId(0), text, spelling) {
            Err(_) => Ok(()),
            Ok(out) => Err(format!("a text that does not read was formatted:\n{out}")),
        };
    }
    let once = format(FileId(0), text, spelling).map_err(|d| format!("{d:?}"))?;
    let twice = format(FileId(0), &once, spelling).map_err(|d| format!("{d:?}\n{once}"))?;
    if once != twice {
        return Err(format!("not idempotent:\n{once}\n----\n{twice}"));
    }
    let after = wat_syntax::read(FileId(0), &once);
    if after.forms != before.forms || !after.diagnostics.is_empty() {
        return Err(format!("other forms:\n{once}"));
    }
    if once.lines().any(|line| line.ends_with(' ') && !once.contains('"') && !once.contains('\\')) {
        return Err(format!("a line ends in a space:\n{once}"));
    }
    Ok(())
}

#[test]
fn all_code_of_the_repository_keeps_its_forms_and_settles() {
    let mut files = Vec::new();
    wat_files(&repository(), &mut files);
    assert!(files.len() > 300, "{} files", files.len());
    let mut wrong = Vec::new();
    for file in files {
        let Ok(text) = std::fs::read_to_string(&file) else { continue };
        for spelling in [Spelling::Short, Spelling::Edn, Spelling::Kept] {
            if let Err(why) = holds(&text, spelling) {
                wrong.push(format!("{} {spelling:?}: {why}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// Programs of `tests/fail` and `tests/mistakes` stay as whoever made the mistake has written them, and those of
/// `tests/conformance` as they were given. A program of the other tests may be about a spelling: it keeps its names.
#[test]
fn all_code_of_the_repository_is_in_the_house_style() {
    let root = repository();
    let mut files = Vec::new();
    wat_files(&root, &mut files);
    let mut wrong = Vec::new();
    let mut count = 0;
    for file in files {
        let name = file.strip_prefix(&root).expect("it is below").to_string_lossy().into_owned();
        if ["tests/fail/", "tests/mistakes/", "tests/conformance/"].iter().any(|kind| name.starts_with(kind))
        {
            continue;
        }
        count += 1;
        let spelling = if name.starts_with("tests/") { Spelling::Kept } else { Spelling::Short };
        let Ok(text) = std::fs::read_to_string(&file) else { continue };
        if format(FileId(0), &text, spelling).ok().is_some_and(|styled| styled != text) {
            wrong.push(name);
        }
    }
    assert!(count > 250, "{count} files");
    assert!(wrong.is_empty(), "`wat fmt` would change {}", wrong.join(" "));
}

/// Blocks that do not read are there to show it.
#[test]
fn all_code_of_the_documents_is_in_the_house_style() {
    let root = repository();
    let mut pages = vec![root.join("README.md")];
    for directory in ["book", "errors"] {
        let entries = std::fs::read_dir(root.join(directory)).expect("a directory");
        pages.extend(entries.map(|entry| entry.expect("an entry").path()));
    }
    let mut count = 0;
    let mut wrong = Vec::new();
    for page in pages {
        let text = std::fs::read_to_string(&page).expect("a page is text");
        let mut lines = text.lines().enumerate();
        while let Some((line, fence)) = lines.next() {
            let Some(info) = fence.strip_prefix("```") else { continue };
            let block: Vec<&str> =
                lines.by_ref().map(|(_, text)| text).take_while(|text| *text != "```").collect();
            if !info.starts_with("wat") && info != "clojure" {
                continue;
            }
            count += 1;
            let block = block.join("\n") + "\n";
            let styled = format(FileId(0), &block, Spelling::Kept);
            if let Some(styled) = styled.ok().filter(|styled| *styled != block) {
                wrong.push(format!("{}:{}\n{styled}", page.display(), line + 1));
            }
        }
    }
    assert!(count > 100, "{count} blocks");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Programs as somebody in a hurry would lay them out.
fn program() -> impl Strategy<Value = String> {
    let atom = prop_oneof![
        "[a-z]{1,12}",
        "[a-z]{1,30}-[a-z]{1,30}",
        "[0-9]{1,6}",
        ":[a-z]{1,8}",
        Just("<-".to_string()),
        Just("->".to_string()),
        Just(":wat::core::let".to_string()),
        Just("0x2A".to_string()),
        Just("\"a b\n  c\"".to_string()),
        Just("#inst \"2026-01-01T00:00:00Z\"".to_string()),
    ];
    let gap = || {
        prop_oneof![
            6 => Just(" "),
            1 => Just("  "),
            1 => Just("   "),
            2 => Just("\n"),
            1 => Just("\n\n\n"),
            1 => Just("\n    "),
            1 => Just(" ; why\n"),
            1 => Just("\n;; so\n"),
            1 => Just(" #_gone "),
        ]
    };
    let head = prop::sample::select(vec![
        "",
        "let",
        "defn",
        "fn",
        "match",
        "cond",
        "case",
        "f",
        "do",
        "->",
        "if",
        "extend",
        "wat.core/when",
    ]);
    let tree = atom.prop_recursive(6, 80, 8, move |inner| {
        let items = prop::collection::vec((gap(), inner.clone()), 0..8);
        let joined = |items: Vec<(&'static str, String)>| -> String {
            items.into_iter().map(|(gap, text)| format!("{gap}{text}")).collect()
        };
        prop_oneof![
            4 => (head.clone(), items.clone()).prop_map(move |(h, i)| format!("({h}{})", joined(i))),
            2 => items.clone().prop_map(move |i| format!("[{}]", joined(i))),
            1 => (inner.clone(), inner.clone()).prop_map(|(k, v)| format!("{{{k} {v}}}")),
            1 => (prop::sample::select(vec!["'", "`", "~", "~@", "#_ ", "#tag/x "]), inner.clone())
                .prop_map(|(sigil, form)| format!("{sigil}{form} end")),
        ]
    });
    prop::collection::vec((gap(), tree), 1..5)
        .prop_map(|items| items.into_iter().map(|(gap, text)| format!("{gap}{text}")).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn generated_programs_keep_their_forms_and_settle(text in program()) {
        for spelling in [Spelling::Short, Spelling::Edn] {
            if let Err(why) = holds(&text, spelling) {
                prop_assert!(false, "{}\nof\n{}", why, text);
            }
        }
    }
}
