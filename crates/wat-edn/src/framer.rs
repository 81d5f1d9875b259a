//! Cuts a byte stream into complete top-level values. The framer follows strings, comments, characters and brackets,
//! looks at a byte twice at most, however small the pieces, and judges nothing else: what it cuts may still be refused
//! by the lexer.
//!
//! A value ends with its last bracket or quote, or, for an atom, before the byte that ends it. [`Framer::candidate`] is
//! the short cut: a decoder that finds a complete value at the start of whole lines needs no framing, because how a
//! value reads depends on nothing behind it and a newline ends every atom.

use crate::class::{self, END, SPACE, STRUCTURE};
use crate::error::{ErrorKind, LexError, ReadError};
use crate::limits::Limits;
use crate::position::{Position, last_newline};
use crate::text;
use std::io::{self, Read};
use std::ops::Range;

/// What [`Framer::next`] found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// A complete value in [`Framer::bytes`] at `start..end`, consumed. The range is good until bytes are added.
    Value { start: usize, end: usize },
    /// No complete value yet: add bytes or [`Framer::finish`].
    NeedMore,
    /// The input is finished and holds no more values.
    Eof,
    /// Malformed text. It is consumed; the next call skips to the next newline and goes on.
    Error(ReadError),
}

/// A buffer of unread bytes and the state of the scan over them.
#[derive(Debug)]
pub struct Framer {
    /// Filled up to `tail`; what lies behind is room.
    buffer: Vec<u8>,
    /// First byte not consumed.
    head: usize,
    tail: usize,
    /// First byte not scanned.
    scan: usize,
    finished: bool,
    /// The last newline in `..searched`, or zero.
    last_newline: usize,
    searched: usize,
    limits: Limits,
    state: State,
    /// The form discarded last; empty where it is long.
    discarded: Vec<u8>,
    /// It belongs to a value that has not been answered yet.
    is_pending: bool,
    /// The place and stream offset of `buffer[0]`.
    origin: Position,
    origin_offset: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// Between tokens, or anywhere inside a collection but its strings, comments and characters.
    Plain,
    /// After a `#` outside collections.
    Hash,
    /// Inside a number, name or character outside collections.
    Atom,
    /// Inside a tag outside collections.
    Tag,
    String,
    /// After a backslash in a string.
    Escape,
    /// After the backslash of a character.
    Character,
    Comment,
    /// Passing what is left of a line after malformed text.
    Skip,
}

#[derive(Debug)]
struct State {
    mode: Mode,
    depth: usize,
    /// Values still to be dropped for `#_`.
    discards: usize,
    /// Tags that wait for their value outside collections.
    tags: usize,
    /// First byte of anything since the last value: what the size limit counts from.
    extent: Option<usize>,
    /// First byte of the value to be answered.
    start: Option<usize>,
}

static ZEROS: [u8; 4096] = [0; 4096];

/// A longer discarded form is not remembered.
const LONGEST_DISCARDED: usize = 256;

const REST: State = State { mode: Mode::Plain, depth: 0, discards: 0, tags: 0, extent: None, start: None };

impl Default for Framer {
    fn default() -> Self {
        Self::new(Limits::DEFAULT)
    }
}

impl Framer {
    pub fn new(limits: Limits) -> Framer {
        Framer {
            buffer: Vec::new(),
            head: 0,
            tail: 0,
            scan: 0,
            finished: false,
            last_newline: 0,
            searched: 0,
            limits,
            state: REST,
            discarded: Vec::new(),
            is_pending: false,
            origin: Position::START,
            origin_offset: 0,
        }
    }

    /// Adds bytes to the end of the stream.
    pub fn push(&mut self, bytes: &[u8]) {
        self.room(bytes.len())[..bytes.len()].copy_from_slice(bytes);
        self.filled(bytes.len());
    }

    /// Room for at least `length` more bytes, to be read into and then declared by [`Framer::filled`].
    pub fn room(&mut self, length: usize) -> &mut [u8] {
        self.compact();
        let wanted = self.tail + length;
        if self.buffer.capacity() < wanted {
            // Doubling, so that a long value costs linear time; but no further than the longest value reaches. What is
            // only reserved is not touched: no one read of a long value takes longer than another.
            let longest = self.limits.bytes.saturating_add(length);
            let grown = wanted.max(longest.min(self.buffer.capacity() * 2));
            self.buffer.reserve_exact(grown - self.buffer.len());
        }
        // Copied rather than filled: `resize` goes byte by byte where it is not optimised.
        while self.buffer.len() < wanted {
            self.buffer.extend_from_slice(&ZEROS[..ZEROS.len().min(wanted - self.buffer.len())]);
        }
        &mut self.buffer[self.tail..]
    }

