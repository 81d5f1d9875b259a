//! What is wrong with a program, as data: code, places, notes and help. Not how it looks.

use crate::code::Code;
use crate::span::Span;

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Severity {
    Warning,
    Error,
}

impl Severity {
    pub fn name(self) -> &'static str {
        match self {
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// A place and what it contributed; the text may be empty.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Label {
    pub span: Span,
    pub text: String,
}

/// What to do about it, as words and, where the change is certain, as a change.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Help {
    pub text: String,
    pub edit: Option<Edit>,
}

/// Replace the text of a span; an empty span inserts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Edit {
    pub span: Span,
    pub replacement: String,
}

/// A word with more bytes than this is no name that anybody would read to its end.
const LONGEST_WORD: usize = 250;
/// What is left of it, in characters.
const SHORT_WORD: usize = 40;
const LONGEST_TEXT: usize = 2000;

/// Texts hold names and types of the program, which may be of any length.
fn cut(text: String) -> String {
    if text.len() <= LONGEST_WORD {
        return text;
    }
    let mut short = String::new();
    for word in text.split_inclusive(char::is_whitespace) {
        if short.len() + word.len().min(LONGEST_WORD) > LONGEST_TEXT {
            short.push('…');
            break;
        }
        if word.len() <= LONGEST_WORD {
            short.push_str(word);
        } else {
            short.extend(word.chars().take(SHORT_WORD));
            short.push('…');
            if word.starts_with('`') {
                short.push('`');
            }
            short.extend(word.chars().next_back().filter(|c| c.is_whitespace()));
        }
    }
    short
}

/// One mistake. The first label is the primary place.
#[derive(Clone, PartialEq, Eq, Debug)]
#[must_use = "a diagnostic is to be reported"]
pub struct Diagnostic {
    pub code: Code,
    pub severity: Severity,
    pub title: String,
    pub labels: Vec<Label>,
    pub notes: Vec<String>,
    pub help: Vec<Help>,
}

impl Diagnostic {
    /// The title is in the reader's words, lower case, without full stop.
    pub fn new(code: Code, title: impl Into<String>) -> Diagnostic {
        Diagnostic {
            code,
            severity: code.severity(),
            title: cut(title.into()),
            labels: Vec::new(),
            notes: Vec::new(),
            help: Vec::new(),
        }
    }

    /// Add a place; the first one added is the primary one.
    pub fn label(mut self, span: Span, text: impl Into<String>) -> Diagnostic {
        self.labels.push(Label { span, text: cut(text.into()) });
        self
    }

    /// Add a place without words.
    pub fn at(self, span: Span) -> Diagnostic {
        self.label(span, "")
    }

    pub fn note(mut self, text: impl Into<String>) -> Diagnostic {
        self.notes.push(cut(text.into()));
        self
    }

    pub fn help(mut self, text: impl Into<String>) -> Diagnostic {
        self.help.push(Help { text: cut(text.into()), edit: None });
        self
    }

    /// Help with the change that carries it out.
    pub fn suggest(
        mut self,
        text: impl Into<String>,
        span: Span,
        replacement: impl Into<String>,
    ) -> Diagnostic {
        let edit = Some(Edit { span, replacement: replacement.into() });
        self.help.push(Help { text: cut(text.into()), edit });
        self
    }

    /// The primary place; [`Span::NONE`] where there is none.
    pub fn span(&self) -> Span {
        self.labels.first().map_or(Span::NONE, |label| label.span)
    }

    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}
