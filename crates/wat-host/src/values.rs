//! Values arriving: the framing of a stream of EDN, of JSON, of lines or of mere bytes, with what is complete already. It reads
//! nothing itself; whoever owns the descriptor gives it bytes. Not here: types.

use crate::frames::{self, Frames};
use crate::window::Window;
use std::ops::Range;
use wat_edn::{ErrorKind, Framer, Limits, Next, ReadError};

const LONG: &str = "a line is longer than the limit on values";

/// A stream of values.
pub struct Values {
    form: Form,
    /// Room for the next read: it grows while reads fill it, so that a process that reads little touches little.
    step: usize,
}

const SMALLEST_READ: usize = 4 << 10;
const LARGEST_READ: usize = 64 << 10;

enum Form {
    Edn(Framer),
    Lines(Lines),
    Json(Frames),
    Chunks(Chunks),
}

/// What the bytes so far hold next.
pub enum Found {
    /// The text of one value, in [`Values::bytes`]; consumed.
    Value(Range<usize>),
    More,
    End,
    Bad(ReadError),
}

impl Values {
    pub fn edn(max_bytes: usize) -> Values {
        Values { form: Form::Edn(Framer::new(Limits { bytes: max_bytes, depth: 256 })), step: SMALLEST_READ }
    }

    pub fn lines(max_bytes: usize) -> Values {
        Values {
            form: Form::Lines(Lines { window: Window::default(), max_bytes, line: 0, skipping: false }),
            step: SMALLEST_READ,
        }
    }

    pub fn json(max_bytes: usize) -> Values {
        Values { form: Form::Json(Frames::new(max_bytes)), step: SMALLEST_READ }
    }

    /// Bytes as they come: what is read at once is a value.
    pub fn chunks() -> Values {
        Values { form: Form::Chunks(Chunks::default()), step: SMALLEST_READ }
    }

    pub fn is_lines(&self) -> bool {
        matches!(self.form, Form::Lines(_))
    }

    /// Room to read bytes into; [`Values::filled`] says how many came.
    pub fn room(&mut self) -> &mut [u8] {
        match &mut self.form {
            Form::Edn(framer) => framer.room(self.step),
            Form::Lines(lines) => lines.window.room(self.step),
            Form::Json(frames) => frames.window.room(self.step),
            Form::Chunks(chunks) => chunks.room(self.step),
        }
    }

    pub fn filled(&mut self, length: usize) {
        if length >= self.step {
            self.step = (self.step * 2).min(LARGEST_READ);
        }
        match &mut self.form {
            Form::Edn(framer) => framer.filled(length),
            Form::Lines(lines) => lines.window.filled(length),
            Form::Json(frames) => frames.window.filled(length),
            Form::Chunks(chunks) => chunks.filled = length,
        }
    }

    /// No more bytes will come.
    pub fn finish(&mut self) {
        match &mut self.form {
            Form::Edn(framer) => framer.finish(),
            Form::Lines(lines) => lines.window.finish(),
            Form::Json(frames) => frames.window.finish(),
            Form::Chunks(chunks) => chunks.ended = true,
        }
    }

    /// From the next value's first byte to the end of its line, when the line is here whole; EDN alone.
    pub fn candidate(&mut self) -> Option<Range<usize>> {
        match &mut self.form {
            Form::Edn(framer) => framer.candidate(),
            _ => None,
        }
    }

    /// After malformed text here: goes on behind the next newline.
    pub fn resync(&mut self, at: usize) {
        if let Form::Edn(framer) = &mut self.form {
            framer.resync(at);
        }
    }

    /// Consumes the candidate up to here.
    pub fn accept(&mut self, end: usize) {
        if let Form::Edn(framer) = &mut self.form {
            framer.accept(end);
        }
    }

    pub fn next(&mut self) -> Found {
        match &mut self.form {
            Form::Edn(framer) => match framer.next() {
                Next::Value { start, end } => Found::Value(start..end),
                Next::NeedMore => Found::More,
                Next::Eof => Found::End,
                Next::Error(e) => Found::Bad(e),
            },
            Form::Lines(lines) => lines.next(),
            Form::Json(frames) => match frames.next() {
                frames::Next::Text(range) => Found::Value(range),
                frames::Next::More => Found::More,
                frames::Next::End => Found::End,
                frames::Next::Bad(e) => Found::Bad(e),
            },
            Form::Chunks(chunks) => match std::mem::take(&mut chunks.filled) {
                0 if chunks.ended => Found::End,
                0 => Found::More,
                length => Found::Value(0..length),
            },
        }
    }

    pub fn bytes(&self) -> &[u8] {
        match &self.form {
            Form::Edn(framer) => framer.bytes(),
            Form::Lines(lines) => lines.window.bytes(),
            Form::Json(frames) => frames.window.bytes(),
            Form::Chunks(chunks) => &chunks.bytes,
        }
    }

