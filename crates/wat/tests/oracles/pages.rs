//! Tables of the documents in `tests/oracles`: rows of cells, code without its backquotes.

use crate::batch::page;

/// The cells of each row of the table that follows this heading; the first row is its head.
pub fn table(file: &str, heading: &str) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(page(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
    let section = text.split_once(&format!("\n## {heading}\n")).unwrap_or_else(|| panic!("no {heading}")).1;
    let lines =
        section.lines().skip_while(|line| !line.starts_with('|')).take_while(|line| line.starts_with('|'));
    let rows: Vec<Vec<String>> =
        lines.filter(|line| !line.starts_with("|--") && !line.starts_with("| --")).map(cells).collect();
    assert!(rows.len() > 1, "{file} has no table under {heading}");
    rows
}

/// `| a | `b` |`; a bar in a cell is written `\|`.
fn cells(line: &str) -> Vec<String> {
    let line = line.trim().trim_start_matches('|').trim_end_matches('|').replace("\\|", "\u{0}");
    let cell = |cell: &str| {
        let cell = cell.trim().replace('\u{0}', "|");
        // As in Markdown, a doubled backquote encloses code that holds one.
        let code = cell.strip_prefix("`` ").and_then(|rest| rest.strip_suffix(" ``"));
        let code = code.or_else(|| cell.strip_prefix('`').and_then(|rest| rest.strip_suffix('`')));
        code.map(str::to_string).unwrap_or(cell)
    };
    line.split('|').map(cell).collect()
}
