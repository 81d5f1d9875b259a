//! Where tests are, and the program that runs those of one file. What a test may do and how it ends is the business
//! of `wat.test` in the library.

use crate::{Program, Report, front, image_of, world};
use std::path::{Path, PathBuf};
use wat_check::testing::{self, Test};
use wat_source::{Code, Diagnostic};
use wat_syntax::TokenKind;

/// The tests of a file, ready to run.
pub struct CompiledTests {
    /// The bytes of the image.
    pub image: Vec<u8>,
    /// The name of the program that runs the tests whose numbers are among its arguments.
    pub program: String,
    /// Titles and lines, in the order of the file; a test's number is its index.
    pub tests: Vec<(String, u32)>,
    /// Warnings.
    pub report: Report,
}

/// Compile the tests of the file at `path`. `Err` when the file is wrong.
///
/// # Panics
/// When code generation refuses what checking accepted: a defect of wat.
pub fn compile_tests(path: &str) -> Result<CompiledTests, Report> {
    let (program, report) = front(path);
    let Some(mut program) = program.filter(|_| !report.has_errors()) else { return Err(report) };
    let Program { unit, tests, namespace, .. } = &mut program;
    if tests.is_empty() {
        return Ok(CompiledTests { image: Vec::new(), program: String::new(), tests: Vec::new(), report });
    }
    let main = testing::entry(unit, tests, *namespace);
    let listed =
        tests.iter().map(|test| (test.title.to_string(), report.sources.position(test.span).line)).collect();
    let image = image_of(path, &program, main, &report);
    Ok(CompiledTests { image, program: main.to_string(), tests: listed, report })
}

/// What is wrong with a program that has tests and nothing else.
pub fn only_tests(tests: &[Test], mut report: Report) -> Report {
    let mut diagnostic = Diagnostic::new(Code::MissingMain, "this program has no `main`, only tests");
    if let Some(test) = tests.first() {
        diagnostic = diagnostic.at(test.span);
    }
    report.diagnostics.push(diagnostic.help("`wat test FILE` runs them"));
    report
}

/// Does the file speak of tests? One that cannot be read does: whoever compiles it says why not.
pub fn has_tests(path: &Path) -> bool {
    let Ok(text) = world::read(path) else { return true };
    let text = String::from_utf8_lossy(&text);
    wat_syntax::tokens(&text).iter().any(|token| {
        let word = &text[token.start as usize..token.end as usize];
        match token.kind {
            TokenKind::Symbol => matches!(word, "deftest" | "wat.core/deftest"),
            TokenKind::Path => word == ":wat::core::deftest",
            _ => false,
        }
    })
}

/// The files with tests below a directory, in the order of their paths; hidden directories and `target` are left out.
pub fn tests_below(directory: &Path) -> Result<Vec<PathBuf>, String> {
    let mut found = Vec::new();
    visit(directory, &mut found)?;
    found.sort();
    Ok(found)
}

fn visit(directory: &Path, found: &mut Vec<PathBuf>) -> Result<(), String> {
    let failed = |e: std::io::Error| format!("open {}: {e}", directory.display());
    for entry in std::fs::read_dir(directory).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let (path, kind) = (entry.path(), entry.file_type().map_err(failed)?);
        let name = entry.file_name();
        if kind.is_dir() {
            let hidden = name.as_encoded_bytes().starts_with(b".");
            if !hidden && name != "target" {
                visit(&path, found)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "wat") && has_tests(&path) {
            found.push(path);
        }
    }
    Ok(())
}
