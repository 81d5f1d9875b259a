//! Laws without their mechanisms: each row of `tests/laws/table.txt` that names a mutation is run under it and must fail
//! as the row says. The ordinary command runs the rows marked `sample`; `cargo xtask laws --mutations` runs all. In a
//! release build there is nothing to take away, and nothing is asked.

use crate::support::source::repository;
use crate::support::turn;
use std::process::Command;
use std::time::Duration;

/// A row of the table: law, binary, test, mutation, what is seen, how often.
fn rows() -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(repository().join("tests/laws/table.txt")).expect("the table of laws");
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    lines.map(|line| line.split('|').map(|word| word.trim().to_string()).collect()).collect()
}

#[test]
fn a_law_fails_without_its_mechanism() {
    if !cfg!(debug_assertions) {
        return;
    }
    let _turn = turn(Duration::from_secs(300));
    let mut seen = 0;
    for row in rows() {
        let [law, binary, test, mutation, expected, "sample"] =
            row.iter().map(String::as_str).collect::<Vec<_>>()[..]
        else {
            continue;
        };
        assert_eq!(binary, "wat", "a sample is of this binary");
        let run = Command::new(std::env::current_exe().expect("this test"))
            .args(["--exact", test, "--nocapture", "--test-threads", "1"])
            .env("WAT_MUTATION", mutation)
            .output()
            .expect("a run of this test");
        let text = String::from_utf8_lossy(&[run.stdout, run.stderr].concat()).into_owned();
        assert!(text.contains("running 1 test"), "{law}: there is no test {test}");
        assert!(!run.status.success(), "{law} holds without its mechanism {mutation}: {test}\n{text}");
        assert!(
            text.contains(expected),
            "{law} without {mutation} fails otherwise than by {expected:?}\n{text}"
        );
        seen += 1;
    }
    assert!(seen > 3, "{seen} samples");
}

/// Each test of a law stands in the table, and each row names a test there is.
#[test]
fn the_table_of_laws_is_whole() {
    // Its pipes would be found by a turn that is another's.
    let _turn = turn(Duration::from_secs(60));
    let listed = Command::new(std::env::current_exe().expect("this test")).arg("--list").output();
    let listed = String::from_utf8(listed.expect("a list").stdout).expect("text");
    let tests: Vec<&str> = listed.lines().filter_map(|line| line.strip_suffix(": test")).collect();
    let rows = rows();
    for row in &rows {
        assert!(row.len() == 6, "a row has six columns: {row:?}");
        assert!(row[1] != "wat" || tests.contains(&row[2].as_str()), "no such test: {row:?}");
    }
    for test in tests.iter().filter(|test| test.contains("::k")) {
        assert!(rows.iter().any(|row| row[2] == **test), "{test} is not in tests/laws/table.txt");
    }
}
