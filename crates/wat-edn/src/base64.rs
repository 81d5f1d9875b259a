//! Base64, the standard alphabet with padding (RFC 4648, section 4), as `#wat/bytes` holds it.

use crate::error::LiteralError;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const INVALID: u8 = 0xff;
static VALUES: [u8; 256] = values();

const fn values() -> [u8; 256] {
    let mut table = [INVALID; 256];
    let mut i = 0;
    while i < ALPHABET.len() {
        table[ALPHABET[i] as usize] = i as u8;
        i += 1;
    }
    table
}

/// Appends the text of `bytes`.
pub fn encode(bytes: &[u8], out: &mut Vec<u8>) {
    out.reserve(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let byte = |i: usize| u32::from(group.get(i).copied().unwrap_or(0));
        let word = byte(0) << 16 | byte(1) << 8 | byte(2);
        let digit = |shift: u32| ALPHABET[(word >> shift & 63) as usize];
        out.extend_from_slice(&[
            digit(18),
            digit(12),
            if group.len() > 1 { digit(6) } else { b'=' },
            if group.len() > 2 { digit(0) } else { b'=' },
        ]);
    }
}

/// The bytes of `text`. Padding is wanted and the bits it covers are zero, so that each content has one text.
pub fn decode(text: &str) -> Result<Vec<u8>, LiteralError> {
    let text = text.as_bytes();
    if !text.len().is_multiple_of(4) {
        return Err(LiteralError::Malformed);
    }
    let padding = text.iter().rev().take(2).take_while(|&&b| b == b'=').count();
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (full, last) = text.split_at(if padding > 0 { text.len() - 4 } else { text.len() });
    for group in full.chunks_exact(4) {
        let word = word(group)?;
        out.extend_from_slice(&[(word >> 16) as u8, (word >> 8) as u8, word as u8]);
    }
    if padding > 0 {
        let mut group = [b'A'; 4];
        group[..4 - padding].copy_from_slice(&last[..4 - padding]);
        let [_, high, middle, low] = word(&group)?.to_be_bytes();
        let spare = if padding == 1 { low } else { middle | low };
        if spare != 0 {
            return Err(LiteralError::Malformed);
        }
        out.push(high);
        if padding == 1 {
            out.push(middle);
        }
    }
    Ok(out)
}

#[inline]
fn word(group: &[u8]) -> Result<u32, LiteralError> {
    let mut word = 0;
    let mut seen = 0;
    for &b in group {
        let value = VALUES[b as usize];
        seen |= value;
        word = word << 6 | u32::from(value & 63);
    }
    if seen & 0x80 != 0 { Err(LiteralError::Malformed) } else { Ok(word) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_of_the_rfc() {
        for (plain, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foobar", "Zm9vYmFy"),
            ("fooba", "Zm9vYmE="),
        ] {
            let mut out = Vec::new();
            encode(plain.as_bytes(), &mut out);
            assert_eq!(out, text.as_bytes());
            assert_eq!(decode(text), Ok(plain.as_bytes().to_vec()));
        }
        for text in ["Zg", "Zg=", "Zh==", "Zm9=", "====", "Z===", "Zm9v\n", "Zm-v", "=Zg=", "Zg==Zg=="] {
            assert_eq!(decode(text), Err(LiteralError::Malformed), "{text}");
        }
    }
}
