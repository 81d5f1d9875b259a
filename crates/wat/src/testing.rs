//! `wat test`: finds files with tests, has each run by a process of its own, and reports. A test that fails, hangs or
//! is killed ends alone; so does a file that does not compile.
//!
//! `runner.rs` is the process of one file and what comes from it, `report.rs` how a failure looks, `difference.rs`
//! where two values differ.

mod difference;
mod report;
mod runner;

pub use runner::events;

use crate::options::Options;
use crate::{exit, report as stderr};
use std::io::Write;
use std::path::Path;

/// Some test failed, or there was none to run.
const FAILED: i32 = 1;

/// A test that has run.
pub struct Verdict {
    pub title: String,
    pub line: i64,
    pub failure: Option<Failure>,
}

/// How a test failed, and what it wrote until then.
pub struct Failure {
    pub why: Why,
    pub stdout: Vec<String>,
    pub stderr: Vec<String>,
}

pub enum Why {
    /// The fields of its crash.
    Crash(wat_edn::Value),
    /// Its time was over.
    Late,
    /// The process that ran it ended: how.
    Lost(String),
}

pub fn run(paths: &[String], options: &Options) -> i32 {
    let mut files = Vec::new();
    for path in paths {
        if !Path::new(path).is_dir() {
            files.push(path.clone());
            continue;
        }
        match wat_driver::tests_below(Path::new(path)) {
            Ok(found) => files.extend(found.iter().map(|file| shown(file))),
            Err(reason) => {
                stderr::write(&format!("wat: {reason}\n"));
                return exit::MISUSE;
            }
        }
    }
    let (mut passed, mut failed, mut left_out, mut broken) = (0, 0, 0, false);
    let mut failures = String::new();
    for file in &files {
        let mut began = false;
        let mut tell = |verdict: &Verdict| {
            if !began {
                began = true;
                print(&format!("{file}\n"));
            }
            let word = if verdict.failure.is_none() { "ok  " } else { "FAIL" };
            print(&format!("  {word} {}\n", verdict.title));
        };
        let run = runner::run(file, options, &mut tell);
        stderr::write(&run.told);
        broken |= run.broken;
        left_out += run.left_out;
        for verdict in &run.verdicts {
            match &verdict.failure {
                None => passed += 1,
                Some(failure) => {
                    failed += 1;
                    failures.push_str(&report::draw(file, verdict, failure, options.limit_ms));
                }
            }
        }
    }
    print(&failures);
    if passed + failed > 0 {
        let rest = if left_out > 0 { format!(", {left_out} left out") } else { String::new() };
        print(&format!("\n{passed} passed, {failed} failed{rest}\n"));
    } else if !broken {
        let what = match &options.filter {
            Some(filter) if left_out > 0 => format!("none of {left_out} tests has {filter:?} in its name"),
            _ => format!(
                "no tests in {}\n  a test is a definition: (deftest \"adds\" (assert-eq 4 (+ 2 2)))",
                paths.join(", ")
            ),
        };
        stderr::write(&format!("wat: {what}\n"));
        return FAILED;
    }
    match (broken, failed) {
        (true, _) => exit::COMPILE,
        (false, 0) => 0,
        (false, _) => FAILED,
    }
}

fn shown(path: &Path) -> String {
    path.strip_prefix("./").unwrap_or(path).display().to_string()
}

/// To stdout at once; a reader that has gone is not an error.
fn print(text: &str) {
    let mut out = std::io::stdout();
    let _ = out.write_all(text.as_bytes());
    let _ = out.flush();
}
