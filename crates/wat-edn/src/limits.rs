//! How much of hostile input is read before it is refused.

/// Bounds on one top-level value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The most bytes of text, from the first byte of the value to its last.
    pub bytes: usize,
    /// The most collections and tags around a value.
    pub depth: usize,
}

impl Limits {
    pub const DEFAULT: Limits = Limits { bytes: 16 << 20, depth: 256 };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}
