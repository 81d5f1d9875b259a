//! The pages of `errors/` as far as reading goes: a page of a reader's code shows text that gives this code at the
//! marked lines and nothing else, and whatever else the pages show can be read.

use wat_source::{Code, FileId, SourceMap};
use wat_syntax::read;

/// The codes that the reader gives, and whose pages show it in one file.
const READER: [Code; 7] = [
    Code::UnbalancedBracket,
    Code::UnexpectedToken,
    Code::BadLiteral,
    Code::BadEscape,
    Code::UnterminatedString,
    Code::DuplicateKey,
    Code::ArgumentLimit,
];

/// The `wat` blocks of a page.
fn blocks(page: &str) -> impl Iterator<Item = &str> {
    page.split("```wat\n").skip(1).map(|rest| rest.split("\n```").next().unwrap_or(rest))
}

/// What is wrong with a text, as codes with their lines.
fn found(text: &str) -> Vec<(String, u32)> {
    let mut map = SourceMap::new();
    let file: FileId = map.add("page.wat", text);
    let diagnostics = read(file, text).diagnostics;
    diagnostics.iter().map(|d| (d.code.to_string(), map.position(d.span()).line)).collect()
}

#[test]
fn examples_give_the_marked_mistakes_and_cures_none() {
    for &code in Code::ALL {
        for (nth, block) in blocks(code.page()).enumerate() {
            let mark = format!("[{code}]");
            let marked: Vec<(String, u32)> = (2..)
                .zip(block.lines())
                .filter(|(_, line)| line.trim_start().starts_with(";; ") && line.contains(&mark))
                .map(|(next, _)| (code.to_string(), next))
                .collect();
            let expected = if nth == 0 && READER.contains(&code) { marked } else { Vec::new() };
            assert_eq!(found(block), expected, "block {nth} of errors/{code}.md");
        }
    }
}
