//! The rows of `tests/laws/table.txt`.

use std::path::{Path, PathBuf};

pub struct Row {
    pub law: String,
    /// Whose test binary: see [`crate::build`].
    pub binary: String,
    pub test: String,
    /// Empty for a test of which nothing can be taken away.
    pub mutation: String,
    /// Part of what the test says then.
    pub seen: String,
}

pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

pub fn rows() -> Result<Vec<Row>, String> {
    let path = repository().join("tests/laws/table.txt");
    let text = std::fs::read_to_string(&path).map_err(|e| format!("open {}: {e}", path.display()))?;
    let lines =
        text.lines().enumerate().filter(|(_, line)| !line.starts_with('#') && !line.trim().is_empty());
    lines
        .map(|(at, line)| row(line).ok_or_else(|| format!("{}:{}: six columns", path.display(), at + 1)))
        .collect()
}

fn row(line: &str) -> Option<Row> {
    let words: Vec<&str> = line.split('|').map(str::trim).collect();
    let [law, binary, test, mutation, seen, _] = words[..] else { return None };
    let text = str::to_string;
    Some(Row {
        law: text(law),
        binary: text(binary),
        test: text(test),
        mutation: text(mutation),
        seen: text(seen),
    })
}