    /// Has a part of a value come whose rest has not? Not asked before [`Values::next`] has found all that is whole.
    pub fn is_within(&self) -> bool {
        match &self.form {
            Form::Edn(framer) => framer.is_within(),
            Form::Lines(lines) => lines.skipping || lines.window.is_within(),
            Form::Json(frames) => frames.window.is_within(),
            Form::Chunks(_) => false,
        }
    }

    /// The form that stood discarded before the value found last; EDN alone.
    pub fn discarded(&self) -> &[u8] {
        match &self.form {
            Form::Edn(framer) => framer.discarded(),
            _ => &[],
        }
    }

    /// Line and column of a place in [`Values::bytes`], from 1; but for EDN, of the last value.
    pub fn position(&self, at: usize) -> (u64, u64) {
        match &self.form {
            Form::Edn(framer) => {
                let position = framer.position(at);
                (position.line, position.column)
            }
            Form::Lines(lines) => (lines.line, 1),
            Form::Json(frames) => (frames.position().line, frames.position().column),
            Form::Chunks(_) => (1, 1),
        }
    }
}

#[derive(Default)]
struct Chunks {
    bytes: Vec<u8>,
    filled: usize,
    ended: bool,
}

impl Chunks {
    fn room(&mut self, length: usize) -> &mut [u8] {
        self.bytes.resize(length, 0);
        &mut self.bytes
    }
}

/// Each line a value: it ends at LF, a CR before it is dropped, a last line without LF counts.
struct Lines {
    /// No LF stands before what has been scanned.
    window: Window,
    max_bytes: usize,
    /// Number of the last line given.
    line: u64,
    /// In a line over the limit that has been reported.
    skipping: bool,
}

impl Lines {
    fn next(&mut self) -> Found {
        loop {
            let end = self.window.bytes()[self.window.scanned..]
                .iter()
                .position(|b| *b == b'\n')
                .map(|at| self.window.scanned + at);
            let (stop, after) = match end {
                Some(end) => (end, end + 1),
                None => {
                    self.window.scanned = self.window.bytes().len();
                    if self.skipping {
                        self.window.taken = self.window.bytes().len();
                    } else if self.window.bytes().len() - self.window.taken > self.max_bytes {
                        self.skipping = true;
                        self.line += 1;
                        self.window.taken = self.window.bytes().len();
                        return Found::Bad(self.error(ErrorKind::TooLarge, LONG));
                    }
                    match self.window.ended {
                        true if self.window.taken < self.window.bytes().len() => {
                            (self.window.bytes().len(), self.window.bytes().len())
                        }
                        true => return Found::End,
                        false => return Found::More,
                    }
                }
            };
            let start = self.window.taken;
            (self.window.taken, self.window.scanned) = (after, after);
            if std::mem::take(&mut self.skipping) {
                continue;
            }
            self.line += 1;
            let line = &self.window.bytes()[start..stop];
            let length = line.strip_suffix(b"\r").unwrap_or(line).len();
            if length > self.max_bytes {
                return Found::Bad(self.error(ErrorKind::TooLarge, LONG));
            }
            if let Err(error) = std::str::from_utf8(&line[..length]) {
                let before = String::from_utf8_lossy(&line[..error.valid_up_to()]).chars().count() as u64;
                let error = self.error(ErrorKind::InvalidUtf8, "a line is not UTF-8");
                return Found::Bad(ReadError { column: 1 + before, ..error });
            }
            return Found::Value(start..start + length);
        }
    }

    fn error(&self, kind: ErrorKind, message: &str) -> ReadError {
        ReadError {
            kind,
            line: self.line,
            column: 1,
            offset: self.window.taken as u64,
            message: message.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn push(values: &mut Values, bytes: &[u8]) {
        values.room()[..bytes.len()].copy_from_slice(bytes);
        values.filled(bytes.len());
    }

    fn all(values: &mut Values) -> Vec<String> {
        let mut out = Vec::new();
        loop {
            match values.next() {
                Found::Value(range) => out.push(String::from_utf8_lossy(&values.bytes()[range]).into_owned()),
                Found::Bad(e) => out.push(format!("! {}", e.message)),
                Found::More | Found::End => return out,
            }
        }
    }

    #[test]
    fn lines_end_at_line_feeds() {
        let mut values = Values::lines(10);
        push(&mut values, b"a\r\n\nb");
        assert_eq!(all(&mut values), ["a", ""]);
        push(&mut values, b"c");
        values.finish();
        assert_eq!(all(&mut values), ["bc"]);
    }

    #[test]
    fn a_bad_line_costs_only_itself() {
        let mut values = Values::lines(4);
        push(&mut values, b"\xff\nok\n12345");
        assert_eq!(
            all(&mut values),
            ["! a line is not UTF-8", "ok", "! a line is longer than the limit on values"]
        );
        push(&mut values, b"6789\nnext\n");
        assert_eq!(all(&mut values), ["next"]);
    }
}
