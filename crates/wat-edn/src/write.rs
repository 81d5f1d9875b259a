//! Literals appended to a `Vec<u8>`. Nothing here writes a raw newline, so a value so written is a line.
//!
//! Names are written as they are: whoever builds one asks [`crate::is_keyword`] and its like before.

use crate::{Instant, base64, duration, uuid};
use bigdecimal::BigDecimal;
use num_bigint::BigInt;

/// `42`, `-7`.
#[inline]
pub fn int(out: &mut Vec<u8>, value: i64) {
    out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
}

/// `42N`.
pub fn bigint(out: &mut Vec<u8>, value: &BigInt) {
    out.extend_from_slice(value.to_str_radix(10).as_bytes());
    out.push(b'N');
}

/// `0.30M` with all the digits of its scale; `12e5M` or `1e-20M` where that takes zeros before the first digit or
/// after the last.
pub fn decimal(out: &mut Vec<u8>, value: &BigDecimal) {
    let (digits, scale) = value.as_bigint_and_exponent();
    decimal_parts(out, &digits.to_str_radix(10), scale);
}

/// The decimal `digits` (with their sign) times ten to the power `-scale`, as [`decimal`].
pub fn decimal_parts(out: &mut Vec<u8>, digits: &str, scale: i64) {
    let (sign, digits) = if let Some(rest) = digits.strip_prefix('-') { ("-", rest) } else { ("", digits) };
    out.extend_from_slice(sign.as_bytes());
    let count = digits.len() as i64;
    // As `java.math.BigDecimal`: plain down to six zeros after the point.
    if scale < 0 || scale - count >= 6 {
        out.extend_from_slice(digits.as_bytes());
        out.push(b'e');
        out.extend_from_slice(itoa::Buffer::new().format(-i128::from(scale)).as_bytes());
    } else if scale == 0 {
        out.extend_from_slice(digits.as_bytes());
    } else if scale < count {
        let (whole, fraction) = digits.split_at((count - scale) as usize);
        out.extend_from_slice(whole.as_bytes());
        out.push(b'.');
        out.extend_from_slice(fraction.as_bytes());
    } else {
        out.extend_from_slice(b"0.");
        out.extend(std::iter::repeat_n(b'0', (scale - count) as usize));
        out.extend_from_slice(digits.as_bytes());
    }
    out.push(b'M');
}

/// The fewest digits that read back to the same bits: `0.0`, `-0.0`; plain with a digit after the point from 1e-5 up to
/// 1e16; else `1e300`, `1.5e-7`; `##Inf ##-Inf ##NaN`.
pub fn float(out: &mut Vec<u8>, value: f64) {
    if !value.is_finite() {
        let name: &[u8] = if value.is_nan() {
            b"##NaN"
        } else if value > 0.0 {
            b"##Inf"
        } else {
            b"##-Inf"
        };
        out.extend_from_slice(name);
        return;
    }
    let mut buffer = zmij::Buffer::new();
    let text = buffer.format_finite(value).as_bytes();
    let magnitude = value.abs();
    let plain = magnitude == 0.0 || (1e-5..1e16).contains(&magnitude);
    // A text of at most 24 bytes: a loop is faster than a search by vectors.
    let exponent = text.iter().position(|&b| b == b'e');
    if plain && exponent.is_none() && text.contains(&b'.') {
        out.extend_from_slice(text);
    } else {
        lay_out(out, text, exponent, plain);
    }
}

