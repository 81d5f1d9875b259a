//! Values that nobody wants: discarded by `#_` or unknown to a decoder. They are checked as tokens and for balance,
//! with a stack of its own instead of recursion; not for duplicate keys or keys without values.

use crate::class::{self, SPACE};
use crate::error::{ErrorKind, LexError};
use crate::lexer::{Lexer, Token, comment_end};

impl Lexer<'_> {
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
    pub(crate) fn discard(&mut self, at: usize) -> Result<(), LexError> {
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
}

/// An unclosed bracket of a skipped value: what closes it, and how many values are wanted outside it.
struct Open {
    close: Token<'static>,
    wanted: u32,
}
