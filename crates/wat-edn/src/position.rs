//! Lines and columns, computed when somebody asks.

/// A place in a text: line and column from 1, the column in Unicode scalar values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    pub line: u64,
    pub column: u64,
}

impl Position {
    pub const START: Position = Position { line: 1, column: 1 };

    /// The place after `bytes` when `self` is the place before them.
    pub fn advance(self, bytes: &[u8]) -> Position {
        let newlines = memchr::memchr_iter(b'\n', bytes).count() as u64;
        match memchr::memrchr(b'\n', bytes) {
            Some(last) => Position { line: self.line + newlines, column: 1 + scalars(&bytes[last + 1..]) },
            None => Position { line: self.line, column: self.column + scalars(bytes) },
        }
    }
}

/// Unicode scalar values of UTF-8 text: every byte that does not continue one.
fn scalars(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|&&b| b & 0xc0 != 0x80).count() as u64
}
