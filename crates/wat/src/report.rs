//! What goes to stderr about a program's text, and about wat's own defects.

use std::io::{IsTerminal, Write};
use std::panic::PanicHookInfo;
use wat_driver::Report;
use wat_source::Diagnostic;

/// Writes the errors alone.
pub fn print_errors(report: &Report, json: bool) {
    let errors = report.diagnostics.iter().filter(|diagnostic| diagnostic.is_error());
    print_all(errors, report, json);
}

/// Writes all diagnostics; a closed stderr is not an error.
pub fn print(report: &Report, json: bool) {
    print_all(report.diagnostics.iter(), report, json);
}

fn print_all<'a>(found: impl Iterator<Item = &'a Diagnostic>, report: &Report, json: bool) {
    let color = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let mut out = String::new();
    for diagnostic in found {
        if json {
            out.push_str(&wat_source::to_json(diagnostic, &report.sources));
        } else {
            out.push_str(wat_source::draw(diagnostic, &report.sources, color).trim_end());
            out.push('\n');
        }
        out.push('\n');
    }
    if json {
        out = out.replace("\n\n", "\n");
    }
    write(&out);
}

/// Text to stderr; a closed stderr is not an error.
pub fn write(text: &str) {
    let _ = std::io::stderr().write_all(text.as_bytes());
}

/// The panic hook: a panic is a defect of wat, said so and with what helps to find it.
pub fn defect(info: &PanicHookInfo<'_>) {
    write(&format!(
        "wat: this is a defect in wat {}, not in your program\n  {info}\n  please report it with the program and the command that showed it\n",
        env!("CARGO_PKG_VERSION")
    ));
}
