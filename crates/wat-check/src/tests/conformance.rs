//! The programs that show the language: those that run are clean, those that fail say so at the marked lines.

use super::check_files;

/// A marked program has `;; error[code]` on the line above each mistake.
fn marked(text: &str) -> Vec<(u32, String)> {
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        if let Some(code) = line.trim().strip_prefix(";; error[") {
            found.push((number as u32 + 2, code.trim_end_matches(']').to_string()));
        }
    }
    found
}

fn programs() -> Vec<(String, String)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/conformance");
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).expect("tests/conformance is there") {
        let path = entry.expect("tests/conformance is readable").path();
        if path.extension().is_some_and(|extension| extension == "wat") {
            let name = path.file_name().expect("a file has a name").to_string_lossy().into_owned();
            files.push((name, std::fs::read_to_string(&path).expect("programs are text")));
        }
    }
    files.sort();
    files
}

#[test]
fn programs_have_the_mistakes_they_are_marked_with() {
    let mut wrong = String::new();
    for (name, text) in programs() {
        if ["08-", "19-"].iter().any(|prefix| name.starts_with(prefix)) {
            continue;
        }
        let (checked, sources) = check_files(&text, &[]);
        let found: Vec<(u32, String)> = checked
            .diagnostics
            .iter()
            .map(|d| (sources.position(d.span()).line, d.code.to_string()))
            .collect();
        if found != marked(&text) {
            wrong += &format!("{name}: {found:?}\n");
            for diagnostic in &checked.diagnostics {
                wrong += &wat_source::draw(diagnostic, &sources, false);
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
