//! The texts of a compilation by number, and lines and columns in them. It never opens a file: whoever
//! has read one gives its path and text.

use crate::span::{FileId, Span};
use std::borrow::Cow;
use std::sync::OnceLock;

/// All texts of a compilation.
#[derive(Default, Debug, Clone)]
pub struct SourceMap {
    files: Vec<File>,
    parts: Vec<Part>,
}

/// Bytes of a text that were written elsewhere.
#[derive(Debug, Clone)]
struct Part {
    file: FileId,
    from: u32,
    to: u32,
    /// Where, and at which byte of it.
    origin: FileId,
    at: u32,
}

#[derive(Debug, Clone)]
struct File {
    path: Cow<'static, str>,
    text: Cow<'static, str>,
    /// The first byte of each line; found when somebody first asks.
    lines: OnceLock<Vec<u32>>,
    /// Of a file that is no text of its own: what it was made from, and the place it was made for.
    made: Option<(FileId, Span)>,
}

impl File {
    fn lines(&self) -> &[u32] {
        self.lines.get_or_init(|| {
            let breaks = memchr::memchr_iter(b'\n', self.text.as_bytes()).map(|at| at as u32 + 1);
            std::iter::once(0).chain(breaks).collect()
        })
    }
}

/// A line and a column, both from 1; columns count Unicode scalar values.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Position {
    pub line: u32,
    pub column: u32,
}

impl SourceMap {
    pub fn new() -> SourceMap {
        SourceMap::default()
    }

    /// Panics where the text is 4 GiB or longer: the caller refuses such files.
    pub fn add(&mut self, path: impl Into<String>, text: impl Into<String>) -> FileId {
        self.push(Cow::Owned(path.into()), Cow::Owned(text.into()))
    }

    /// As [`SourceMap::add`] for a text that is part of this program, which is not copied.
    pub fn add_static(&mut self, path: &'static str, text: &'static str) -> FileId {
        self.push(Cow::Borrowed(path), Cow::Borrowed(text))
    }

    fn push(&mut self, path: Cow<'static, str>, text: Cow<'static, str>) -> FileId {
        assert!(u32::try_from(text.len()).is_ok(), "a source text is shorter than 4 GiB");
        self.files.push(File { path, text, lines: OnceLock::new(), made: None });
        FileId(self.files.len() as u32 - 1)
    }

    /// A file whose places are those of `text`, put down at `place` as if they had been written there. Whoever asks
    /// for a path, a position or an excerpt is told of that place; [`SourceMap::made_from`] tells of the text.
    pub fn add_made(&mut self, text: FileId, place: Span) -> FileId {
        let made = Some((text, place));
        let empty = Cow::Borrowed("");
        self.files.push(File { path: empty.clone(), text: empty, lines: OnceLock::new(), made });
        FileId(self.files.len() as u32 - 1)
    }

    /// Of a place in a made file: the same place in the text, and the place it was made for.
    pub fn made_from(&self, span: Span) -> Option<(Span, Span)> {
        let (text, place) = self.files.get(span.file.0 as usize)?.made?;
        Some((Span { file: text, ..span }, place))
    }

    /// The place in a text of its own where a person finds the span.
    pub fn written(&self, mut span: Span) -> Span {
        while let Some((_, place)) = self.made_from(span) {
            span = place;
        }
        span
    }

    /// Says that the bytes `from..to` of a text were written at a line and a column of an input of that name.
    pub fn add_part(&mut self, file: FileId, from: u32, to: u32, name: &str, start: Position) {
        // What stood before it there is not known, but takes its place.
        let (above, before) = (start.line.max(1) - 1, start.column.max(1) - 1);
        let before = "\n".repeat(above as usize) + &" ".repeat(before as usize);
        let text = self.text(file).get(from as usize..to as usize).unwrap_or_default().to_string();
        let at = before.len() as u32;
        let origin = self.add(name, before + &text);
        self.parts.push(Part { file, from, to, origin, at });
    }

    /// The place in the input where a person wrote what is at the span.
    pub fn placed(&self, span: Span) -> Span {
        let span = self.written(span);
        let within = |part: &&Part| part.file == span.file && (part.from..=part.to).contains(&span.start);
        match self.parts.iter().find(within) {
            Some(part) => {
                let start = span.start - part.from + part.at;
                Span::new(part.origin, start, start + (span.end.min(part.to) - span.start))
            }
            None => span,
        }
    }

    /// The path as it was given; `<unknown>` for a file that is not here.
    pub fn path(&self, file: FileId) -> &str {
        self.file(file).map_or("<unknown>", |f| &f.path)
    }

    /// The whole text; empty for a file that is not here.
    pub fn text(&self, file: FileId) -> &str {
        self.file(file).map_or("", |f| &f.text)
    }

