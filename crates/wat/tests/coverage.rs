//! `tests/COVERAGE.md` is held to its word: each row names a word of the language and tests that are run and use it. And
//! it is complete: a public name of the library without an example that is run has a row.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::Path;

#[test]
fn each_name_is_in_the_tests_that_are_said_to_cover_it() {
    let tests =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests").canonicalize().expect("tests/ exists");
    let table = fs::read_to_string(tests.join("COVERAGE.md")).expect("the table is text");
    let mut rows = 0;
    let mut wrong = Vec::new();
    for line in table.lines().filter(|line| line.starts_with("| `")) {
        let mut words = line.split('`').skip(1).step_by(2);
        let name = words.next().expect("a row begins with a name");
        let files: Vec<&str> = words.collect();
        if files.is_empty() {
            wrong.push(format!("`{name}` has no test"));
        }
        for file in files {
            rows += 1;
            match fs::read_to_string(tests.join(file)) {
                Err(error) => wrong.push(format!("{file} of `{name}`: {error}")),
                Ok(text) if !is_run(&tests.join(file), &text) => wrong.push(format!("{file} is not run")),
                Ok(text) if !uses(&text, name) => wrong.push(format!("{file} does not use `{name}`")),
                Ok(_) => {}
            }
        }
    }
    assert!(rows > 100, "the table has its rows: {rows}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_public_name_of_the_library_has_an_example_that_runs_or_a_row() {
    let table = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/COVERAGE.md");
    let table = fs::read_to_string(table).expect("the table is text");
    let rows: HashSet<&str> =
        table.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    let (mut names, mut missing) = (0, Vec::new());
    for space in wat_driver::docs::library() {
        let prelude = matches!(&*space.name, "wat.core" | "wat.kernel");
        let alias = space.name.rsplit('.').next().expect("a name has a last part");
        let mut shown: BTreeMap<&str, bool> = BTreeMap::new();
        for entry in &space.entries {
            let runs = entry.example.as_ref().is_some_and(|example| example.gives.is_some());
            *shown.entry(&entry.name).or_default() |= runs;
        }
        names += shown.len();
        for (name, _) in shown.into_iter().filter(|(_, shown)| !shown) {
            let row = if prelude { name.to_string() } else { format!("{alias}/{name}") };
            if !rows.contains(&*row) {
                missing.push(format!(
                    "`{row}` of {}: an `Example: CODE => OUT`, or a test and a row",
                    space.name
                ));
            }
        }
    }
    assert!(names > 600, "the library has its names: {names}");
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

/// By `programs.rs`: it has an expected output, or marks its mistakes.
fn is_run(file: &Path, text: &str) -> bool {
    text.contains(";; error[") || ["stdout", "out", "exit"].iter().any(|e| file.with_extension(e).exists())
}

/// Does the name stand in the code: by itself, as a namespace, or bare or behind the file's own alias where the file
/// brings its namespace? Comments do not count.
fn uses(text: &str, name: &str) -> bool {
    if stands_in(text, name) || stands_in(text, &format!("wat.{name}")) {
        return true;
    }
    let Some((ns, short)) = name.split_once('/') else { return false };
    let Some((_, used)) = text.split_once(&format!("[wat.{ns} ")) else { return false };
    let alias = used.strip_prefix(":as ").and_then(|rest| rest.split([' ', ']']).next());
    stands_in(text, short) || alias.is_some_and(|alias| stands_in(text, &format!("{alias}/{short}")))
}

fn stands_in(text: &str, name: &str) -> bool {
    let in_name = |c: char| !c.is_whitespace() && !"()[]{},'`~@#\"".contains(c);
    text.lines().map(|line| line.split(";;").next().unwrap_or_default()).any(|code| {
        code.match_indices(name).any(|(at, _)| {
            let before = code[..at].chars().next_back();
            let after = code[at + name.len()..].chars().next();
            !before.is_some_and(in_name) && !after.is_some_and(|c| in_name(c) && c != '/')
        })
    })
}
