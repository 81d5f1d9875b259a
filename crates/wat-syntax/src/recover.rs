//! Which brackets are wrong, and how to read the text as if they were right. It looks at brackets alone, before
//! any form is made, so that the reader after it never meets an imbalance.
//!
//! A well-formed top-level form is passed over as it is. One that does not end well is taken to reach to the next
//! line that begins with `(`, gets one diagnostic, and fixes for all its brackets.

use wat_source::{Code, Diagnostic, FileId, Span};

use crate::token::{Bracket, Token, TokenKind};

/// What the reader does when it comes to the token `at`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Fix {
    pub at: usize,
    pub kind: FixKind,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FixKind {
    /// Pass over the closing bracket.
    Skip,
    /// Take the closing bracket for whichever is needed.
    Accept,
    /// Before the token, close this many open brackets.
    Close(usize),
}

/// Once so many forms of a text are broken, each is taken to end at the next line that begins with `(`; looking
/// further for each would take time that grows with the square of the text.
const PATIENCE: usize = 16;

/// The fixes, in order, and one diagnostic for each form whose brackets do not fit.
pub fn balance(file: FileId, text: &str, tokens: &[Token]) -> (Vec<Fix>, Vec<Diagnostic>) {
    let mut balancer =
        Balancer { file, text, tokens, stack: Vec::new(), fixes: Vec::new(), diagnostics: Vec::new() };
    let mut at = 0;
    let mut broken = 0;
    while at < tokens.len() {
        let kind = tokens[at].kind;
        let is_stray = matches!(kind, TokenKind::Close(_));
        if kind.opens().is_none() && !is_stray {
            at += 1;
            continue;
        }
        let whole = if is_stray || broken > PATIENCE { None } else { balancer.form_end(at) };
        at = whole.unwrap_or_else(|| {
            broken += 1;
            let end = balancer.next_start(at);
            balancer.repair(at, end);
            end
        });
    }
    (balancer.fixes, balancer.diagnostics)
}

struct Balancer<'a> {
    file: FileId,
    text: &'a str,
    tokens: &'a [Token],
    /// The tokens that opened what is open.
    stack: Vec<usize>,
    fixes: Vec<Fix>,
    diagnostics: Vec<Diagnostic>,
}

