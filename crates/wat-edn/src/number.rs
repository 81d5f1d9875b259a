//! Numbers: their notation, and the exact ones' conversion.

use crate::class::{self, END};
use crate::error::{ErrorKind, LexError, LiteralError};
use crate::lexer::Token;
use crate::utf8;
use bigdecimal::BigDecimal;
use num_bigint::BigInt;

/// The most digits of a BigInt or Decimal that are converted (time grows with their square), and the most an exponent
/// may move the point. What [`fits`] is written with no more.
pub const MAX_DIGITS: usize = 100_000;
/// A Decimal below one may be written with zeros around its point: see [`crate::write::decimal_parts`].
const ZEROS: usize = 8;

/// Whether these digits times ten to the power `-scale` can be read back: a number that does not fit cannot be written.
pub fn fits(digits: &BigInt, scale: i64) -> bool {
    // 100,000 digits have at least 332,189.6 bits.
    digits.bits() <= 332_189 && scale.unsigned_abs() <= MAX_DIGITS as u64
}

/// An integer with optional sign, as [`Token::BigInt`] holds it.
pub fn parse_bigint(text: &str) -> Result<BigInt, LiteralError> {
    if text.len() > MAX_DIGITS + ZEROS {
        return Err(LiteralError::TooLong);
    }
    text.parse().map_err(|_| LiteralError::Malformed)
}

/// A number with optional sign, fraction and exponent, as [`Token::Decimal`] holds it. The scale is as written: `0.30`
/// has two digits of fraction.
pub fn parse_decimal(text: &str) -> Result<BigDecimal, LiteralError> {
    let (mantissa, exponent) = match text.find(['e', 'E']) {
        Some(at) => (&text[..at], exponent(&text[at + 1..])?),
        None => (text, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.len() + fraction.len() > MAX_DIGITS + ZEROS {
        return Err(LiteralError::TooLong);
    }
    if fraction.starts_with(['+', '-']) {
        return Err(LiteralError::Malformed);
    }
    let digits = parse_bigint(&[whole, fraction].concat())?;
    Ok(BigDecimal::new(digits, fraction.len() as i64 - exponent))
}

fn exponent(text: &str) -> Result<i64, LiteralError> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(LiteralError::Malformed);
    }
    let exponent: i64 = text.parse().map_err(|_| LiteralError::OutOfRange)?;
    if exponent.unsigned_abs() > MAX_DIGITS as u64 { Err(LiteralError::OutOfRange) } else { Ok(exponent) }
}

/// The number whose sign or first digit stands at `start`, and its end.
#[inline(always)]
pub(crate) fn scan(bytes: &[u8], start: usize) -> Result<(Token<'_>, usize), LexError> {
    let negative = bytes[start] == b'-';
    let first = start + usize::from(matches!(bytes[start], b'+' | b'-'));
    let (magnitude, at) = digits(bytes, first, 0);
    let length = at - first;
    let invalid = LexError { kind: ErrorKind::InvalidNumber, offset: start };
    if length > 1 && bytes[first] == b'0' {
        return Err(invalid);
    }
    let next = bytes.get(at).copied().unwrap_or(b' ');
    if class::is(next, END) {
        return Ok((integer(bytes, start, at, length, magnitude, negative), at));
    }
    match next {
        b'.' | b'e' | b'E' => fraction(bytes, start, first, at, magnitude),
        b'N' if ends(bytes, at + 1) => Ok((Token::BigInt(seen(bytes, start, at)), at + 1)),
        b'M' if ends(bytes, at + 1) => Ok((Token::Decimal(seen(bytes, start, at)), at + 1)),
        _ => Err(invalid),
    }
}

#[inline(always)]
fn integer(
    bytes: &[u8],
    start: usize,
    end: usize,
    length: usize,
    magnitude: u64,
    negative: bool,
) -> Token<'_> {
    // Nineteen digits fit a u64, so `magnitude` has not wrapped.
    if length <= 19 {
        let value =
            if negative { 0i64.checked_sub_unsigned(magnitude) } else { i64::try_from(magnitude).ok() };
        if let Some(value) = value {
            return Token::Int(value);
        }
    }
    Token::IntOutOfRange(seen(bytes, start, end))
}

/// What follows the whole part of a number that has a point or an exponent.
fn fraction(
    bytes: &[u8],
    start: usize,
    first: usize,
    whole_end: usize,
    whole: u64,
) -> Result<(Token<'_>, usize), LexError> {
    let invalid = LexError { kind: ErrorKind::InvalidNumber, offset: start };
    let (mut mantissa, mut at, mut length, mut scale) = (whole, whole_end, whole_end - first, 0i64);
    if bytes[at] == b'.' {
        let (all, end) = digits(bytes, at + 1, mantissa);
        scale = -((end - at - 1) as i64);
        length += end - at - 1;
        (mantissa, at) = (all, end);
    }
    if let Some(b'e' | b'E') = bytes.get(at) {
        let sign = usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
        let (value, end) = digits(bytes, at + 1 + sign, 0);
        if end == at + 1 + sign {
            return Err(invalid);
        }
        // A long exponent may wrap: it takes the slow path below, which reads the text.
        let value = if end - at > 8 { i64::from(i32::MAX) } else { value as i64 };
        scale += if bytes[at + 1] == b'-' { -value } else { value };
        at = end;
    }
    if bytes.get(at) == Some(&b'M') && ends(bytes, at + 1) {
        return Ok((Token::Decimal(seen(bytes, start, at)), at + 1));
    }
    if !ends(bytes, at) {
        return Err(invalid);
    }
    let exact = length <= 19 && mantissa <= 1 << 53 && (-22..=22).contains(&scale);
    if exact {
        // Both operands are exact f64, so that the one rounding is the right one (Clinger 1990).
        let power = POWERS[scale.unsigned_abs() as usize];
        let value = if scale < 0 { mantissa as f64 / power } else { mantissa as f64 * power };
        return Ok((Token::Float(if bytes[start] == b'-' { -value } else { value }), at));
    }
    let value: f64 = seen(bytes, start, at).parse().map_err(|_| invalid)?;
    Ok((
        if value.is_infinite() {
            Token::FloatOutOfRange(seen(bytes, start, at))
        } else {
            Token::Float(value)
        },
        at,
    ))
}

/// The part of a number that [`scan`] has passed.
#[inline(always)]
fn seen(bytes: &[u8], start: usize, end: usize) -> &str {
    // SAFETY: what `scan` has passed are digits, signs, a point and an `e`.
    unsafe { utf8::ascii(&bytes[start..end]) }
}

/// Appends the run of digits at `at` to the decimal number `n`, wrapping past 64 bits; and the run's end.
#[inline(always)]
fn digits(bytes: &[u8], mut at: usize, mut n: u64) -> (u64, usize) {
    while let Some(&b) = bytes.get(at) {
        let digit = b.wrapping_sub(b'0');
        if digit > 9 {
            break;
        }
        n = n.wrapping_mul(10).wrapping_add(u64::from(digit));
        at += 1;
    }
    (n, at)
}

#[inline(always)]
fn ends(bytes: &[u8], at: usize) -> bool {
    bytes.get(at).is_none_or(|&b| class::is(b, END))
}

const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
    1e19, 1e20, 1e21, 1e22,
];
