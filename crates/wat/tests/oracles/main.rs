//! wat's formats against readers and printers that nobody here wrote: EDN, JSON, CSV, calendars, patterns, f64 texts.
//!
//! Each test makes cases from a seed (`WAT_SEED` repeats a run), gives all of them to one wat process, and compares
//! its answers with the other's. Rust's readers are linked in and always asked. Those of Python, JavaScript and Clojure
//! are asked where they are installed, and a test says which were not; with `WAT_REQUIRE_ORACLES` set a missing one
//! fails the test. What differs on purpose is a row of `tests/oracles/*.md`, each of which runs too.

#[allow(dead_code, reason = "shared with the tests of processes")]
#[path = "../support/random.rs"]
mod random;

mod batch;
mod csv;
mod drawing;
mod edn;
mod floats;
mod json;
mod pages;
mod readers;
mod regex;
mod time;
mod wire;