/// Writes the digits of `text` (`1.5e-7`, `100000.0`, with or without exponent) in the other layout.
fn lay_out(out: &mut Vec<u8>, text: &[u8], exponent: Option<usize>, plain: bool) {
    let (mantissa, power) = match exponent {
        Some(at) => {
            let power = std::str::from_utf8(&text[at + 1..]).ok().and_then(|p| p.parse::<i32>().ok());
            (&text[..at], power.expect("an exponent is an integer"))
        }
        None => (text, 0),
    };
    let mantissa = mantissa.strip_prefix(b"-").inspect(|_| out.push(b'-')).unwrap_or(mantissa);
    let point = memchr::memchr(b'.', mantissa).unwrap_or(mantissa.len());
    let all: Vec<u8> = mantissa.iter().copied().filter(|&b| b != b'.').collect();
    let zeros = all.iter().take_while(|&&b| b == b'0').count();
    let end = all.iter().rposition(|&b| b != b'0').map_or(zeros, |last| last + 1);
    let digits = &all[zeros.min(end)..end];
    // The value is 0.digits times ten to the power `scale`.
    let scale = point as i32 - zeros as i32 + power;
    if !plain {
        out.push(digits[0]);
        if digits.len() > 1 {
            out.push(b'.');
            out.extend_from_slice(&digits[1..]);
        }
        out.push(b'e');
        out.extend_from_slice(itoa::Buffer::new().format(scale - 1).as_bytes());
    } else if digits.is_empty() {
        out.extend_from_slice(b"0.0");
    } else if scale <= 0 {
        out.extend_from_slice(b"0.");
        out.extend(std::iter::repeat_n(b'0', -scale as usize));
        out.extend_from_slice(digits);
    } else {
        let whole = (scale as usize).min(digits.len());
        out.extend_from_slice(&digits[..whole]);
        out.extend(std::iter::repeat_n(b'0', scale as usize - whole));
        out.push(b'.');
        out.extend_from_slice(if whole < digits.len() { &digits[whole..] } else { b"0" });
    }
}

/// `"text"`, escaping `"`, `\` and controls.
#[inline]
pub fn string(out: &mut Vec<u8>, text: &str) {
    out.reserve(text.len() + 2);
    out.push(b'"');
    string_part(out, text);
    out.push(b'"');
}

/// What [`string`] writes between the quotes: a string may be written in parts.
#[inline]
pub fn string_part(out: &mut Vec<u8>, text: &str) {
    let bytes = text.as_bytes();
    let mut from = 0;
    loop {
        let at = plain_run(bytes, from);
        out.extend_from_slice(&bytes[from..at]);
        if at == bytes.len() {
            return;
        }
        from = at + escape(out, bytes, at);
    }
}

/// Appends the escape of what stands at `at`, or its two bytes where they are no control after all; answers their count.
fn escape(out: &mut Vec<u8>, bytes: &[u8], at: usize) -> usize {
    let letter = match bytes[at] {
        b'"' => b'"',
        b'\\' => b'\\',
        b'\n' => b'n',
        b'\r' => b'r',
        b'\t' => b't',
        0xc2 => {
            match bytes[at + 1] {
                second @ ..0xa0 => unicode(out, u32::from(second)),
                second => out.extend_from_slice(&[0xc2, second]),
            }
            return 2;
        }
        byte => {
            unicode(out, u32::from(byte));
            return 1;
        }
    };
    out.extend_from_slice(&[b'\\', letter]);
    1
}

/// The first byte at or after `at` that [`string`] may escape: a control of ASCII, a quote, a backslash, or 0xc2, with
/// which the controls from U+0080 begin.
#[inline(always)]
fn plain_run(bytes: &[u8], mut at: usize) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = ONES << 7;
    let zero_bytes = |word: u64| word.wrapping_sub(ONES) & !word & HIGH;
    while let Some(chunk) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let word = u64::from_le_bytes(*chunk);
        let controls = word.wrapping_sub(ONES * 0x20) & !word & HIGH;
        let hits = controls
            | zero_bytes(word ^ (ONES * u64::from(b'"')))
            | zero_bytes(word ^ (ONES * u64::from(b'\\')))
            | zero_bytes(word ^ (ONES * 0x7f))
            | zero_bytes(word ^ (ONES * 0xc2));
        if hits != 0 {
            return at + (hits.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    while let Some(&b) = bytes.get(at) {
        if b < 0x20 || matches!(b, b'"' | b'\\' | 0x7f | 0xc2) {
            break;
        }
        at += 1;
    }
    at
}

/// `\a`, `\newline`, `\space`, `\tab`, `\return`, `\uXXXX` for other controls.
pub fn character(out: &mut Vec<u8>, c: char) {
    out.push(b'\\');
    match c {
        '\n' => out.extend_from_slice(b"newline"),
        ' ' => out.extend_from_slice(b"space"),
        '\t' => out.extend_from_slice(b"tab"),
        '\r' => out.extend_from_slice(b"return"),
        c if c.is_control() => {
            out.pop();
            unicode(out, u32::from(c));
        }
        c => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
    }
}

/// `\uXXXX` of a character up to U+FFFF.
fn unicode(out: &mut Vec<u8>, code: u32) {
    out.extend_from_slice(b"\\u");
    for shift in [12, 8, 4, 0] {
        out.push(b"0123456789abcdef"[(code >> shift & 15) as usize]);
    }
}

/// `:name`.
#[inline]
pub fn keyword(out: &mut Vec<u8>, name: &str) {
    out.push(b':');
    out.extend_from_slice(name.as_bytes());
}

/// `name`.
#[inline]
pub fn symbol(out: &mut Vec<u8>, name: &str) {
    out.extend_from_slice(name.as_bytes());
}

/// `#name ` with the space before the value it tags.
#[inline]
pub fn tag(out: &mut Vec<u8>, name: &str) {
    out.push(b'#');
    out.extend_from_slice(name.as_bytes());
    out.push(b' ');
}

/// `#inst "2024-01-02T03:04:05.678Z"`.
pub fn instant(out: &mut Vec<u8>, instant: Instant) {
    quoted(out, "inst", |out| instant.format(out));
}

/// `#uuid "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"`.
pub fn uuid(out: &mut Vec<u8>, value: u128) {
    quoted(out, "uuid", |out| uuid::format(value, out));
}

/// `#wat/duration "1.5s"`, of nanoseconds.
pub fn duration(out: &mut Vec<u8>, nanos: i64) {
    quoted(out, "wat/duration", |out| duration::format(nanos, out));
}

/// `#wat/bytes "aGk="`.
pub fn bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    quoted(out, "wat/bytes", |out| base64::encode(bytes, out));
}

