//! Tokens of EDN text, borrowed from it. The lexer pairs no brackets (its driver does) and reads no literal's inner
//! text (`#inst` and its like are a tag and a string); it does remove comments and discarded values.

use crate::class::{self, END, NAME, SPACE};
use crate::error::{ErrorKind, LexError};
use crate::limits::Limits;
use crate::name;
use crate::number;
use crate::text::{self, StrToken};
use crate::utf8;

#[derive(Debug, Clone, Copy, PartialEq)]
// A tag of a whole word ahead of the payload: the layout the compiler chooses packs the tag into the payload's last bytes,
// and copying those apart waits for the stores (a fifth of the time of a `Value`).
#[repr(u64)]
pub enum Token<'a> {
    Nil,
    True,
    False,
    Int(i64),
    /// An integer without `N` that no i64 holds, as written.
    IntOutOfRange(&'a str),
    /// An integer with its sign and without its `N`; for [`number::parse_bigint`].
    BigInt(&'a str),
    Float(f64),
    /// A number too large for an f64, as written.
    FloatOutOfRange(&'a str),
    /// A number with its sign and without its `M`; for [`number::parse_decimal`].
    Decimal(&'a str),
    Str(StrToken<'a>),
    Char(char),
    /// Without its colon.
    Keyword(&'a str),
    Symbol(&'a str),
    /// Without its `#`; the value it tags follows.
    Tag(&'a str),
    OpenList,
    OpenVector,
    OpenMap,
    OpenSet,
    /// `)`
    CloseList,
    /// `]`
    CloseVector,
    /// `}`, of a map or a set.
    CloseBrace,
    Eof,
}

/// A cursor over a text.
#[derive(Debug, Clone)]
pub struct Lexer<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) at: usize,
    pub(crate) start: usize,
    pub(crate) depth: usize,
}

impl<'a> Lexer<'a> {
    /// Stands before `bytes`. They are checked to be UTF-8 as tokens are read, names by the byte and strings by the word,
    /// which is faster than checking the text in advance.
    pub fn new(bytes: &'a [u8]) -> Lexer<'a> {
        Lexer { bytes, at: 0, start: 0, depth: Limits::DEFAULT.depth }
    }

    /// How deep a value that is skipped or discarded may nest.
    pub fn with_depth(self, depth: usize) -> Lexer<'a> {
        Lexer { depth, ..self }
    }

    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The byte after the last token.
    pub fn offset(&self) -> usize {
        self.at
    }

    /// The first byte of the last token.
    pub fn token_start(&self) -> usize {
        self.start
    }

    /// Stands at `offset`, a place that [`Lexer::offset`] has answered.
    pub fn rewind(&mut self, offset: usize) {
        self.at = offset;
    }

    /// The next token; [`Token::Eof`] at the end, as often as asked.
    #[inline]
    pub fn next_token(&mut self) -> Result<Token<'a>, LexError> {
        let bytes = self.bytes;
        loop {
            let at = self.at;
            let Some(&byte) = bytes.get(at) else {
                self.start = at;
                return Ok(Token::Eof);
            };
            if class::is(byte, SPACE) {
                self.at = at + 1;
                continue;
            }
            self.start = at;
            return match byte {
                b':' => self.keyword(at),
                b'"' => self.string(at),
                b'0'..=b'9' => self.number(at),
                b'+' | b'-' if matches!(bytes.get(at + 1), Some(b'0'..=b'9')) => self.number(at),
                b'{' => self.bracket(Token::OpenMap),
                b'}' => self.bracket(Token::CloseBrace),
                b'[' => self.bracket(Token::OpenVector),
                b']' => self.bracket(Token::CloseVector),
                b'(' => self.bracket(Token::OpenList),
                b')' => self.bracket(Token::CloseList),
                b'#' => match bytes.get(at + 1) {
                    Some(b'{') => {
                        self.at = at + 2;
                        Ok(Token::OpenSet)
                    }
                    Some(b'_') => {
                        self.discard(at)?;
                        continue;
                    }
                    Some(b'#') => self.symbolic(at),
                    _ => self.tag(at),
                },
                b';' => {
                    self.at = comment_end(bytes, at)?;
                    continue;
                }
                b'\\' => self.character(at),
                _ => self.symbol(at),
            };
        }
    }

    #[inline(always)]
    pub(crate) fn skip_space(&self) -> usize {
        let mut at = self.at;
        while self.bytes.get(at).is_some_and(|&b| class::is(b, SPACE)) {
            at += 1;
        }
        at
    }

    #[inline(always)]
    fn bracket(&mut self, token: Token<'a>) -> Result<Token<'a>, LexError> {
        self.at += 1;
        Ok(token)
    }

    #[inline(always)]
    fn string(&mut self, at: usize) -> Result<Token<'a>, LexError> {
        let (token, end) = text::scan(self.bytes, at + 1)?;
        self.at = end + 1;
        Ok(Token::Str(token))
    }

    #[inline(always)]
    fn number(&mut self, at: usize) -> Result<Token<'a>, LexError> {
        let (token, end) = number::scan(self.bytes, at)?;
        self.at = end;
        Ok(token)
    }

    #[inline(always)]
    fn keyword(&mut self, at: usize) -> Result<Token<'a>, LexError> {
        let (text, plain) = self.name(at + 1)?;
        if !plain && !name::is_keyword(text) {
            return Err(LexError { kind: ErrorKind::InvalidKeyword, offset: at });
        }
        Ok(Token::Keyword(text))
    }

    #[inline]
    fn tag(&mut self, at: usize) -> Result<Token<'a>, LexError> {
        let (text, plain) = self.name(at + 1)?;
        let plain = plain && text.as_bytes()[0].is_ascii_alphabetic();
        if !plain && !name::is_tag(text) {
            return Err(LexError { kind: ErrorKind::InvalidTag, offset: at });
        }
        Ok(Token::Tag(text))
    }

    fn symbol(&mut self, at: usize) -> Result<Token<'a>, LexError> {
        let (text, plain) = self.name(at)?;
        let plain = plain && text.as_bytes()[0].is_ascii_alphabetic();
        match text {
            "nil" => Ok(Token::Nil),
            "true" => Ok(Token::True),
            "false" => Ok(Token::False),
            _ if plain || name::is_symbol(text) => Ok(Token::Symbol(text)),
            _ => Err(self.not_symbol(at, text)),
        }
    }

    #[cold]
    fn not_symbol(&self, at: usize, text: &str) -> LexError {
        let first = text.chars().next().unwrap_or('\0');
        let kind = match first {
            '.' | '+' | '-' => ErrorKind::InvalidNumber,
            '/' => ErrorKind::InvalidSymbol,
            _ if first.is_ascii() && !class::is(first as u8, NAME) => ErrorKind::UnexpectedCharacter,
            '\u{feff}' => ErrorKind::UnexpectedCharacter,
            _ if first.is_whitespace() || first.is_control() => ErrorKind::UnexpectedCharacter,
            _ => ErrorKind::InvalidSymbol,
        };
        LexError { kind, offset: at }
    }

    /// Takes the name at `start`. Answers it and whether it is known to be well formed: one or two runs of plain ASCII
    /// about one slash, the second not beginning with a digit.
    #[inline(always)]
    fn name(&mut self, start: usize) -> Result<(&'a str, bool), LexError> {
        let bytes = self.bytes;
        let mut at = name_run(bytes, start);
        let mut plain = at > start;
        if plain && bytes.get(at) == Some(&b'/') {
            let second = at + 1;
            at = name_run(bytes, second);
            plain = at > second && !bytes[second].is_ascii_digit();
        }
        if bytes.get(at).is_none_or(|&b| class::is(b, END)) {
            self.at = at;
            // SAFETY: each byte is one of NAME, which is ASCII, or the slash.
            Ok((unsafe { utf8::ascii(&bytes[start..at]) }, plain))
        } else {
            self.other_name(start, at)
        }
    }

    /// A name with colons, hashes, quotes or letters beyond ASCII, none of which stands before `at`.
    #[cold]
    fn other_name(&mut self, start: usize, at: usize) -> Result<(&'a str, bool), LexError> {
        self.at = class::token_end(self.bytes, at);
        Ok((utf8::check(self.bytes, start, self.at)?, false))
    }

    fn symbolic(&mut self, at: usize) -> Result<Token<'a>, LexError> {
        let end = class::token_end(self.bytes, at + 2);
        let value = match &self.bytes[at + 2..end] {
            b"Inf" => f64::INFINITY,
            b"-Inf" => f64::NEG_INFINITY,
            b"NaN" => f64::NAN,
            _ => return Err(LexError { kind: ErrorKind::InvalidSymbolic, offset: at }),
        };
        self.at = end;
        Ok(Token::Float(value))
    }

    fn character(&mut self, at: usize) -> Result<Token<'a>, LexError> {
        // The character after the backslash belongs to the token even where it would end another.
        let end = class::token_end(self.bytes, (at + 2).min(self.bytes.len()));
        let name = utf8::check(self.bytes, at + 1, end)?;
        let Some(first) = name.chars().next() else {
            return Err(LexError { kind: ErrorKind::UnexpectedEnd, offset: end });
        };
        let c = match name {
            _ if name.len() == first.len_utf8() => Some(first).filter(|c| *c > ' ' && *c != '\x7f'),
            "newline" => Some('\n'),
            "space" => Some(' '),
            "tab" => Some('\t'),
            "return" => Some('\r'),
            "formfeed" => Some('\u{c}'),
            "backspace" => Some('\u{8}'),
            _ if first == 'u' && name.len() == 5 => text::hex4(name.as_bytes(), 1).and_then(char::from_u32),
            _ => None,
        };
        let c = c.ok_or(LexError { kind: ErrorKind::InvalidCharacter, offset: at })?;
        self.at = end;
        Ok(Token::Char(c))
    }
}

/// The start of the line after the comment at `at`.
pub(crate) fn comment_end(bytes: &[u8], at: usize) -> Result<usize, LexError> {
    let end = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |n| at + n + 1);
    utf8::check(bytes, at, end)?;
    Ok(end)
}

#[inline(always)]
fn name_run(bytes: &[u8], mut at: usize) -> usize {
    while bytes.get(at).is_some_and(|&b| class::is(b, NAME)) {
        at += 1;
    }
    at
}
