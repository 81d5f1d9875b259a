//! The harness sees what it is for: a panic, a hang, growth and a stack that overflows end a run with the input.

use std::path::Path;
use std::process::Command;

/// Where a run writes the input that it ends with: nobody else's files are there.
const PLACE: &str = env!("CARGO_TARGET_TMPDIR");

fn run(args: &[&str]) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wat-fuzz"));
    let output = command.args(args).env("TMPDIR", PLACE).output().expect("it starts");
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&said).into_owned())
}

/// Guards: the deadline of an answer, the bound on memory, and the process around each target.
#[test]
fn each_kind_of_defect_ends_the_run_with_its_input() {
    for (kind, says) in
        [("panic", "it ended"), ("overflow", "it ended"), ("grow", "KiB of memory"), ("hang", "no answer")]
    {
        let (well, said) = run(&[&format!("broken-{kind}"), "--seconds", "60", "--seed", "7"]);
        assert!(!well && said.contains(says) && said.contains("--seed 7"), "{kind}: {said}");
        let file = Path::new(PLACE).join(format!("wat-fuzz-broken-{kind}-7"));
        let input = std::fs::read(&file).expect("the input was written");
        assert!(String::from_utf8_lossy(&input).contains(kind), "{input:?}");
        std::fs::remove_file(file).expect("the file is this test's own");
    }
}

/// Guards: the counts of a run that finds nothing.
#[test]
fn a_run_tells_what_it_did() {
    let (well, said) = run(&["edn", "--seconds", "1", "--seed", "3"]);
    assert!(
        well && said.starts_with("edn: ") && said.contains(" accepted, ") && said.contains("slowest"),
        "{said}"
    );
    let (well, said) = run(&["nonsense"]);
    assert!(!well && said.contains("no target nonsense"), "{said}");
}
