//! What is read from what, and what is said about it.

mod brackets;
mod characters;
mod collections;
mod forms;
mod limits;
mod names;
mod scalars;

use expect_test::Expect;
use wat_source::{FileId, SourceMap, draw};

use crate::{load, read};

/// The forms, one a line, then the diagnostics as they are drawn.
fn check(input: &str, expected: Expect) {
    expected.assert_eq(&shown(input.as_bytes()));
}

fn shown(input: &[u8]) -> String {
    let mut map = SourceMap::new();
    let (_, reading) = load(&mut map, "a.wat", input.to_vec());
    let mut out: String = reading.forms.iter().map(|form| format!("{form}\n")).collect();
    for diagnostic in &reading.diagnostics {
        out.push_str(&draw(diagnostic, &map, false));
    }
    out
}

/// The codes of what is wrong with a text.
fn codes(input: &str) -> Vec<&'static str> {
    read(FileId(0), input).diagnostics.iter().map(|diagnostic| diagnostic.code.name()).collect()
}