impl Balancer<'_> {
    /// The token after the form that opens at `at`; none where its brackets do not fit.
    fn form_end(&mut self, at: usize) -> Option<usize> {
        self.stack.clear();
        for (index, token) in self.tokens.iter().enumerate().skip(at) {
            if token.kind.opens().is_some() {
                self.stack.push(index);
            } else if let TokenKind::Close(bracket) = token.kind {
                if self.top() != Some(bracket) {
                    return None;
                }
                self.stack.pop();
                if self.stack.is_empty() {
                    return Some(index + 1);
                }
            }
        }
        None
    }

    /// The next token after `at` that is a `(` at the beginning of a line.
    fn next_start(&self, at: usize) -> usize {
        let starts = |token: &Token| {
            token.kind == TokenKind::Open(Bracket::Round)
                && self.text.as_bytes()[..token.start as usize].last() == Some(&b'\n')
        };
        let later = self.tokens[at + 1..].iter().position(starts);
        later.map_or(self.tokens.len(), |n| at + 1 + n)
    }

    fn top(&self) -> Option<Bracket> {
        self.stack.last().and_then(|&index| self.tokens[index].kind.opens())
    }

    /// Fix the brackets of the tokens `at..end`, and report the first that is wrong.
    fn repair(&mut self, at: usize, end: usize) {
        self.stack.clear();
        // A string without end has swallowed brackets, and is reported itself.
        let mut reported = self.tokens[at..end].iter().any(|token| token.kind == TokenKind::OpenStr);
        let mut outdented = None;
        let mut lines = Lines::new(self.text, self.tokens[at].start as usize);
        for index in at..end {
            let token = self.tokens[index];
            if outdented.is_none() && !token.kind.is_trivia() && lines.starts_with(token) {
                outdented = self.outdented(lines.column(token)).map(|opener| (opener, index));
            }
            if token.kind.opens().is_some() {
                self.stack.push(index);
            } else if let TokenKind::Close(bracket) = token.kind {
                if self.top() == Some(bracket) {
                    self.stack.pop();
                    continue;
                }
                let remedy = if reported { self.usual(bracket) } else { self.best(index, end, bracket) };
                if !reported {
                    let diagnostic = self.explain(index, bracket, remedy);
                    self.diagnostics.push(diagnostic);
                    reported = true;
                }
                self.apply(index, remedy);
            }
        }
        if !self.stack.is_empty() {
            if !reported {
                let diagnostic = self.unclosed(end, outdented);
                self.diagnostics.push(diagnostic);
            }
            self.fixes.push(Fix { at: end, kind: FixKind::Close(self.stack.len()) });
        }
    }

    /// The innermost open bracket, where a line that starts in this column lies left of what is inside it.
    fn outdented(&self, column: usize) -> Option<usize> {
        let opener = *self.stack.last()?;
        let start = self.tokens[opener].start as usize;
        let line = memchr::memrchr(b'\n', &self.text.as_bytes()[..start]).map_or(0, |at| at + 1);
        (start - line >= column).then_some(opener)
    }

    fn apply(&mut self, at: usize, remedy: Remedy) {
        match remedy {
            Remedy::Stray => self.fixes.push(Fix { at, kind: FixKind::Skip }),
            Remedy::Typo => {
                self.stack.pop();
                self.fixes.push(Fix { at, kind: FixKind::Accept });
            }
            Remedy::Missing(count) => {
                self.stack.truncate(self.stack.len() - count - 1);
                self.fixes.push(Fix { at, kind: FixKind::Close(count) });
            }
        }
    }

    /// How many brackets above the nearest one that this one closes.
    fn missing(&self, bracket: Bracket) -> Option<usize> {
        self.stack.iter().rev().position(|&index| self.tokens[index].kind.opens() == Some(bracket))
    }

    fn usual(&self, bracket: Bracket) -> Remedy {
        match self.missing(bracket) {
            Some(count) => Remedy::Missing(count),
            None if self.stack.is_empty() => Remedy::Stray,
            None => Remedy::Typo,
        }
    }

    /// The remedy after which the fewest brackets up to `end` are wrong.
    fn best(&self, at: usize, end: usize, bracket: Bracket) -> Remedy {
        let missing = self.missing(bracket).map(Remedy::Missing);
        let typo = (!self.stack.is_empty()).then_some(Remedy::Typo);
        let remedies = [typo, missing, Some(Remedy::Stray)];
        let remedies = remedies.into_iter().flatten();
        remedies.min_by_key(|&remedy| self.wrong_after(at, end, remedy)).unwrap_or(Remedy::Stray)
    }

    fn wrong_after(&self, at: usize, end: usize, remedy: Remedy) -> usize {
        let mut stack = self.stack.clone();
        match remedy {
            Remedy::Stray => {}
            Remedy::Typo => stack.truncate(stack.len() - 1),
            Remedy::Missing(count) => stack.truncate(stack.len() - count - 1),
        }
        let mut wrong = 0;
        for index in at + 1..end {
            let kind = self.tokens[index].kind;
            if kind.opens().is_some() {
                stack.push(index);
            } else if let TokenKind::Close(bracket) = kind {
                let opener = stack.pop().and_then(|opener| self.tokens[opener].kind.opens());
                wrong += usize::from(opener != Some(bracket));
            }
        }
        wrong + stack.len()
    }

    fn span(&self, index: usize) -> Span {
        let token = self.tokens[index];
        Span::new(self.file, token.start, token.end)
    }

    fn written(&self, index: usize) -> &str {
        self.tokens[index].text(self.text)
    }

    fn explain(&self, at: usize, bracket: Bracket, remedy: Remedy) -> Diagnostic {
        let close = bracket.close();
        let Some(&opener) = self.stack.last() else {
            let diagnostic = Diagnostic::new(Code::UnbalancedBracket, format!("unexpected `{close}`"))
                .label(self.span(at), "closes nothing");
            return match self.tokens[..at].iter().rposition(|token| !token.kind.is_trivia()) {
                Some(before) if matches!(self.tokens[before].kind, TokenKind::Close(_)) => {
                    diagnostic.label(self.span(before), "everything before is closed here")
                }
                _ => diagnostic,
            };
        };
        let open = self.written(opener);
        match remedy {
            Remedy::Typo => {
                let needed = self.top().map_or("", Bracket::close);
                Diagnostic::new(Code::UnbalancedBracket, format!("`{open}` is closed by `{close}`"))
                    .label(self.span(at), format!("expected `{needed}`"))
                    .label(self.span(opener), "opened here")
                    .suggest(format!("close it with `{needed}`"), self.span(at), needed)
            }
            Remedy::Missing(count) => {
                let outer = self.stack[self.stack.len() - count - 1];
                Diagnostic::new(Code::UnbalancedBracket, format!("unclosed `{open}`"))
                    .label(self.span(opener), "never closed")
                    .label(self.span(at), format!("closes the `{}` around it", self.written(outer)))
            }
            Remedy::Stray => Diagnostic::new(Code::UnbalancedBracket, format!("unexpected `{close}`"))
                .label(self.span(at), "closes nothing")
                .label(self.span(opener), "the innermost bracket open here"),
        }
    }

    /// Blames the bracket that the indentation shows to end early, else the innermost that is open at the end.
    fn unclosed(&self, end: usize, outdented: Option<(usize, usize)>) -> Diagnostic {
        let innermost = *self.stack.last().expect("called with something open");
        let (opener, before, why) = match outdented {
            Some((opener, index)) => (opener, index, "going by the indentation, it ends here"),
            None => (innermost, end, "the form ends here"),
        };
        let diagnostic =
            Diagnostic::new(Code::UnbalancedBracket, format!("unclosed `{}`", self.written(opener)))
                .label(self.span(opener), "never closed");
        let last = self.tokens[..before].iter().rposition(|token| !token.kind.is_trivia());
        match last {
            Some(last) if last > opener => diagnostic.label(self.span(last).end_point(), why),
            _ => diagnostic,
        }
    }
}

/// How a closing bracket came to be wrong.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Remedy {
    /// It was meant to be the other kind.
    Typo,
    /// So many brackets before it are not closed.
    Missing(usize),
    /// It should not be there.
    Stray,
}

/// Which tokens are the first of their line. Tokens are asked for in order.
struct Lines<'a> {
    text: &'a [u8],
    seen: usize,
    line: usize,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str, from: usize) -> Lines<'a> {
        let text = text.as_bytes();
        let line = memchr::memrchr(b'\n', &text[..from]).map_or(0, |at| at + 1);
        Lines { text, seen: from, line }
    }

    fn starts_with(&mut self, token: Token) -> bool {
        let start = token.start as usize;
        let from = std::mem::replace(&mut self.seen, start);
        let Some(at) = memchr::memrchr(b'\n', &self.text[from..start]) else { return false };
        self.line = from + at + 1;
        true
    }

    fn column(&self, token: Token) -> usize {
        token.start as usize - self.line
    }
}
