//! UUIDs as `#uuid` holds them: 8-4-4-4-12 hexadecimal digits.

use crate::error::LiteralError;

/// The number whose big-endian bytes the digits spell. Either case is read.
pub fn parse(text: &str) -> Result<u128, LiteralError> {
    let text = text.as_bytes();
    if text.len() != 36 {
        return Err(LiteralError::Malformed);
    }
    let mut value = 0u128;
    for (at, &byte) in text.iter().enumerate() {
        if matches!(at, 8 | 13 | 18 | 23) {
            if byte != b'-' {
                return Err(LiteralError::Malformed);
            }
        } else {
            let digit = char::from(byte).to_digit(16).ok_or(LiteralError::Malformed)?;
            value = value << 4 | u128::from(digit);
        }
    }
    Ok(value)
}

/// Appends the 36 characters of `value`, in lower case.
pub fn format(value: u128, out: &mut Vec<u8>) {
    for digit in 0..32 {
        if matches!(digit, 8 | 12 | 16 | 20) {
            out.push(b'-');
        }
        out.push(b"0123456789abcdef"[(value >> (124 - 4 * digit) & 15) as usize]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        let value = 0xf81d_4fae_7dec_11d0_a765_00a0_c91e_6bf6;
        let mut out = Vec::new();
        format(value, &mut out);
        assert_eq!(out, b"f81d4fae-7dec-11d0-a765-00a0c91e6bf6");
        assert_eq!(parse("F81d4fae-7dec-11d0-a765-00a0c91e6bf6"), Ok(value));
        for text in ["xyz", "f81d4fae-7dec-11d0-a765-00a0c91e6bf", "f81d4fae+7dec-11d0-a765-00a0c91e6bf6"] {
            assert_eq!(parse(text), Err(LiteralError::Malformed));
        }
    }
}
