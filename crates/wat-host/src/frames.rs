//! A stream of JSON texts, cut where each ends: brackets are counted and strings passed over, so one value a line and
//! one over many lines are alike. Whether a text is JSON is for its reader to say.

use crate::window::Window;
use std::ops::Range;
use wat_edn::{ErrorKind, Position, ReadError};

pub struct Frames {
    pub window: Window,
    max_bytes: usize,
    state: State,
    /// Where `taken` stands in the stream.
    place: Position,
    /// Where the last text stood.
    last: Position,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Between,
    /// Within so many brackets, in a string or not.
    Within {
        depth: usize,
        string: bool,
        escaped: bool,
    },
    /// A number or a word, which ends where something else begins.
    Bare,
}

pub enum Next {
    Text(Range<usize>),
    More,
    End,
    Bad(ReadError),
}

impl Frames {
    pub fn new(max_bytes: usize) -> Frames {
        Frames {
            window: Window::default(),
            max_bytes,
            state: State::Between,
            place: Position::START,
            last: Position::START,
        }
    }

    /// Where the last text began.
    pub fn position(&self) -> Position {
        self.last
    }

    pub fn next(&mut self) -> Next {
        while self.window.scanned < self.window.bytes().len() {
            let byte = self.window.bytes()[self.window.scanned];
            let white = matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
            match self.state {
                State::Between if white => {
                    self.window.scanned += 1;
                    self.pass(self.window.scanned);
                }
                State::Between => {
                    self.pass(self.window.scanned);
                    self.window.scanned += 1;
                    self.state = match byte {
                        b'{' | b'[' => State::Within { depth: 1, string: false, escaped: false },
                        b'"' => State::Within { depth: 0, string: true, escaped: false },
                        _ => State::Bare,
                    };
                }
                State::Within { depth, string, escaped } => {
                    self.window.scanned += 1;
                    let (depth, string, escaped) = match (string, byte) {
                        (true, _) if escaped => (depth, true, false),
                        (true, b'\\') => (depth, true, true),
                        (true, b'"') => (depth, false, false),
                        (true, _) => (depth, true, false),
                        (false, b'"') => (depth, true, false),
                        (false, b'{' | b'[') => (depth + 1, false, false),
                        (false, b'}' | b']') => (depth - 1, false, false),
                        (false, _) => (depth, false, false),
                    };
                    self.state = State::Within { depth, string, escaped };
                    if depth == 0 && !string {
                        return self.cut();
                    }
                }
                State::Bare if white || matches!(byte, b'{' | b'[' | b'"') => return self.cut(),
                State::Bare => self.window.scanned += 1,
            }
            if self.window.scanned - self.window.taken > self.max_bytes {
                return self.bad(ErrorKind::TooLarge, "a value is longer than the limit on values");
            }
        }
        match (self.window.ended, self.state) {
            (false, _) => Next::More,
            (true, State::Between) => Next::End,
            (true, State::Bare) => self.cut(),
            (true, State::Within { .. }) => {
                self.bad(ErrorKind::UnexpectedEnd, "the output ends inside a value")
            }
        }
    }

    /// Takes everything up to here.
    fn pass(&mut self, to: usize) {
        self.place = self.place.advance(&self.window.bytes()[self.window.taken..to]);
        self.window.taken = to;
    }

    fn cut(&mut self) -> Next {
        let range = self.window.taken..self.window.scanned;
        self.last = self.place;
        self.pass(range.end);
        self.state = State::Between;
        Next::Text(range)
    }

    /// Nothing behind this place can be trusted to begin a value.
    fn bad(&mut self, kind: ErrorKind, message: &str) -> Next {
        let Position { line, column } = self.place;
        self.window.taken = self.window.bytes().len();
        self.window.scanned = self.window.bytes().len();
        self.state = State::Between;
        Next::Bad(ReadError { kind, line, column, offset: 0, message: message.to_string() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The texts of a stream that comes in pieces of so many bytes, each with its place.
    fn texts(stream: &str, step: usize) -> Vec<String> {
        let mut frames = Frames::new(40);
        let mut found = Vec::new();
        let mut pieces = stream.as_bytes().chunks(step);
        loop {
            match frames.next() {
                Next::Text(range) => {
                    let text = String::from_utf8_lossy(&frames.window.bytes()[range]).into_owned();
                    let Position { line, column } = frames.position();
                    found.push(format!("{line}:{column} {text}"));
                }
                Next::Bad(e) => found.push(format!("{}:{} ! {}", e.line, e.column, e.message)),
                Next::End => return found,
                Next::More => match pieces.next() {
                    Some(piece) => {
                        frames.window.room(piece.len())[..piece.len()].copy_from_slice(piece);
                        frames.window.filled(piece.len());
                    }
                    None => frames.window.finish(),
                },
            }
        }
    }

    #[test]
    fn texts_are_cut_where_they_end_however_they_come() {
        let stream = "{\"a\": [1, \"}\\\"\"]}\n[2]3 \"x y\"true\n\n  null{}";
        for step in [1, 2, 7, 100] {
            assert_eq!(
                texts(stream, step),
                [
                    "1:1 {\"a\": [1, \"}\\\"\"]}",
                    "2:1 [2]",
                    "2:4 3",
                    "2:6 \"x y\"",
                    "2:11 true",
                    "4:3 null",
                    "4:7 {}"
                ]
            );
        }
    }

    #[test]
    fn what_does_not_end_is_told_where_it_began() {
        assert_eq!(texts("1 [2", 3), ["1:1 1", "1:3 ! the output ends inside a value"]);
        let long = format!("1 \"{}\"", "x".repeat(60));
        assert_eq!(texts(&long, 100)[1], "1:3 ! a value is longer than the limit on values");
    }

    #[test]
    fn what_is_no_json_is_cut_for_its_reader_to_say_so() {
        assert_eq!(texts("hello, ]", 3), ["1:1 hello,", "1:8 ]"]);
    }
}