    /// Declares that `length` bytes of [`Framer::room`] are input.
    pub fn filled(&mut self, length: usize) {
        assert!(self.tail + length <= self.buffer.len(), "more bytes declared than there was room for");
        self.tail += length;
    }

    /// Declares the end of the input: an atom that reaches it is complete.
    pub fn finish(&mut self) {
        self.finished = true;
    }

    /// One read of at least `length` bytes' room from `input`; no bytes is the end of it. Answers the count.
    pub fn fill(&mut self, input: &mut impl Read, length: usize) -> io::Result<usize> {
        let count = loop {
            match input.read(self.room(length)) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other?,
            }
        };
        if count == 0 {
            self.finish();
        }
        self.filled(count);
        Ok(count)
    }

    /// The buffer that ranges point into.
    pub fn bytes(&self) -> &[u8] {
        &self.buffer[..self.tail]
    }

    /// How many bytes the buffer holds room for.
    pub fn capacity(&self) -> usize {
        self.buffer.capacity()
    }

    /// Has a part of a value come, or of a line that is passed over?
    pub fn is_within(&self) -> bool {
        self.head < self.tail || self.state.mode == Mode::Skip
    }

    /// The form that stood discarded before the value answered last, from its `#_` on: the last of them, where it is short.
    pub fn discarded(&self) -> &[u8] {
        &self.discarded
    }

    /// Line and column of a place in the buffer.
    pub fn position(&self, at: usize) -> Position {
        self.origin.advance(&self.buffer[..at])
    }

    /// Describes a mistake at `error.offset` of the text at `start` in the buffer.
    pub fn locate(&self, error: LexError, start: usize) -> ReadError {
        let end = self.tail.max(start);
        ReadError::locate(
            error,
            &self.buffer[start..end],
            self.position(start),
            self.origin_offset + start as u64,
        )
    }

    /// The text from the next value's first byte to the last newline there is. It may hold less than a value, or more
    /// than one. A decoder that finds a complete value at its start calls [`Framer::accept`] with the place behind it;
    /// one that meets the end of the text calls [`Framer::next`]; nothing is consumed before. On `None` call
    /// [`Framer::next`], which remembers how far it has looked.
    #[inline]
    pub fn candidate(&mut self) -> Option<Range<usize>> {
        if self.state.mode != Mode::Plain || self.state.extent.is_some() || self.is_pending {
            return None;
        }
        let bytes = &self.buffer[..self.tail];
        loop {
            match bytes.get(self.head) {
                Some(&b) if class::is(b, SPACE) => self.head += 1,
                Some(b';') => {
                    // A comment that goes on is left to `next`.
                    let Some(n) = memchr::memchr(b'\n', &bytes[self.head..]) else { break };
                    self.head += n + 1;
                }
                _ => break,
            }
        }
        self.scan = self.head;
        if self.searched < self.tail {
            self.search();
        }
        let end = if self.finished { self.tail } else { self.last_newline };
        if end.saturating_sub(self.head) > self.limits.bytes {
            return self.capped();
        }
        (self.head < end).then_some(self.head..end)
    }

    fn search(&mut self) {
        if let Some(n) = last_newline(&self.buffer[self.searched..self.tail]) {
            self.last_newline = self.searched + n;
        }
        self.searched = self.tail;
    }

    /// A candidate no larger than a value may be, where more than that is buffered.
    #[cold]
    fn capped(&self) -> Option<Range<usize>> {
        let most = &self.buffer[self.head..self.head + self.limits.bytes];
        last_newline(most).map(|n| self.head..self.head + n)
    }

    /// Consumes the candidate up to `end`.
    #[inline]
    pub fn accept(&mut self, end: usize) {
        debug_assert!(self.head <= end && end <= self.tail && self.state.extent.is_none());
        self.head = end;
        self.scan = end;
    }

    /// Consumes up to `at`, where malformed text was found, and the rest of its line. `at` lies in a candidate or in
    /// the value answered last: a value over several lines is taken up again after the offending one.
    pub fn resync(&mut self, at: usize) {
        self.head = at.min(self.tail);
        self.scan = self.head;
        self.state = State { mode: Mode::Skip, ..REST };
    }

    /// The next complete value.
    #[allow(
        clippy::should_implement_trait,
        reason = "asking again after NeedMore is not what an iterator does"
    )]
    pub fn next(&mut self) -> Next {
        while self.scan < self.tail {
            match self.step() {
                Ok(Some(end)) => {
                    if let Some(found) = self.complete(end) {
                        return found;
                    }
                }
                Ok(None) => {}
                Err(error) => return self.fail(error),
            }
            if self.too_large() {
                return self.fail(LexError {
                    kind: ErrorKind::TooLarge,
                    offset: self.state.extent.unwrap_or(self.scan),
                });
            }
        }
        self.drop_passed();
        if self.finished { self.at_end() } else { Next::NeedMore }
    }

    /// Scans a run of bytes of one mode. Answers the end of an item outside collections, if one ends.
    fn step(&mut self) -> Result<Option<usize>, LexError> {
        let bytes = &self.buffer[..self.tail];
        let at = self.scan;
        let byte = bytes[at];
        match self.state.mode {
            Mode::Plain if self.state.depth > 0 => return self.inside(),
            Mode::Plain if class::is(byte, SPACE) => self.scan += 1,
            Mode::Plain => {
                self.scan += 1;
                if class::is(byte, STRUCTURE) {
                    if byte != b';' && !matches!(byte, b')' | b']' | b'}') {
                        self.begin(at);
                    }
                    return self.structure(byte, at).map(|()| None);
                }
                self.begin(at);
                self.state.mode = if byte == b'#' { Mode::Hash } else { Mode::Atom };
            }
            Mode::Hash => match byte {
                b'_' => {
                    self.scan += 1;
                    self.state.discards += 1;
                    if self.state.tags == 0 {
                        // What `begin` took for the value's first byte is the mark of a discard.
                        self.state.start = None;
                    }
                    self.state.mode = Mode::Plain;
                }
                b'{' => self.state.mode = Mode::Plain,
                b'#' => self.state.mode = Mode::Atom,
                _ => self.state.mode = Mode::Tag,
            },
            Mode::Atom | Mode::Tag => {
                let Some(n) = bytes[at..].iter().position(|&b| class::is(b, END)) else {
                    self.scan = self.tail;
                    return Ok(None);
                };
                self.scan = at + n;
                return Ok(self.end_atom());
            }
            Mode::String => match memchr::memchr2(b'"', b'\\', &bytes[at..]) {
                None => self.scan = self.tail,
                Some(n) => {
                    self.scan = at + n + 1;
                    if bytes[at + n] == b'\\' {
                        self.state.mode = Mode::Escape;
                    } else {
                        self.state.mode = Mode::Plain;
                        return Ok((self.state.depth == 0).then_some(self.scan));
                    }
                }
            },
            Mode::Escape => {
                self.scan += 1;
                self.state.mode = Mode::String;
            }
            Mode::Character => {
                self.scan += 1;
                self.state.mode = if self.state.depth == 0 { Mode::Atom } else { Mode::Plain };
            }
            Mode::Comment | Mode::Skip => match memchr::memchr(b'\n', &bytes[at..]) {
                None => self.scan = self.tail,
                Some(n) => {
                    self.scan = at + n + 1;
                    self.state.mode = Mode::Plain;
                }
            },
        }
        Ok(None)
    }

    /// Scans a collection up to its end, a comment or character, or the end of the bytes. This is where the time goes:
    /// brackets and whole strings are passed without touching the state.
    fn inside(&mut self) -> Result<Option<usize>, LexError> {
        let bytes = &self.buffer[..self.tail];
        let room = self.limits.depth.saturating_sub(self.state.tags);
        let (mut at, mut depth) = (self.scan, self.state.depth);
        let mut found = Ok(None);
        while let Some(&byte) = bytes.get(at) {
            at += 1;
            if !class::is(byte, STRUCTURE) {
                continue;
            }
            match byte {
                b'(' | b'[' | b'{' if depth >= room => {
                    found = Err(LexError { kind: ErrorKind::TooDeep, offset: at - 1 });
                    break;
                }
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' | b'}' => {
                    depth -= 1;
                    if depth == 0 {
                        found = Ok(Some(at));
                        break;
                    }
                }
                b'"' => match text::end(bytes, at) {
                    Some(end) => at = end,
                    None => {
                        // The string goes on behind the bytes there are: `step` follows it from its start.
                        self.state.mode = Mode::String;
                        break;
                    }
                },
                b';' => {
                    self.state.mode = Mode::Comment;
                    break;
                }
                _ => {
                    self.state.mode = Mode::Character;
                    break;
                }
            }
        }
        (self.scan, self.state.depth) = (at, depth);
        found
    }

    /// Acts on a bracket, quote, semicolon or backslash already passed outside collections.
    #[inline(always)]
    fn structure(&mut self, byte: u8, at: usize) -> Result<(), LexError> {
        match byte {
            b'(' | b'[' | b'{' => {
                if self.state.tags >= self.limits.depth {
                    return Err(LexError { kind: ErrorKind::TooDeep, offset: at });
                }
                self.state.depth += 1;
            }
            b'"' => self.state.mode = Mode::String,
            b';' => self.state.mode = Mode::Comment,
            b'\\' => self.state.mode = Mode::Character,
            _ => return Err(LexError { kind: ErrorKind::Unbalanced, offset: at }),
        }
        Ok(())
    }

    /// A token begins outside collections.
    fn begin(&mut self, at: usize) {
        self.state.extent.get_or_insert(at);
        if self.state.discards == 0 {
            self.state.start.get_or_insert(at);
        }
    }

    /// An atom ends before `scan`; a tag ends nothing but itself.
    fn end_atom(&mut self) -> Option<usize> {
        let tag = self.state.mode == Mode::Tag;
        self.state.mode = Mode::Plain;
        if tag && self.state.discards == 0 {
            self.state.tags += 1;
        }
        (!tag).then_some(self.scan)
    }

    /// An item outside collections ends at `end`: it is dropped for a `#_` or answered.
    fn complete(&mut self, end: usize) -> Option<Next> {
        if self.state.discards > 0 {
            self.state.discards -= 1;
            if self.state.discards == 0 && self.state.start.is_none() {
                let text = &self.buffer[self.state.extent.unwrap_or(end)..end];
                self.discarded.clear();
                if text.len() <= LONGEST_DISCARDED {
                    self.discarded.extend_from_slice(text);
                }
                self.is_pending = true;
                self.state = REST;
            }
            return None;
        }
        let extent = self.state.extent.unwrap_or(end);
        if end - extent > self.limits.bytes {
            return Some(self.fail(LexError { kind: ErrorKind::TooLarge, offset: extent }));
        }
        let start = self.state.start.unwrap_or(end);
        if !std::mem::take(&mut self.is_pending) {
            self.discarded.clear();
        }
        self.state = REST;
        self.head = end;
        Some(Next::Value { start, end })
    }

    fn too_large(&self) -> bool {
        self.state.extent.is_some_and(|extent| self.scan - extent > self.limits.bytes)
    }

    fn at_end(&mut self) -> Next {
        if matches!(self.state.mode, Mode::Atom) {
            let end = self.end_atom().and_then(|end| self.complete(end));
            if let Some(found) = end {
                return found;
            }
        }
        if self.state.extent.is_none() {
            return Next::Eof;
        }
        let error = LexError { kind: ErrorKind::UnexpectedEnd, offset: self.tail };
        let start = self.state.extent.unwrap_or(self.tail);
        let error = self.locate(LexError { offset: self.tail - start, ..error }, start);
        self.resync(self.tail);
        Next::Error(error)
    }

    fn fail(&mut self, error: LexError) -> Next {
        let start = self.state.extent.unwrap_or(error.offset).min(error.offset);
        let found = self.locate(LexError { offset: error.offset - start, ..error }, start);
        self.resync(self.scan);
        Next::Error(found)
    }

    /// Space, comments and discarded values need not be kept.
    fn drop_passed(&mut self) {
        self.head = self.state.extent.unwrap_or(self.scan);
    }

    /// Moves what is not consumed to the front once that is less than what is: each byte moves at most once on average.
    fn compact(&mut self) {
        let live = self.tail - self.head;
        if self.head == 0 || live > self.head {
            return;
        }
        self.origin = self.position(self.head);
        self.origin_offset += self.head as u64;
        self.buffer.copy_within(self.head..self.tail, 0);
        let head = self.head;
        self.scan -= head;
        self.last_newline = self.last_newline.saturating_sub(head);
        self.searched = self.searched.saturating_sub(head);
        self.state.extent = self.state.extent.map(|at| at - head);
        self.state.start = self.state.start.map(|at| at - head);
        self.tail = live;
        self.head = 0;
    }
}
