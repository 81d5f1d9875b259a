//! The one 64-bit hash of wat values: unseeded and the same on every machine, because the order of map entries
//! depends on it and images carry it in keyword and symbol objects. Hostile keys are met by the collections'
//! total order, not by a seed.
//!
//! **Definition.** `fold(a, b)` is the 128-bit product of `a` and `b`, its two halves xored. With
//! `M = 0x9e3779b97f4a7c15` and `N = 0xd1b54a32d192ed03` (arithmetic modulo 2^64):
//!
//! ```text
//! word(w)       = fold(w ^ N, M) ^ fold(w + M, N)
//! combine(h, w) = fold((h ^ w) + N, M) + rotate_left(w, 32)
//! bytes(b)      = word(h), where h = b's length, then h = combine(h, c) for each chunk c of 8 bytes,
//!                 little-endian, the last one padded with zero bytes (no chunk for an empty tail)
//! ```
//!
//! A keyword's hash is `bytes` of its text without the colon, xor [`KEYWORD`]; a symbol's likewise with
//! [`SYMBOL`]; a String's is `bytes` of its UTF-8 text.

const M: u64 = 0x9e37_79b9_7f4a_7c15;
const N: u64 = 0xd1b5_4a32_d192_ed03;

/// What makes `:a` hash unlike `"a"`.
pub const KEYWORD: u64 = 0x6b65_7977_6f72_6421;
/// What makes the symbol `a` hash unlike `"a"` and `:a`.
pub const SYMBOL: u64 = 0x7379_6d62_6f6c_2121;

const fn fold(a: u64, b: u64) -> u64 {
    let product = a as u128 * b as u128;
    product as u64 ^ (product >> 64) as u64
}

/// The hash of one 64-bit number.
pub const fn word(w: u64) -> u64 {
    fold(w ^ N, M) ^ fold(w.wrapping_add(M), N)
}

/// One step of hashing a sequence: `h` so far, then `w`. Finish with [`word`].
pub const fn combine(h: u64, w: u64) -> u64 {
    fold((h ^ w).wrapping_add(N), M).wrapping_add(w.rotate_left(32))
}

/// The hash of a text or of raw bytes.
pub fn bytes(b: &[u8]) -> u64 {
    let mut h = b.len() as u64;
    let mut chunks = b.chunks_exact(8);
    for c in &mut chunks {
        h = combine(h, u64::from_le_bytes(c.try_into().expect("chunks are of 8 bytes")));
    }
    let tail = chunks.remainder();
    if !tail.is_empty() {
        let mut last = [0; 8];
        last[..tail.len()].copy_from_slice(tail);
        h = combine(h, u64::from_le_bytes(last));
    }
    word(h)
}

pub fn keyword(name: &str) -> u64 {
    bytes(name.as_bytes()) ^ KEYWORD
}

pub fn symbol(name: &str) -> u64 {
    bytes(name.as_bytes()) ^ SYMBOL
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors() {
        let cases: [(&str, u64); 5] = [
            ("", 0x0000_0000_0000_0000),
            ("a", 0x90f2_784d_6a6d_4535),
            ("wat", 0x8226_7579_5bcc_e026),
            ("12345678", 0xdd24_b1f4_41a7_1da8),
            ("the quick brown fox", 0x8b93_8c97_5772_a8cb),
        ];
        for (text, hash) in cases {
            assert_eq!(bytes(text.as_bytes()), hash, "{text:?}: {:#018x}", bytes(text.as_bytes()));
        }
        assert_eq!(word(0), 0x0000_0000_0000_0000, "{:#018x}", word(0));
        assert_eq!(word(1), 0x901f_4c35_f125_bb6e, "{:#018x}", word(1));
        assert_eq!(word(u64::MAX), 0x12eb_4ae3_d0eb_0573, "{:#018x}", word(u64::MAX));
    }

    #[test]
    fn a_flipped_bit_flips_about_half() {
        for i in 0..64 {
            for x in [0u64, 1, 0xdead_beef, u64::MAX] {
                let flipped = (word(x) ^ word(x ^ 1 << i)).count_ones();
                assert!((12..=52).contains(&flipped), "bit {i} of {x:#x} flips {flipped}");
            }
        }
    }

    #[test]
    fn small_numbers_spread() {
        let mut seen = std::collections::HashSet::new();
        for x in 0..100_000u64 {
            assert!(seen.insert(word(x)));
        }
        let tops: std::collections::HashSet<_> = (0..4096u64).map(|x| word(x) >> 52).collect();
        assert!(tops.len() > 2400, "{} of 4096 buckets", tops.len());
    }
}
