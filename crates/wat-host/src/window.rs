//! Bytes of a stream on their way to being values: what has come and not been taken, and room for more. What has been taken
//! makes room once it is half of all. Not here: where a value ends.

#[derive(Default)]
pub struct Window {
    bytes: Vec<u8>,
    /// Bytes of `bytes` that have come; the rest is room, perhaps of a read that brought nothing.
    filled: usize,
    /// Values end before this.
    pub taken: usize,
    /// Looked at before this.
    pub scanned: usize,
    pub ended: bool,
}

impl Window {
    /// Room to read bytes into; [`Window::filled`] says how many came. Where it says nothing, none did.
    pub fn room(&mut self, length: usize) -> &mut [u8] {
        if self.taken > 0 && self.taken >= self.filled / 2 {
            self.bytes.drain(..self.taken);
            self.filled -= self.taken;
            self.scanned -= self.taken;
            self.taken = 0;
        }
        self.bytes.resize(self.filled + length, 0);
        &mut self.bytes[self.filled..]
    }

    pub fn filled(&mut self, length: usize) {
        assert!(self.filled + length <= self.bytes.len(), "more bytes declared than there was room for");
        self.filled += length;
    }

    /// No more bytes will come.
    pub fn finish(&mut self) {
        self.ended = true;
    }

    pub fn is_within(&self) -> bool {
        self.taken < self.filled
    }

    pub fn bytes(&self) -> &[u8] {
        &self.bytes[..self.filled]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_that_was_not_used_is_no_bytes() {
        let mut window = Window::default();
        let put = |window: &mut Window, bytes: &[u8]| {
            window.room(8)[..bytes.len()].copy_from_slice(bytes);
            window.filled(bytes.len());
        };
        put(&mut window, b"abc");
        window.room(100).fill(b'!');
        assert_eq!(window.bytes(), b"abc");
        window.taken = 2;
        window.scanned = 3;
        window.room(8);
        put(&mut window, b"de");
        assert_eq!((window.bytes(), window.taken, window.scanned), (&b"cde"[..], 0, 1));
        window.room(8);
        window.finish();
        assert_eq!(window.bytes(), b"cde");
    }
}
