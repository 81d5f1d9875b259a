//! Which texts are symbols, keywords and tags.

use crate::class::{self, NAME};

/// Whether `text` is the whole of a symbol: `a`, `a.b/c`, `+`, `/`. `nil`, `true` and `false` are not.
pub fn is_symbol(text: &str) -> bool {
    if matches!(text, "/") {
        return true;
    }
    !matches!(text, "nil" | "true" | "false") && !number_like(text) && segments(text)
}

/// Whether `text`, without its colon, is the whole of a keyword: `a`, `a.b/c`, `1`.
pub fn is_keyword(text: &str) -> bool {
    segments(text)
}

/// Whether `text`, without its `#`, is the whole of a tag: a symbol that begins with a letter.
pub fn is_tag(text: &str) -> bool {
    text.starts_with(char::is_alphabetic) && segments(text)
}

/// One or two segments about one slash.
fn segments(text: &str) -> bool {
    match text.split_once('/') {
        None => segment(text),
        Some((space, name)) => {
            segment(space) && segment(name) && !name.starts_with(|c: char| c.is_ascii_digit())
        }
    }
}

fn segment(text: &str) -> bool {
    let Some(first) = text.chars().next() else { return false };
    !matches!(first, ':' | '#' | '\'')
        && !text.ends_with(':')
        && !text.contains("::")
        && text.chars().all(stands_in_name)
}

fn stands_in_name(c: char) -> bool {
    if c.is_ascii() {
        class::is(c as u8, NAME) || matches!(c, ':' | '#' | '\'')
    } else {
        !c.is_whitespace() && !c.is_control() && c != '\u{feff}'
    }
}

/// Begins as a number does: a digit, perhaps after a sign, a point or both.
fn number_like(text: &str) -> bool {
    let rest = text.strip_prefix(['+', '-']).unwrap_or(text);
    rest.strip_prefix('.').unwrap_or(rest).starts_with(|c: char| c.is_ascii_digit())
}
