//! A command of wat in some directory, and what it said: for tests that need no tree.

use std::path::Path;
use std::process::{Command, Output};

pub fn run(place: &Path, words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wat"));
    command.current_dir(place).args(words).output().expect("the binary starts")
}

pub fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

pub fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
