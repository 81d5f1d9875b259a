//! How a decoder says what is wrong: the way to the offending place, what was expected there, what was found.

use super::decode::{Decoder, Form, Frame, Stop};
use super::fault::ReadFault;
use crate::desc::{DescRef, VariantRef};
use crate::vector;
use wat_edn::{ErrorKind, LexError, Lexer, Position, Token};

impl<'t> Decoder<'t> {
    /// The way to the value being read.
    pub(super) fn path(&self) -> Vec<String> {
        let step = |frame: &Frame<'t>| match &frame.form {
            Form::Fields { plan, at, .. } => at.map(|i| format!(":{}", plan.fields.field_name(i))),
            Form::Tuple { at, .. } => Some(at.to_string()),
            Form::Sequence { vector, .. } => Some(vector::count(*vector).to_string()),
            Form::Map { key, .. } => key.map(|(_, text)| String::from_utf8_lossy(text).into_owned()),
            Form::Set { .. } | Form::Wrap { .. } | Form::Tagged { .. } => None,
        };
        self.frames.iter().filter_map(step).collect()
    }

    pub(super) fn fault(&self, kind: &'static str, expected: String, found: String) -> Stop {
        self.fault_at(kind, expected, found, self.lexer.token_start())
    }

    #[cold]
    pub(super) fn fault_at(
        &self,
        kind: &'static str,
        expected: String,
        found: String,
        offset: usize,
    ) -> Stop {
        let Position { line, column } = self.place.advance(&self.lexer.bytes()[..offset]);
        let at = self.path();
        Stop::Fault(Box::new(ReadFault {
            kind,
            at,
            expected,
            found,
            line,
            column,
            offset,
            unfinished: false,
        }))
    }

    pub(super) fn wrong_type(&self, token: Token<'t>, desc: DescRef) -> Stop {
        match token {
            Token::Eof => {
                LexError { kind: ErrorKind::UnexpectedEnd, offset: self.lexer.token_start() }.into()
            }
            Token::CloseList | Token::CloseVector | Token::CloseBrace => {
                LexError { kind: ErrorKind::Unbalanced, offset: self.lexer.token_start() }.into()
            }
            _ => self.fault("wrong-type", desc.describe(), describe(token, &self.lexer)),
        }
    }

    pub(super) fn out_of_range(&self, token: Token<'_>, desc: DescRef) -> Stop {
        self.fault("out-of-range", desc.describe(), describe(token, &self.lexer))
    }

    pub(super) fn wrong_tag(&self, desc: DescRef, expected: &str) -> Stop {
        let expected = if expected.is_empty() { desc.describe() } else { expected.to_string() };
        self.fault("wrong-tag", expected, source(&self.lexer))
    }

    /// Of the tuple that is the innermost frame.
    pub(super) fn wrong_length(&self, ty: DescRef, found: String) -> Stop {
        match self.fault("wrong-length", ty.describe(), found) {
            Stop::Fault(mut fault) => {
                fault.at.pop();
                Stop::Fault(fault)
            }
            other => other,
        }
    }

    pub(super) fn unknown(&self, fields: VariantRef, name: &str) -> Stop {
        let stop = self.fault("unknown-key", one_of(fields), format!(":{name}"));
        step_in(stop, format!(":{name}"))
    }

    pub(super) fn missing(&self, fields: VariantRef, i: usize) -> Stop {
        let stop = self.fault("missing-key", fields.field(i).describe(), "no such key".to_string());
        step_in(stop, format!(":{}", fields.field_name(i)))
    }
}

/// The fault, one step further inside the value.
fn step_in(stop: Stop, step: String) -> Stop {
    match stop {
        Stop::Fault(mut fault) => {
            fault.at.push(step);
            Stop::Fault(fault)
        }
        other => other,
    }
}

pub(super) fn one_of(fields: VariantRef) -> String {
    match fields.len() {
        0 => "no keys".to_string(),
        1 => format!("the key :{}", fields.field_name(0)),
        n => {
            let names: Vec<String> = (0..n).map(|i| format!(":{}", fields.field_name(i))).collect();
            format!("one of {}", names.join(" "))
        }
    }
}

/// The last token as it stands in the text.
fn source(lexer: &Lexer<'_>) -> String {
    cut(&lexer.bytes()[lexer.token_start()..lexer.offset()])
}

/// The longest piece of text shown, in scalar values.
const SHOWN: usize = 40;

pub(super) fn cut(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    match text.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.into_owned(),
    }
}

pub(super) fn describe(token: Token<'_>, lexer: &Lexer<'_>) -> String {
    match token {
        Token::OpenList => "a list".to_string(),
        Token::OpenVector => "a vector".to_string(),
        Token::OpenMap => "a map".to_string(),
        Token::OpenSet => "a set".to_string(),
        Token::Eof => "nothing".to_string(),
        _ => source(lexer),
    }
}