fn quoted(out: &mut Vec<u8>, name: &str, text: impl FnOnce(&mut Vec<u8>)) {
    tag(out, name);
    out.push(b'"');
    text(out);
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(write: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).expect("utf-8")
    }

    #[test]
    fn floats_are_laid_out_by_magnitude() {
        for (value, expected) in [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.0, "1.0"),
            (1500.0, "1500.0"),
            (0.1, "0.1"),
            (1e-5, "0.00001"),
            (1.25e-5, "0.0000125"),
            (9.9e-6, "9.9e-6"),
            (1.5e-7, "1.5e-7"),
            (1e15, "1000000000000000.0"),
            (9999999999999998.0, "9999999999999998.0"),
            (1e16, "1e16"),
            (1.2345e16, "1.2345e16"),
            (1e300, "1e300"),
            (-1e300, "-1e300"),
            (5e-324, "5e-324"),
            (f64::MAX, "1.7976931348623157e308"),
            (123456.789, "123456.789"),
            (-100.0, "-100.0"),
            (f64::INFINITY, "##Inf"),
            (f64::NEG_INFINITY, "##-Inf"),
            (f64::NAN, "##NaN"),
        ] {
            assert_eq!(text(|out| float(out, value)), expected);
        }
    }

    #[test]
    fn decimals_keep_their_scale() {
        for (digits, scale, expected) in [
            ("30", 2, "0.30M"),
            ("0", 2, "0.00M"),
            ("-150", 2, "-1.50M"),
            ("5", 0, "5M"),
            ("12", -5, "12e5M"),
            ("1", 20, "1e-20M"),
            ("-5", 3, "-0.005M"),
        ] {
            assert_eq!(text(|out| decimal_parts(out, digits, scale)), expected);
        }
    }

    #[test]
    fn strings_and_characters_escape_controls() {
        assert_eq!(
            text(|out| string(out, "a\"b\\c\nd\re\tf\u{1}g\u{7f}é😀\u{85}°")),
            "\"a\\\"b\\\\c\\nd\\re\\tf\\u0001g\\u007fé😀\\u0085°\""
        );
        for (c, expected) in [
            ('a', "\\a"),
            ('\n', "\\newline"),
            (' ', "\\space"),
            ('\t', "\\tab"),
            ('\r', "\\return"),
            ('\0', "\\u0000"),
            ('\u{7f}', "\\u007f"),
            ('\u{85}', "\\u0085"),
            ('λ', "\\λ"),
            ('😀', "\\😀"),
            ('\\', "\\\\"),
        ] {
            assert_eq!(text(|out| character(out, c)), expected);
        }
    }

    #[test]
    fn tagged_texts() {
        assert_eq!(text(|out| duration(out, 1_500_000_000)), "#wat/duration \"1.5s\"");
        assert_eq!(text(|out| bytes(out, b"hi")), "#wat/bytes \"aGk=\"");
        assert_eq!(text(|out| instant(out, Instant::from_nanos(0))), "#inst \"1970-01-01T00:00:00Z\"");
        assert_eq!(text(|out| uuid(out, 1)), "#uuid \"00000000-0000-0000-0000-000000000001\"");
    }
}
