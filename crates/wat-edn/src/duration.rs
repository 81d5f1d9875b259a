//! Spans of time as `#wat/duration` holds them: decimal seconds and `s`, exact to the nanosecond.
//!
//! `-?` digits (`.` digits)? `s`: `1.5s`, `-0.000000001s`, `90s`. The span is an i64 of nanoseconds, ±292 years; digits
//! after the ninth of the fraction must be zeros.

use crate::error::LiteralError;

/// Nanoseconds.
pub fn parse(text: &str) -> Result<i64, LiteralError> {
    let seconds = text.strip_suffix('s').ok_or(LiteralError::Malformed)?;
    let (negative, seconds) = match seconds.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, seconds),
    };
    let (whole, fraction) = match seconds.split_once('.') {
        Some((whole, fraction)) => (whole, parse_fraction(fraction)?),
        None => (seconds, 0),
    };
    if whole.is_empty() || !whole.bytes().all(|b| b.is_ascii_digit()) {
        return Err(LiteralError::Malformed);
    }
    let whole: u64 = whole.parse().map_err(|_| LiteralError::OutOfRange)?;
    let nanos = i128::from(whole) * 1_000_000_000 + i128::from(fraction);
    i64::try_from(if negative { -nanos } else { nanos }).map_err(|_| LiteralError::OutOfRange)
}

/// Appends the shortest text of `nanos` nanoseconds.
pub fn format(nanos: i64, out: &mut Vec<u8>) {
    if nanos < 0 {
        out.push(b'-');
    }
    let magnitude = nanos.unsigned_abs();
    out.extend_from_slice(itoa::Buffer::new().format(magnitude / 1_000_000_000).as_bytes());
    format_fraction((magnitude % 1_000_000_000) as u32, out);
    out.push(b's');
}

/// Nanoseconds of the digits after the point.
pub(crate) fn parse_fraction(digits: &str) -> Result<u32, LiteralError> {
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(LiteralError::Malformed);
    }
    if digits.bytes().skip(9).any(|b| b != b'0') {
        return Err(LiteralError::OutOfRange);
    }
    let nine = digits.bytes().chain(std::iter::repeat(b'0')).take(9);
    Ok(nine.fold(0, |n, b| n * 10 + u32::from(b - b'0')))
}

/// Appends the point and the digits of `nanos` up to the last that is not zero.
pub(crate) fn format_fraction(nanos: u32, out: &mut Vec<u8>) {
    if nanos == 0 {
        return;
    }
    out.push(b'.');
    let (mut rest, mut unit) = (nanos, 100_000_000);
    while rest > 0 {
        out.push(b'0' + (rest / unit) as u8);
        rest %= unit;
        unit /= 10;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        for (nanos, text) in [
            (0, "0s"),
            (1_500_000_000, "1.5s"),
            (-1, "-0.000000001s"),
            (90_000_000_000, "90s"),
            (i64::MAX, "9223372036.854775807s"),
            (i64::MIN, "-9223372036.854775808s"),
        ] {
            let mut out = Vec::new();
            format(nanos, &mut out);
            assert_eq!(String::from_utf8(out).as_deref(), Ok(text));
            assert_eq!(parse(text), Ok(nanos));
        }
        assert_eq!(parse("1.50000000000s"), Ok(1_500_000_000));
    }

    #[test]
    fn refuses_what_it_cannot_hold() {
        for text in ["", "s", "1", ".5s", "1.s", "+1s", "1 s", "--1s", "1e3s", "1.5ms", "١s"] {
            assert_eq!(parse(text), Err(LiteralError::Malformed), "{text}");
        }
        for text in ["9223372036.854775808s", "99999999999999999999999s", "0.0000000001s"] {
            assert_eq!(parse(text), Err(LiteralError::OutOfRange), "{text}");
        }
    }
}
