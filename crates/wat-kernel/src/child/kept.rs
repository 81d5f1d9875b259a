//! What is kept of output that nobody reads: the first and the last 64 KiB, the rest counted.

/// Bytes kept at each end.
pub const KEPT: usize = 64 * 1024;

/// Unread output of a child.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    pub first: Vec<u8>,
    pub last: Vec<u8>,
    /// Bytes between the two that were dropped.
    pub skipped: u64,
}

impl Kept {
    pub(crate) fn add(&mut self, mut bytes: &[u8]) {
        let room = KEPT - self.first.len();
        if room > 0 {
            let (head, rest) = bytes.split_at(room.min(bytes.len()));
            self.first.extend_from_slice(head);
            bytes = rest;
        }
        self.last.extend_from_slice(bytes);
        // Trimming only at twice the size makes the cost per byte constant.
        if self.last.len() > 2 * KEPT {
            self.trim();
        }
    }

    pub(crate) fn trim(&mut self) {
        let excess = self.last.len().saturating_sub(KEPT);
        self.last.drain(..excess);
        self.skipped += excess as u64;
    }

    /// All bytes there were.
    pub fn total(&self) -> u64 {
        self.first.len() as u64 + self.last.len() as u64 + self.skipped
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ends_are_kept_and_the_middle_is_counted() {
        let all: Vec<u8> = (0..1_000_003u32).map(|i| i as u8).collect();
        for step in [1000, 65_536, 999_999] {
            let mut kept = Kept::default();
            all.chunks(step).for_each(|piece| kept.add(piece));
            kept.trim();
            assert_eq!(kept.first, all[..KEPT]);
            assert_eq!(kept.last, all[all.len() - KEPT..]);
            assert_eq!(kept.total(), all.len() as u64);
        }
    }
}
