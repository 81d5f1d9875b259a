//! What can be wrong with EDN text, where, and how it is said.
//!
//! The lexer answers a [`LexError`], two words cheap to return; [`ReadError`] adds line, column and a sentence when
//! somebody is to read it.

use crate::class;
use crate::position::Position;
use std::fmt;

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The input ends inside a value, or before one where one value is wanted.
    UnexpectedEnd,
    /// A closing bracket that nothing opened, or another than the open one.
    Unbalanced,
    /// A character that begins nothing.
    UnexpectedCharacter,
    InvalidUtf8,
    InvalidNumber,
    /// A number outside what its notation can hold.
    NumberOutOfRange,
    InvalidEscape,
    InvalidCharacter,
    InvalidSymbol,
    InvalidKeyword,
    InvalidTag,
    /// `##` followed by other than `Inf`, `-Inf`, `NaN`.
    InvalidSymbolic,
    /// A tag or `#_` with no value after it.
    MissingValue,
    /// A map whose last key has no value.
    MissingMapValue,
    DuplicateKey,
    DuplicateElement,
    /// `#inst`, `#uuid` with a text they cannot read or a value that is no string.
    InvalidLiteral,
    /// A second value where one is wanted.
    TrailingText,
    TooLarge,
    TooDeep,
}

/// A mistake found by the lexer at a byte offset of its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LexError {
    pub kind: ErrorKind,
    pub offset: usize,
}

/// Why the text of an instant, duration, uuid, base64 or exact number is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LiteralError {
    /// Not of the notation.
    Malformed,
    /// Of the notation, but beyond what the value can hold.
    OutOfRange,
    /// More digits than are converted.
    TooLong,
}

impl fmt::Display for LiteralError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            LiteralError::Malformed => "malformed",
            LiteralError::OutOfRange => "out of range",
            LiteralError::TooLong => "too many digits",
        })
    }
}

impl std::error::Error for LiteralError {}

/// A mistake with its place in the stream, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadError {
    pub kind: ErrorKind,
    /// Line from 1.
    pub line: u64,
    /// Column from 1, in Unicode scalar values.
    pub column: u64,
    /// Bytes from the start of the stream.
    pub offset: u64,
    /// Lower case, no full stop, without the place.
    pub message: String,
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}:{}", self.message, self.line, self.column)
    }
}

impl std::error::Error for ReadError {}

impl ReadError {
    /// Describes `error`, found in `text` whose first byte stands at `place`, `offset` bytes into the stream.
    pub fn locate(error: LexError, text: &[u8], place: Position, offset: u64) -> ReadError {
        let at = error.offset.min(text.len());
        let Position { line, column } = place.advance(&text[..at]);
        let message = describe(error.kind, text, at, place);
        ReadError { kind: error.kind, line, column, offset: offset + at as u64, message }
    }
}

fn describe(kind: ErrorKind, text: &[u8], at: usize, place: Position) -> String {
    let found = || excerpt(text, at);
    match kind {
        ErrorKind::UnexpectedEnd => match innermost_open(&text[..at]) {
            Some((what, open)) => {
                let Position { line, column } = place.advance(&text[..open]);
                format!("unexpected end of input inside a {what} opened at {line}:{column}")
            }
            None => "unexpected end of input".to_string(),
        },
        ErrorKind::Unbalanced => match innermost_open(&text[..at]) {
            Some((what, open)) => {
                let Position { line, column } = place.advance(&text[..open]);
                format!("unbalanced {} inside a {what} opened at {line}:{column}", found())
            }
            None => format!("unbalanced {}", found()),
        },
        ErrorKind::UnexpectedCharacter => format!("unexpected character {}", character(text, at)),
        ErrorKind::InvalidUtf8 => "invalid UTF-8".to_string(),
        ErrorKind::InvalidNumber => format!("invalid number {}", found()),
        ErrorKind::NumberOutOfRange => format!("number out of range {}", found()),
        ErrorKind::InvalidEscape => format!("invalid escape {} in a string", escape(text, at)),
        ErrorKind::InvalidCharacter => format!("invalid character literal {}", found()),
        ErrorKind::InvalidSymbol => format!("invalid symbol {}", found()),
        ErrorKind::InvalidKeyword => format!("invalid keyword {}", found()),
        ErrorKind::InvalidTag => format!("invalid tag {}", found()),
        ErrorKind::InvalidSymbolic => format!("unknown symbolic value {}", found()),
        ErrorKind::MissingValue => format!("no value after {}", found()),
        ErrorKind::MissingMapValue => "a key without a value in a map".to_string(),
        ErrorKind::DuplicateKey => format!("duplicate key {}", found()),
        ErrorKind::DuplicateElement => format!("duplicate element {}", found()),
        ErrorKind::InvalidLiteral => format!("malformed text of {}", found()),
        ErrorKind::TrailingText => format!("unexpected {} after the value", found()),
        ErrorKind::TooLarge => "value too large".to_string(),
        ErrorKind::TooDeep => "value nested too deeply".to_string(),
    }
}

