//! What a decoder takes when it knows what the writer writes next. A guess that fails takes nothing, and the text is
//! then read token by token: guesses change no result, only the time.

use crate::class::{self, END};
use crate::lexer::{Lexer, Token};
use crate::number;
use crate::text::{self, StrToken};

impl<'a> Lexer<'a> {
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