    pub fn contains(&self, file: FileId) -> bool {
        self.file(file).is_some()
    }

    pub fn files(&self) -> impl Iterator<Item = FileId> + use<> {
        (0..self.files.len() as u32).map(FileId)
    }

    /// Where the span starts.
    pub fn position(&self, span: Span) -> Position {
        self.position_at(span.file, span.start)
    }

    /// The position of a byte; one inside a character counts as that character, one past the end as the end.
    pub fn position_at(&self, file: FileId, offset: u32) -> Position {
        if let Some((_, place)) = self.made_from(Span::new(file, offset, offset)) {
            return self.position(place);
        }
        let Some(f) = self.file(file) else { return Position { line: 1, column: 1 } };
        let offset = floor_boundary(&f.text, offset as usize);
        let line = f.lines().partition_point(|&start| start as usize <= offset) - 1;
        let column = f.text[f.lines()[line] as usize..offset].chars().count() as u32 + 1;
        Position { line: line as u32 + 1, column }
    }

    /// The bytes of a line (numbered from 1) without its line end.
    pub fn line_range(&self, file: FileId, line: u32) -> std::ops::Range<usize> {
        let Some(f) = self.file(file) else { return 0..0 };
        let index = line as usize - 1;
        let Some(&start) = f.lines().get(index) else { return f.text.len()..f.text.len() };
        let start = start as usize;
        let end = f.lines().get(index + 1).map_or(f.text.len(), |&next| next as usize);
        let line = f.text[start..end].trim_end_matches(['\n', '\r']);
        start..start + line.len()
    }

    /// The text a span covers; empty where it is in no file here.
    pub fn excerpt(&self, span: Span) -> &str {
        let span = self.written(span);
        let text = self.text(span.file);
        let start = floor_boundary(text, span.start as usize);
        let end = floor_boundary(text, span.end as usize).max(start);
        &text[start..end]
    }

    fn file(&self, file: FileId) -> Option<&File> {
        let found = self.files.get(file.0 as usize)?;
        match found.made {
            Some((_, place)) => self.file(place.file),
            None => Some(found),
        }
    }
}

/// The character boundary at or before `offset`.
pub(crate) fn floor_boundary(text: &str, offset: usize) -> usize {
    let mut at = offset.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let mut map = SourceMap::new();
        let file = map.add("a.wat", "é→x\r\ny");
        let at = |offset| {
            let p = map.position_at(file, offset);
            (p.line, p.column)
        };
        assert_eq!(at(0), (1, 1));
        assert_eq!(at(1), (1, 1));
        assert_eq!(at(5), (1, 3));
        assert_eq!(at(8), (2, 1));
        assert_eq!(at(99), (2, 2));
        assert_eq!(map.line_range(file, 1), 0..6);
        assert_eq!(map.excerpt(Span::new(file, 2, 5)), "→");
    }

    #[test]
    fn what_was_made_for_a_place_is_found_there() {
        let mut map = SourceMap::new();
        let file = map.add("a.wat", "(define)\n(use me)");
        let inner = map.add_made(file, Span::new(file, 9, 17));
        let outer = map.add_made(file, Span::new(inner, 1, 7));
        let span = Span::new(outer, 0, 8);
        assert_eq!(map.excerpt(span), "(use me)");
        assert_eq!((map.path(outer), map.position(span).line), ("a.wat", 2));
        assert_eq!(map.made_from(span), Some((Span::new(file, 0, 8), Span::new(inner, 1, 7))));
    }

    #[test]
    fn what_was_written_elsewhere_is_placed_there() {
        let mut map = SourceMap::new();
        let file = map.add("session", "(def x 1)\n(ignore\n(/ x 0)\n)");
        map.add_part(file, 0, 9, "input 1", Position { line: 1, column: 1 });
        map.add_part(file, 18, 25, "input 2", Position { line: 3, column: 5 });
        let of = |start| {
            let span = map.placed(Span::new(file, start, start + 1));
            let at = map.position(span);
            (map.path(span.file).to_string(), at.line, at.column)
        };
        assert_eq!(of(5), ("input 1".to_string(), 1, 6));
        assert_eq!(of(21), ("input 2".to_string(), 3, 8));
        assert_eq!(of(11), ("session".to_string(), 2, 2));
        assert_eq!(map.text(map.placed(Span::new(file, 21, 22)).file), "\n\n    (/ x 0)");
    }

    #[test]
    fn unknown_files_are_empty() {
        let map = SourceMap::new();
        assert_eq!(map.path(FileId::NONE), "<unknown>");
        assert_eq!(map.excerpt(Span::NONE), "");
    }
}
