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
    bytes: &'a [u8],
    at: usize,
    start: usize,
    depth: usize,
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

    /// Takes `literal` (tags, keywords and opening brackets, no space before them) if it comes next after white space:
    /// the guess of a decoder that knows what the writer writes. On `false` nothing is taken.
    #[inline]
    pub fn eat_exact(&mut self, literal: &[u8]) -> bool {
        let at = self.skip_space();
        let rest = &self.bytes[at..];
        let whole = starts_with(rest, literal)
            && (rest.get(literal.len()).is_none_or(|&b| class::is(b, END))
                || literal.last().is_some_and(|&b| class::is(b, END)));
        if whole {
            self.start = at;
            self.at = at + literal.len();
        }
        whole
    }

    /// Takes an integer if one comes next, without comment or discard before it. On `None` nothing is taken: ask
    /// [`Lexer::next_token`].
    #[inline]
    pub fn eat_int(&mut self) -> Option<i64> {
        let (at, number) = self.guess_number()?;
        let (Token::Int(value), end) = number else { return None };
        (self.start, self.at) = (at, end);
        Some(value)
    }

    /// Takes a number with a point or an exponent, as [`Lexer::eat_int`] does an integer.
    #[inline]
    pub fn eat_float(&mut self) -> Option<f64> {
        let (at, number) = self.guess_number()?;
        let (Token::Float(value), end) = number else { return None };
        (self.start, self.at) = (at, end);
        Some(value)
    }

    /// Takes a string, as [`Lexer::eat_int`] does an integer.
    #[inline]
    pub fn eat_str(&mut self) -> Option<StrToken<'a>> {
        let at = self.skip_space();
        if self.bytes.get(at) != Some(&b'"') {
            return None;
        }
        let (token, end) = text::scan(self.bytes, at + 1).ok()?;
        (self.start, self.at) = (at, end + 1);
        Some(token)
    }

    #[inline(always)]
    fn guess_number(&self) -> Option<(usize, (Token<'a>, usize))> {
        let at = self.skip_space();
        let first = at + usize::from(matches!(self.bytes.get(at), Some(b'-')));
        if !self.bytes.get(first)?.is_ascii_digit() {
            return None;
        }
        Some((at, number::scan(self.bytes, at).ok()?))
    }

    #[inline(always)]
    fn skip_space(&self) -> usize {
        let mut at = self.at;
        while self.bytes.get(at).is_some_and(|&b| class::is(b, SPACE)) {
            at += 1;
        }
        at
    }

    /// Takes the next value whole, whatever it is. A closing bracket or the end of the text is an error.
    pub fn skip_value(&mut self) -> Result<(), LexError> {
        let mut open: Vec<Open> = Vec::new();
        let mut wanted = 1u32;
        let mut asked = self.at;
        loop {
            if self.eat_discard_mark() {
                asked = self.start;
                wanted += 1;
                continue;
            }
            let kind = match self.next_token()? {
                Token::Tag(_) => {
                    asked = self.start;
                    wanted = wanted.max(1);
                    continue;
                }
                Token::Eof => return Err(LexError { kind: ErrorKind::UnexpectedEnd, offset: self.at }),
                Token::OpenList => Some(Token::CloseList),
                Token::OpenVector => Some(Token::CloseVector),
                Token::OpenMap | Token::OpenSet => Some(Token::CloseBrace),
                close @ (Token::CloseList | Token::CloseVector | Token::CloseBrace) => {
                    if open.last().is_some_and(|open| open.close != close) {
                        return Err(LexError { kind: ErrorKind::Unbalanced, offset: self.start });
                    }
                    if wanted > 0 {
                        return Err(LexError { kind: ErrorKind::MissingValue, offset: asked });
                    }
                    wanted = open.pop().map_or(0, |open| open.wanted);
                    None
                }
                _ => None,
            };
            if let Some(close) = kind {
                if open.len() >= self.depth {
                    return Err(LexError { kind: ErrorKind::TooDeep, offset: self.start });
                }
                open.push(Open { close, wanted });
                wanted = 0;
                continue;
            }
            wanted = wanted.saturating_sub(1);
            if open.is_empty() && wanted == 0 {
                return Ok(());
            }
        }
    }

    #[cold]
    fn discard(&mut self, at: usize) -> Result<(), LexError> {
        self.at = at + 2;
        match self.skip_value() {
            Err(LexError { kind: ErrorKind::MissingValue, offset }) if offset == at + 2 => {
                Err(LexError { kind: ErrorKind::MissingValue, offset: at })
            }
            other => other,
        }
    }

    /// Takes `#_` if it comes next, so that discards within a discarded value need no recursion.
    fn eat_discard_mark(&mut self) -> bool {
        let bytes = self.bytes;
        let mut at = self.at;
        loop {
            match bytes.get(at) {
                Some(&b) if class::is(b, SPACE) => at += 1,
                // A comment that is refused is left to `next_token`.
                Some(b';') => match comment_end(bytes, at) {
                    Ok(end) => at = end,
                    Err(_) => return false,
                },
                Some(b'#') if bytes.get(at + 1) == Some(&b'_') => {
                    self.start = at;
                    self.at = at + 2;
                    return true;
                }
                _ => return false,
            }
        }
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

/// An unclosed bracket of a skipped value: what closes it, and how many values are wanted outside it.
struct Open {
    close: Token<'static>,
    wanted: u32,
}

/// As `slice::starts_with`, by words: literals are short and a call to `memcmp` costs more than the comparison.
#[inline(always)]
fn starts_with(text: &[u8], literal: &[u8]) -> bool {
    let Some(text) = text.get(..literal.len()) else { return false };
    let (Some(first), Some(last)) = (literal.first_chunk::<8>(), literal.last_chunk::<8>()) else {
        return text.iter().zip(literal).all(|(a, b)| a == b);
    };
    if literal.len() > 16 {
        return text == literal;
    }
    text.first_chunk() == Some(first) && text.last_chunk() == Some(last)
}

/// The start of the line after the comment at `at`.
fn comment_end(bytes: &[u8], at: usize) -> Result<usize, LexError> {
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
