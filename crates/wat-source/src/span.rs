//! Places in files: a file's number and a range of bytes in it. Not lines and columns, which
//! [`SourceMap`](crate::SourceMap) computes where a person reads them.

use serde::{Deserialize, Serialize};

/// The number of a file in its [`SourceMap`](crate::SourceMap).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct FileId(pub u32);

impl FileId {
    /// The file of what stands in no file.
    pub const NONE: FileId = FileId(u32::MAX);
}

/// The bytes `start..end` of a file.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Span {
    pub file: FileId,
    pub start: u32,
    pub end: u32,
}

impl Span {
    /// The span of what was not written anywhere.
    pub const NONE: Span = Span { file: FileId::NONE, start: 0, end: 0 };

    pub fn new(file: FileId, start: u32, end: u32) -> Span {
        debug_assert!(start <= end, "a span ends before it starts");
        Span { file, start, end }
    }

    pub fn is_none(self) -> bool {
        self.file == FileId::NONE
    }

    /// From the start of `self` to the end of `other`; `self` where they are in different files.
    pub fn to(self, other: Span) -> Span {
        if self.is_none() {
            other
        } else if self.file == other.file && other.end >= self.start {
            Span { end: other.end, ..self }
        } else {
            self
        }
    }

    /// The first byte position, as an empty span.
    pub fn start_point(self) -> Span {
        Span { end: self.start, ..self }
    }

    /// The position after the last byte, as an empty span.
    pub fn end_point(self) -> Span {
        Span { start: self.end, ..self }
    }

    /// Does `other` lie inside `self`?
    pub fn contains(self, other: Span) -> bool {
        self.file == other.file && self.start <= other.start && other.end <= self.end
    }

    pub fn len(self) -> u32 {
        self.end - self.start
    }

    pub fn is_empty(self) -> bool {
        self.start == self.end
    }
}

impl Default for Span {
    fn default() -> Span {
        Span::NONE
    }
}