/// The longest token shown in a message, in scalar values.
const SHOWN: usize = 40;

/// The token at `at`: a bracket or quote is one by itself.
fn excerpt(text: &[u8], at: usize) -> String {
    let first = at + usize::from(matches!(text.get(at), Some(b'\\'))) + 1;
    let end = match text.get(at) {
        Some(b'(' | b')' | b'[' | b']' | b'{' | b'}') => at + 1,
        Some(b'"') => string_end(text, at),
        _ => class::token_end(text, first),
    };
    let token = String::from_utf8_lossy(&text[at..end.min(text.len())]);
    match token.char_indices().nth(SHOWN) {
        Some((cut, _)) => format!("{}…", &token[..cut]),
        None if token.is_empty() => "end of input".to_string(),
        None => token.into_owned(),
    }
}

fn string_end(text: &[u8], at: usize) -> usize {
    let mut i = at + 1;
    while i < text.len() {
        match text[i] {
            b'\\' => i += 1,
            b'"' => return i + 1,
            _ => {}
        }
        i += 1;
    }
    text.len()
}

fn character(text: &[u8], at: usize) -> String {
    let end = (at + 4).min(text.len());
    let shown = String::from_utf8_lossy(&text[at..end]);
    match shown.chars().next() {
        Some('\u{feff}') => "U+FEFF, a byte-order mark".to_string(),
        Some(c) if c.is_ascii_graphic() => c.to_string(),
        Some(c) => format!("U+{:04X}", u32::from(c)),
        None => "end of input".to_string(),
    }
}

fn escape(text: &[u8], at: usize) -> String {
    let length = if text.get(at + 1) == Some(&b'u') { 6 } else { 2 };
    let rest = String::from_utf8_lossy(&text[at..(at + 4 * length).min(text.len())]);
    rest.chars().take(length).take_while(|&c| c != '"').collect()
}

/// The last collection or string of `text` that is not closed, and where it opens.
fn innermost_open(text: &[u8]) -> Option<(&'static str, usize)> {
    let mut open: Vec<(&'static str, usize)> = Vec::new();
    let mut i = 0;
    while i < text.len() {
        match text[i] {
            b'"' => {
                let end = string_end(text, i);
                if end == text.len() && !ends_string(text, i) {
                    return Some(("string", i));
                }
                i = end;
                continue;
            }
            b';' => i += memchr::memchr(b'\n', &text[i..]).unwrap_or(text.len()),
            b'\\' => i += 1,
            b'(' => open.push(("list", i)),
            b'[' => open.push(("vector", i)),
            b'{' if i > 0 && text[i - 1] == b'#' => open.push(("set", i - 1)),
            b'{' => open.push(("map", i)),
            b')' | b']' | b'}' => {
                open.pop();
            }
            _ => {}
        }
        i += 1;
    }
    open.pop()
}

/// Whether the string opened at `at` is closed by the last byte of `text`.
fn ends_string(text: &[u8], at: usize) -> bool {
    let mut i = at + 1;
    while i < text.len() {
        match text[i] {
            b'\\' => i += 1,
            b'"' => return true,
            _ => {}
        }
        i += 1;
    }
    false
}
