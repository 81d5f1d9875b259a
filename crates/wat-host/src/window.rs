//! Bytes of a stream on their way to being values: what has come and not been taken, and room for more. What has been taken
//! makes room once it is half of all. Not here: where a value ends.

#[derive(Default)]
pub struct Window {
    bytes: Vec<u8>,
    /// Bytes of `bytes` that have come; the rest is room.
    filled: usize,
    /// Values end before this.
    pub taken: usize,
    /// Looked at before this.
    pub scanned: usize,
    pub ended: bool,
}

impl Window {
    /// Room to read bytes into; [`Window::filled`] says how many came.
    pub fn room(&mut self, length: usize) -> &mut [u8] {
        if self.taken > 0 && self.taken >= self.filled / 2 {
            self.bytes.drain(..self.taken);
            self.scanned -= self.taken;
            self.taken = 0;
        }
        self.filled = self.bytes.len();
        self.bytes.resize(self.filled + length, 0);
        &mut self.bytes[self.filled..]
    }

    pub fn filled(&mut self, length: usize) {
        self.bytes.truncate(self.filled + length);
        self.filled = self.bytes.len();
    }

    /// No more bytes will come.
    pub fn finish(&mut self) {
        self.bytes.truncate(self.filled);
        self.ended = true;
    }

    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}
