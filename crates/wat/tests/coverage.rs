//! `tests/COVERAGE.md` is held to its word: each row names a word of the language and tests that are run and use it.

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

/// By `programs.rs`: it has an expected output, or marks its mistakes.
fn is_run(file: &Path, text: &str) -> bool {
    text.contains(";; error[") || ["stdout", "out", "exit"].iter().any(|e| file.with_extension(e).exists())
}

/// Does the name stand in the code, by itself or as a namespace? Comments do not count.
fn uses(text: &str, name: &str) -> bool {
    let in_name = |c: char| !c.is_whitespace() && !"()[]{},'`~@#\"".contains(c);
    text.lines().map(|line| line.split(";;").next().unwrap_or_default()).any(|code| {
        code.match_indices(name).any(|(at, _)| {
            let before = code[..at].chars().next_back();
            let after = code[at + name.len()..].chars().next();
            !before.is_some_and(in_name) && !after.is_some_and(|c| in_name(c) && c != '/')
        })
    })
}
