//! The programs of `tests/`: those that run are clean but for warnings, those that must be rejected say so at the
//! marked lines.

use super::{Folder, check_in};
use std::path::{Path, PathBuf};
use wat_source::Severity;

/// A marked program has `;; error[code]` or `;; warning[code]` on the line above each mistake.
fn marked(text: &str) -> Vec<(u32, String)> {
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.starts_with(";; error[") || line.starts_with(";; warning[") {
            let code = line.split_once('[').and_then(|(_, rest)| rest.split_once(']'));
            found.push((number as u32 + 2, code.map_or(String::new(), |(code, _)| code.to_string())));
        }
    }
    found
}

/// Every `.wat` file below a folder, sorted.
fn programs(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("a folder of programs")
        .map(|e| e.expect("readable").path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            programs(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "wat") {
            found.push(path);
        }
    }
}

/// Programs that speak of macros need an engine to run them.
const LATER: &[&str] = &["macro", "(with-deadline", "(with-log"];

fn judge(folder: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests").join(folder);
    let (mut files, mut wrong, mut count) = (Vec::new(), String::new(), 0);
    programs(&root, &mut files);
    for path in &files {
        let text = std::fs::read_to_string(path).expect("programs are text");
        let marks = marked(&text);
        let is_entry =
            !marks.is_empty() || ["out", "stdout"].iter().any(|end| path.with_extension(end).exists());
        if !is_entry || LATER.iter().any(|form| text.contains(form)) {
            continue;
        }
        let (checked, sources) = check_in(&text, &mut Folder(root.clone()));
        let warnings = marks.iter().any(|_| text.contains(";; warning["));
        let shown: Vec<_> =
            checked.diagnostics.iter().filter(|d| warnings || d.severity == Severity::Error).collect();
        let found: Vec<(u32, String)> =
            shown.iter().map(|d| (sources.position(d.span()).line, d.code.to_string())).collect();
        count += 1;
        if found != marks {
            let name = path.strip_prefix(&root).unwrap_or(path).display();
            wrong += &format!("\n==== {name}: marked {marks:?}, found {found:?}\n");
            for diagnostic in shown {
                wrong += &wat_source::draw(diagnostic, &sources, false);
            }
        }
    }
    assert!(count > 0, "no programs in {folder}");
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn conformance_programs_have_the_mistakes_they_are_marked_with() {
    judge("conformance");
}

#[test]
fn golden_programs_are_clean() {
    judge("run");
}

#[test]
fn rejected_programs_have_the_mistakes_they_are_marked_with() {
    judge("fail");
}

/// Broken programs are judged, whatever is missing or doubled in them.
#[test]
fn no_program_is_too_broken_to_check() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests");
    let mut files = Vec::new();
    programs(&root.join("conformance"), &mut files);
    programs(&root.join("run"), &mut files);
    let texts: Vec<String> =
        files.iter().map(|path| std::fs::read_to_string(path).expect("programs are text")).collect();
    let words_of = |text: &str| -> Vec<_> {
        wat_syntax::tokens(text).into_iter().filter(|token| token.end > token.start).collect()
    };
    let total: usize = texts.iter().map(|text| words_of(text).len()).sum();
    assert!(total > 1000, "programs have words");
    // Each program costs a whole check: as many as a few seconds hold, spread over all.
    let step = (total / 800).max(13);
    let mut number = 0usize;
    for text in &texts {
        let words = words_of(text);
        for (nth, token) in words.iter().enumerate() {
            number += 1;
            if !number.is_multiple_of(step) {
                continue;
            }
            let (from, to) = (token.start as usize, token.end as usize);
            let other = &words[(nth * 7 + 3) % words.len()];
            let other = &text[other.start as usize..other.end as usize];
            for inserted in ["", other] {
                let broken = format!("{}{inserted}{}", &text[..from], &text[to..]);
                check_in(&broken, &mut Folder(root.join("run")));
            }
        }
    }
}
