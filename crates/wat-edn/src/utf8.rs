//! From bytes to `str`: the crate's only unsafe code.
//!
//! A rule for callers of [`ascii`]: the table of [`crate::class`] or a comparison has seen every byte. All other text
//! goes through [`check`].

use crate::error::{ErrorKind, LexError};

/// # Safety
///
/// Every byte is below 0x80.
#[inline(always)]
pub unsafe fn ascii(bytes: &[u8]) -> &str {
    debug_assert!(bytes.is_ascii());
    // SAFETY: ASCII is UTF-8, and the caller promises ASCII.
    unsafe { std::str::from_utf8_unchecked(bytes) }
}

/// The text between two places, if it is UTF-8.
#[cold]
pub fn check(bytes: &[u8], start: usize, end: usize) -> Result<&str, LexError> {
    std::str::from_utf8(&bytes[start..end])
        .map_err(|error| LexError { kind: ErrorKind::InvalidUtf8, offset: start + error.valid_up_to() })
}
