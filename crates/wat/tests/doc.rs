//! `wat doc` and `wat help`: what they find, what they say of a typo, and that every link of the pages leads somewhere.

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use support::Source;
use support::command::run;

fn said(words: &[&str]) -> String {
    let place = Source::empty();
    let done = run(&place.directory, words);
    assert_eq!(done.status.code(), Some(0), "{words:?}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8_lossy(&done.stdout).into_owned()
}

#[test]
fn each_kind_of_name_is_found() {
    for (name, parts) in [
        ("map", &["(map [f <- ", "Example: (map inc ", "function of wat.core"][..]),
        ("wat.string/split", &["(split [", "of wat.string"]),
        ("wat.string", &["wat.string\n", "  split", "  upper"]),
        ("Option", &["(defenum (Option T) None", "enum of wat.core"]),
        ("Some", &["(defenum (Option T) None"]),
        ("match", &["(match value (pattern", "form of wat.core"]),
        ("cond->", &["macro of wat.core"]),
        ("wat.math/pi", &["value of wat.math", "=> 3.14"]),
        ("missing-case", &["# missing-case", "## Cure"]),
        ("IoError", &["(defstruct IoError", "struct of wat.kernel"]),
    ] {
        let text = said(&["doc", name]);
        for part in parts {
            assert!(text.contains(part), "{name} has no {part:?}:\n{text}");
        }
        assert!(!text.contains('\x1b'), "plain where nobody looks: {text:?}");
    }
    assert!(said(&["doc"]).contains("wat.sqlite"));
}

#[test]
fn a_typo_is_answered() {
    let place = Source::empty();
    for (name, near) in [("reduse", "reduce"), ("wat.sting", "wat.string"), ("mising-case", "missing-case")] {
        let done = run(&place.directory, &["doc", name]);
        let text = String::from_utf8_lossy(&done.stderr).into_owned();
        assert_eq!(done.status.code(), Some(64));
        assert!(text.contains(&format!("did you mean {near}?")), "{text}");
    }
    let done = run(&place.directory, &["chek", "a.wat"]);
    assert_eq!(done.status.code(), Some(64));
    assert!(String::from_utf8_lossy(&done.stderr).contains("did you mean wat check?"));
}

/// What somebody who reads the pages could follow: the attribute's values in a text.
fn values<'a>(text: &'a str, attribute: &str) -> Vec<&'a str> {
    let start = format!(" {attribute}=\"");
    text.split(&start).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[test]
fn every_link_of_the_pages_leads_to_a_page_and_a_place_in_it() {
    let source = Source::empty()
        .with("wat.edn", "{:paths [\"src\"]}")
        .with("src/shop/cart.wat", "(ns shop.cart)\n(defn total \"The <sum> & more.\" [] -> i64 1)\n");
    let done = run(&source.directory, &["doc", "--html", "site"]);
    assert_eq!(done.status.code(), Some(0), "{}", String::from_utf8_lossy(&done.stderr));
    let site = source.directory.join("site");
    let mut pages: Vec<PathBuf> = vec![site.join("index.html")];
    for directory in ["book", "reference", "errors"] {
        let entries = fs::read_dir(site.join(directory)).expect("a directory");
        pages.extend(entries.map(|entry| entry.expect("an entry").path()));
    }
    assert!(pages.len() > 80, "{} pages", pages.len());
    let mut reached: BTreeSet<PathBuf> = BTreeSet::new();
    let mut links = 0;
    for page in &pages {
        let text = fs::read_to_string(page).expect("a page is text");
        well_formed(page, &text);
        for link in values(&text, "href").into_iter().filter(|link| !link.starts_with("http")) {
            links += 1;
            let (file, place) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() { page.clone() } else { page.with_file_name(file) };
            let target =
                target.canonicalize().unwrap_or_else(|e| panic!("{link} in {}: {e}", page.display()));
            let there = fs::read_to_string(&target).expect("a page is text");
            let found = place.is_empty() || values(&there, "id").contains(&place);
            assert!(found, "{link} in {}: no such place", page.display());
            reached.insert(target);
        }
    }
    assert!(links > 700, "{links} links");
    for page in &pages {
        assert!(
            reached.contains(&page.canonicalize().expect("it is there")),
            "nothing leads to {}",
            page.display()
        );
    }
    let cart = fs::read_to_string(site.join("reference/shop.cart.html")).expect("a page of the project");
    assert!(cart.contains("The &lt;sum&gt; &amp; more."), "{cart}");
}

/// Tags close in the order in which they open, ids are told once, and nothing that is text looks like a tag.
fn well_formed(page: &Path, text: &str) {
    let void = ["meta", "link", "br", "hr", "!DOCTYPE", "img"];
    let mut open: Vec<&str> = Vec::new();
    for part in text.split('<').skip(1) {
        let (tag, _) = part.split_once('>').unwrap_or_else(|| panic!("{}: <{part}", page.display()));
        let name = tag.split([' ', '\n']).next().unwrap_or_default().trim_end_matches('/');
        match name.strip_prefix('/') {
            Some(name) => assert_eq!(open.pop(), Some(name), "{}: </{name}>", page.display()),
            None if void.contains(&name) => {}
            None => {
                assert!(name.chars().all(|c| c.is_ascii_alphanumeric()), "{}: <{tag}>", page.display());
                open.push(name);
            }
        }
    }
    assert!(open.is_empty(), "{}: {open:?}", page.display());
    let ids = values(text, "id");
    assert_eq!(ids.len(), ids.iter().collect::<BTreeSet<_>>().len(), "{}: an id twice", page.display());
}

#[test]
fn every_command_has_its_help_with_lines_to_try() {
    let overview = said(&["help"]);
    assert_eq!(overview, said(&["--help"]));
    let commands = overview.lines().take_while(|line| !line.starts_with("options"));
    let mut words: Vec<&str> =
        commands.filter_map(|line| line.strip_prefix("  wat ")?.split(' ').next()).collect();
    assert!(words.len() >= 10, "{words:?}");
    words.dedup();
    for word in words {
        let page = said(&["help", word]);
        assert!(page.contains("\nfor example:\n  wat"), "{page}");
        assert!(page.contains("--diagnostics") || word == "chaos", "{page}");
        if word != "FILE" && word != "run" {
            assert_eq!(page, said(&[word, "--help"]));
        }
    }
    assert!(said(&["help", "fmt"]).contains("--check"));
    assert!(!said(&["help", "test"]).contains("--check"));
}

#[test]
fn an_option_of_another_command_is_told() {
    let place = Source::empty();
    for (words, why) in [
        (&["--check", "test"][..], "--check is an option of wat fmt, not of wat test"),
        (
            &["--filter", "x", "a.wat"],
            "--filter is an option of wat test and wat tap, not of running a program",
        ),
        (&["--in", "lines", "fmt"], "--in is an option of running a program, not of wat fmt"),
        (&["--chek", "fmt"], "did you mean --check?"),
        (&["help", "tset"], "did you mean wat test?"),
        (&["doc", "a", "b"], "one name at a time"),
    ] {
        let done = run(&place.directory, words);
        assert_eq!(done.status.code(), Some(64), "{words:?}");
        let text = String::from_utf8_lossy(&done.stderr).into_owned();
        assert!(text.contains(why), "{words:?}: {text}");
    }
}
