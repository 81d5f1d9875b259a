//! The inside of a string literal: finding its end, checking its escapes, undoing them.

use crate::error::{ErrorKind, LexError};
use crate::utf8;
use std::borrow::Cow;

/// A string literal whose escapes are known to be well formed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StrToken<'a> {
    /// What stands between the quotes.
    pub raw: &'a str,
    /// Whether `raw` differs from the string it means.
    pub has_escapes: bool,
}

impl<'a> StrToken<'a> {
    /// Appends the string meant, as UTF-8.
    pub fn unescape_into(&self, out: &mut Vec<u8>) {
        if self.has_escapes {
            unescape(self.raw.as_bytes(), out);
        } else {
            out.extend_from_slice(self.raw.as_bytes());
        }
    }

    /// The string meant, borrowed where it has no escapes.
    pub fn to_str(&self) -> Cow<'a, str> {
        if !self.has_escapes {
            return Cow::Borrowed(self.raw);
        }
        let mut out = Vec::with_capacity(self.raw.len());
        unescape(self.raw.as_bytes(), &mut out);
        Cow::Owned(String::from_utf8(out).expect("escapes of valid UTF-8 give valid UTF-8"))
    }
}

/// The string whose first byte after the quote stands at `start`, and the place of its closing quote.
#[inline(always)]
pub fn scan(bytes: &[u8], start: usize) -> Result<(StrToken<'_>, usize), LexError> {
    let (mut at, mut high) = plain_run(bytes, start);
    let mut has_escapes = false;
    while bytes.get(at) != Some(&b'"') {
        has_escapes = true;
        let (_, length) = escape(bytes, at)?;
        let (end, more) = plain_run(bytes, at + length);
        high |= more;
        at = end;
    }
    let raw = if high == 0 {
        // SAFETY: no byte of the plain runs has its high bit set, and an escape is ASCII.
        unsafe { utf8::ascii(&bytes[start..at]) }
    } else {
        utf8::check(bytes, start, at)?
    };
    Ok((StrToken { raw, has_escapes }, at))
}

/// The place behind the closing quote of the string whose first byte after the quote stands at `at`, if it is there.
/// Escapes are not checked.
#[inline(always)]
pub fn end(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        (at, _) = plain_run(bytes, at);
        match bytes.get(at)? {
            b'"' => return Some(at + 1),
            _ => at += 2,
        }
    }
}

/// The first quote or backslash at or after `at`, eight bytes at a time, and the high bits of the bytes before it.
#[inline(always)]
fn plain_run(bytes: &[u8], mut at: usize) -> (usize, u64) {
    let mut high = 0;
    while let Some(chunk) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let word = u64::from_le_bytes(*chunk);
        let hits = zero_bytes(word ^ (ONES * b'"' as u64)) | zero_bytes(word ^ (ONES * b'\\' as u64));
        if hits != 0 {
            // The lowest hit is a byte's high bit: what lies below it are the bytes before.
            high |= word & (hits & hits.wrapping_neg()).wrapping_sub(1);
            return (at + (hits.trailing_zeros() / 8) as usize, high & HIGH);
        }
        high |= word;
        at += 8;
    }
    while let Some(&b) = bytes.get(at) {
        if b == b'"' || b == b'\\' {
            break;
        }
        high |= u64::from(b);
        at += 1;
    }
    (at, high & HIGH)
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = ONES << 7;

/// The high bit of each zero byte; of the bits set the lowest is exact (Mycroft's test).
#[inline(always)]
fn zero_bytes(word: u64) -> u64 {
    word.wrapping_sub(ONES) & !word & HIGH
}

/// The character meant by the escape whose backslash stands at `at`, and its length.
fn escape(bytes: &[u8], at: usize) -> Result<(char, usize), LexError> {
    let invalid = LexError { kind: ErrorKind::InvalidEscape, offset: at };
    let c = match bytes.get(at + 1) {
        Some(b'"') => '"',
        Some(b'\\') => '\\',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'u') => return unicode(bytes, at).ok_or_else(|| cut_short(bytes, at + 2).unwrap_or(invalid)),
        Some(_) => return Err(invalid),
        None => return Err(LexError { kind: ErrorKind::UnexpectedEnd, offset: bytes.len() }),
    };
    Ok((c, 2))
}

/// An escape that the end of the text cuts is unfinished, not wrong.
fn cut_short(bytes: &[u8], digits: usize) -> Option<LexError> {
    let rest = bytes.get(digits..)?;
    (rest.len() < 4 && rest.iter().all(u8::is_ascii_hexdigit))
        .then_some(LexError { kind: ErrorKind::UnexpectedEnd, offset: bytes.len() })
}

/// `\uXXXX`, or two of them where the first is a high surrogate.
fn unicode(bytes: &[u8], at: usize) -> Option<(char, usize)> {
    let high = hex4(bytes, at + 2)?;
    if let Some(c) = char::from_u32(high) {
        return Some((c, 6));
    }
    let follows = bytes.get(at + 6) == Some(&b'\\') && bytes.get(at + 7) == Some(&b'u');
    let low = hex4(bytes, at + 8).filter(|low| follows && (0xdc00..0xe000).contains(low))?;
    if high >= 0xdc00 {
        return None;
    }
    char::from_u32(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00)).map(|c| (c, 12))
}

/// Four hexadecimal digits at `at`.
pub fn hex4(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4)?.iter().try_fold(0, |n, &b| Some(n << 4 | char::from(b).to_digit(16)?))
}

fn unescape(raw: &[u8], out: &mut Vec<u8>) {
    let mut at = 0;
    while at < raw.len() {
        let end = at + memchr::memchr(b'\\', &raw[at..]).unwrap_or(raw.len() - at);
        out.extend_from_slice(&raw[at..end]);
        if end == raw.len() {
            return;
        }
        let (c, length) = escape(raw, end).expect("the lexer has checked the escapes");
        out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        at = end + length;
    }
}
