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
        match last_newline(bytes) {
            Some(last) => {
                let newlines = newlines(&bytes[..last]) + 1;
                Position { line: self.line + newlines, column: 1 + scalars(&bytes[last + 1..]) }
            }
            None => Position { line: self.line, column: self.column + scalars(bytes) },
        }
    }
}

/// Unicode scalar values of UTF-8 text: every byte that does not continue one.
fn scalars(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|&&b| b & 0xc0 != 0x80).count() as u64
}

/// Up to here bytes are looked at one by one: the first search of memchr in a process asks the processor what it can,
/// which costs a child as much as all of its first requests.
const SHORT: usize = 256;

/// Where the last line ends.
pub(crate) fn last_newline(bytes: &[u8]) -> Option<usize> {
    let near = bytes.len().saturating_sub(SHORT);
    let found = bytes[near..].iter().rposition(|&b| b == b'\n').map(|at| near + at);
    found.or_else(|| if near == 0 { None } else { memchr::memrchr(b'\n', &bytes[..near]) })
}

fn newlines(bytes: &[u8]) -> u64 {
    let count = match bytes.len() {
        ..=SHORT => bytes.iter().filter(|&&b| b == b'\n').count(),
        _ => memchr::memchr_iter(b'\n', bytes).count(),
    };
    count as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_and_long_texts_are_counted_alike() {
        for lead in [0, 1, SHORT - 1, SHORT, SHORT + 1, 3 * SHORT] {
            for tail in [0, 1, SHORT, 2 * SHORT] {
                let text = [b"a\n".repeat(lead), b"b".repeat(tail)].concat();
                let last = (lead > 0).then(|| 2 * lead - 1);
                assert_eq!(last_newline(&text), last, "{lead} {tail}");
                let place = Position { line: 1 + lead as u64, column: 1 + tail as u64 };
                assert_eq!(Position::START.advance(&text), place, "{lead} {tail}");
            }
        }
    }
}
