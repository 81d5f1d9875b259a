//! Tokens → forms. It never fails: what cannot be read is reported and becomes [`FormKind::Error`], and reading
//! goes on. Brackets have been made to fit before (`recover.rs`), so the open forms here are a plain stack, and
//! the depth of the text costs heap, not call stack.

use rustc_hash::FxHashMap;
use wat_source::{Code, Diagnostic, FileId, SourceMap, Span, Symbol};

use crate::form::{Form, FormKind};
use crate::recover::{self, Fix, FixKind};
use crate::token::{Bracket, Token, TokenKind, tokens};
use crate::{literal, name};

/// Brackets and prefixes may be nested this deeply.
pub const MAX_DEPTH: usize = 512;
/// A text with more mistakes than this is not a program; the rest go unreported.
const MAX_DIAGNOSTICS: usize = 200;
/// `%1` to `%20`, as in Clojure.
const MAX_PLACEHOLDER: usize = 20;
/// The longest source text in bytes: spans have 32 bits.
const MAX_TEXT: usize = 1 << 30;

/// What was read, and what was wrong with it.
#[derive(Debug)]
pub struct Reading {
    pub forms: Vec<Form>,
    pub diagnostics: Vec<Diagnostic>,
}

/// All forms of a text shorter than 4 GiB.
pub fn read(file: FileId, text: &str) -> Reading {
    let tokens = tokens(text);
    let (fixes, diagnostics) = recover::balance(file, text, &tokens);
    let mut reader = Reader {
        file,
        text,
        tokens: &tokens,
        fixes: &fixes,
        frames: Vec::new(),
        forms: Vec::new(),
        diagnostics,
        line_forms: 0,
        damaged: false,
        too_deep: false,
    };
    reader.run();
    let Reader { forms, mut diagnostics, .. } = reader;
    diagnostics.truncate(MAX_DIAGNOSTICS);
    diagnostics.sort_by_key(Diagnostic::span);
    Reading { forms, diagnostics }
}

/// All forms of a file's bytes; none where they are not UTF-8.
pub fn read_bytes(file: FileId, bytes: &[u8]) -> Reading {
    match decode(file, bytes) {
        Ok(text) => read(file, text),
        Err(diagnostic) => Reading { forms: Vec::new(), diagnostics: vec![diagnostic] },
    }
}

/// Adds a file's bytes to the map and reads them. Where they are not UTF-8 the map shows `�` for what is not.
pub fn load(map: &mut SourceMap, path: &str, bytes: Vec<u8>) -> (FileId, Reading) {
    if bytes.len() > MAX_TEXT {
        let file = map.add(path, "");
        let title = format!("{path} is too large to be source text");
        let diagnostic = Diagnostic::new(Code::CannotRead, title)
            .at(Span::new(file, 0, 0))
            .note(format!("it has {} bytes, the limit is {MAX_TEXT}", bytes.len()));
        return (file, Reading { forms: Vec::new(), diagnostics: vec![diagnostic] });
    }
    let next = FileId(map.files().count() as u32);
    let bad = decode(next, &bytes).err();
    let text = String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
    let file = map.add(path, text);
    let reading = match bad {
        None => read(file, map.text(file)),
        Some(diagnostic) => Reading { forms: Vec::new(), diagnostics: vec![diagnostic] },
    };
    (file, reading)
}

/// The bytes as text, or `not-utf8` at the first byte that is not.
pub fn decode(file: FileId, bytes: &[u8]) -> Result<&str, Diagnostic> {
    std::str::from_utf8(bytes).map_err(|error| {
        let at = error.valid_up_to();
        let span = Span::new(file, at as u32, at as u32 + 1);
        let is_binary = bytes[..at].contains(&0);
        let title = if is_binary { "this file is no text" } else { "this file is not UTF-8" };
        let found = Diagnostic::new(Code::NotUtf8, title)
            .label(span, format!("the byte 0x{:02X} belongs to no character", bytes[at]));
        if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
            found.help("it looks like UTF-16; save it as UTF-8")
        } else if is_binary {
            found.help("a program is a text in UTF-8; this looks like a program of the machine, or data")
        } else {
            found.help("save it as UTF-8")
        }
    })
}

/// The only form of a text, or the first thing wrong with it.
pub fn read_one(file: FileId, text: &str) -> Result<Form, Diagnostic> {
    let Reading { mut forms, mut diagnostics } = read(file, text);
    if !diagnostics.is_empty() {
        return Err(diagnostics.swap_remove(0));
    }
    let whole = Span::new(file, 0, text.len() as u32);
    match forms.len() {
        1 => Ok(forms.swap_remove(0)),
        0 => Err(Diagnostic::new(Code::UnexpectedToken, "expected a form").label(whole, "nothing is here")),
        _ => {
            Err(Diagnostic::new(Code::UnexpectedToken, "expected one form")
                .label(forms[1].span, "a second form"))
        }
    }
}

struct Reader<'a> {
    file: FileId,
    text: &'a str,
    tokens: &'a [Token],
    /// Those not yet used.
    fixes: &'a [Fix],
    frames: Vec<Frame>,
    forms: Vec<Form>,
    diagnostics: Vec<Diagnostic>,
    /// How many forms there were when the last line began that starts with `(`.
    line_forms: usize,
    /// A stray bracket has been met since that line: what follows belonged inside the form there.
    damaged: bool,
    /// `too-deep` has been reported in this top-level form.
    too_deep: bool,
}

/// A form that is not finished.
struct Frame {
    kind: FrameKind,
    opener: Span,
    items: Vec<Form>,
}

#[derive(Clone, Copy, PartialEq)]
enum FrameKind {
    List,
    Vector,
    Map,
    Set,
    /// `#(…)`
    Fn,
    /// A sigil, and the head of the list it stands for.
    Prefix(&'static str),
    /// `#_`
    Discard,
    Tag(Symbol),
}

impl FrameKind {
    /// Is it waiting for one form, rather than for a bracket?
    fn takes_one(self) -> bool {
        matches!(self, FrameKind::Prefix(_) | FrameKind::Discard | FrameKind::Tag(_))
    }
}

impl Reader<'_> {
    fn run(&mut self) {
        let mut at = 0;
        while at < self.tokens.len() {
            let fix = self.fix(at);
            if let Some(FixKind::Close(count)) = fix {
                self.close_missing(count, self.tokens[at].start);
            }
            at = self.token(at, fix);
        }
        if let Some(FixKind::Close(count)) = self.fix(at) {
            self.close_missing(count, self.text.len() as u32);
        }
        self.drop_waiting("the end of the file");
    }

    /// The fix for this token, if there is one.
    fn fix(&mut self, at: usize) -> Option<FixKind> {
        let (first, rest) = self.fixes.split_first()?;
        if first.at != at {
            return None;
        }
        self.fixes = rest;
        Some(first.kind)
    }

    /// Reads the token and returns the next one to read.
    fn token(&mut self, at: usize, fix: Option<FixKind>) -> usize {
        let token = self.tokens[at];
        let span = self.span(token);
        match token.kind {
            TokenKind::Mark | TokenKind::Space | TokenKind::Comment => {}
            TokenKind::Open(Bracket::Round) => return self.open(at, FrameKind::List),
            TokenKind::Open(Bracket::Square) => return self.open(at, FrameKind::Vector),
            TokenKind::Open(Bracket::Curly) => return self.open(at, FrameKind::Map),
            TokenKind::OpenSet => return self.open(at, FrameKind::Set),
            TokenKind::OpenFn => return self.open_fn(at),
            TokenKind::Close(bracket) => self.close(bracket, span, fix),
            TokenKind::Quote => self.prefix(FrameKind::Prefix("quote"), span),
            TokenKind::Quasiquote => self.prefix(FrameKind::Prefix("quasiquote"), span),
            TokenKind::Unquote => self.prefix(FrameKind::Prefix("unquote"), span),
            TokenKind::UnquoteSplicing => self.prefix(FrameKind::Prefix("unquote-splicing"), span),
            TokenKind::Discard => self.prefix(FrameKind::Discard, span),
            TokenKind::Tag => self.tag(token, span),
            _ => {
                let kind = self.atom(token, span);
                self.add(Form::new(kind, span));
            }
        }
        at + 1
    }

    fn span(&self, token: Token) -> Span {
        Span::new(self.file, token.start, token.end)
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        if self.diagnostics.len() < MAX_DIAGNOSTICS {
            self.diagnostics.push(diagnostic);
        }
    }

    fn report_err<T>(&mut self, result: Result<T, Diagnostic>) -> Option<T> {
        result.map_err(|diagnostic| self.report(diagnostic)).ok()
    }

    fn atom(&mut self, token: Token, span: Span) -> FormKind {
        let text = token.text(self.text);
        let read = match token.kind {
            TokenKind::Str => {
                let inner = &text[1..text.len() - 1];
                Ok(FormKind::Str(literal::string(inner, span, &mut |diagnostic| self.report(diagnostic))))
            }
            TokenKind::Char => literal::character(text, span),
            TokenKind::Number => literal::number(text, span),
            TokenKind::Symbolic => literal::symbolic(text, span),
            TokenKind::Keyword => name::keyword(text, span).map(FormKind::Keyword),
            TokenKind::Path => name::path(text, span).map(FormKind::Symbol),
            TokenKind::Symbol => match text {
                "nil" => Ok(FormKind::Nil),
                "true" => Ok(FormKind::Bool(true)),
                "false" => Ok(FormKind::Bool(false)),
                _ => name::symbol(text, span).map(FormKind::Symbol),
            },
            TokenKind::OpenStr => {
                let quote = Span::new(self.file, span.start, span.start + 1);
                Err(Diagnostic::new(Code::UnterminatedString, "this string has no end")
                    .label(quote, "its closing quote is missing")
                    .note("where this looks like the end of a string, a quote is missing further up"))
            }
            _ => Err(junk(text, span)),
        };
        self.report_err(read).unwrap_or(FormKind::Error)
    }

    /// Opens a bracket; past the limit, reports that and passes over all that is inside.
    fn open(&mut self, at: usize, kind: FrameKind) -> usize {
        let opener = self.span(self.tokens[at]);
        self.begin(opener, kind == FrameKind::List);
        if self.has_room(opener) {
            self.frames.push(Frame { kind, opener, items: Vec::new() });
            return at + 1;
        }
        self.pass_over(at)
    }

    fn open_fn(&mut self, at: usize) -> usize {
        let opener = self.span(self.tokens[at]);
        match self.frames.iter().find(|frame| frame.kind == FrameKind::Fn) {
            None => self.open(at, FrameKind::Fn),
            Some(outer) => {
                let diagnostic = Diagnostic::new(Code::BadSyntax, "`#(…)` inside `#(…)`")
                    .label(opener, "whose `%` would be meant?")
                    .label(outer.opener, "the one around it")
                    .help("write one of them as `(fn [x] …)`");
                self.report(diagnostic);
                self.open(at, FrameKind::List)
            }
        }
    }

    fn prefix(&mut self, kind: FrameKind, opener: Span) {
        self.begin(opener, false);
        if self.has_room(opener) {
            self.frames.push(Frame { kind, opener, items: Vec::new() });
        }
    }

    fn tag(&mut self, token: Token, span: Span) {
        let read = name::symbol(&token.text(self.text)[1..], Span { start: span.start + 1, ..span });
        if let Some(tag) = self.report_err(read) {
            self.prefix(FrameKind::Tag(tag), span);
        }
    }

    fn has_room(&mut self, opener: Span) -> bool {
        if self.frames.len() < MAX_DEPTH {
            return true;
        }
        if !self.too_deep {
            self.too_deep = true;
            let diagnostic = Diagnostic::new(Code::TooDeep, "this is nested too deeply")
                .label(opener, format!("level {}", MAX_DEPTH + 1))
                .note(format!("forms may be nested {MAX_DEPTH} levels deep"))
                .help("move an inner part into a definition of its own");
            self.report(diagnostic);
        }
        false
    }

    /// From an opening bracket to after the one that closes it, as one error.
    fn pass_over(&mut self, at: usize) -> usize {
        let start = self.tokens[at];
        let mut depth = 1;
        let mut index = at + 1;
        while index < self.tokens.len() {
            let fix = self.fixes.first().filter(|fix| fix.at == index).map(|fix| fix.kind);
            if let Some(FixKind::Close(count)) = fix {
                if count >= depth {
                    // The fix closes this form and goes on to the ones around it: the rest of it is left.
                    self.add(Form::error(Span::new(self.file, start.start, self.tokens[index].start)));
                    self.fix(index);
                    self.close_missing(count - depth, self.tokens[index].start);
                    return self.token(index, None);
                }
                depth -= count;
            }
            if fix.is_some() {
                self.fix(index);
            }
            let token = self.tokens[index];
            if token.kind.opens().is_some() {
                depth += 1;
            } else if matches!(token.kind, TokenKind::Close(_)) && fix != Some(FixKind::Skip) {
                depth -= 1;
            }
            index += 1;
            if depth == 0 {
                self.add(Form::error(Span::new(self.file, start.start, token.end)));
                return index;
            }
        }
        self.add(Form::error(Span::new(self.file, start.start, self.text.len() as u32)));
        let open = self.frames.iter().filter(|frame| !frame.kind.takes_one()).count();
        self.fixes = &[];
        self.close_missing(open, self.text.len() as u32);
        index
    }

    fn close(&mut self, bracket: Bracket, span: Span, fix: Option<FixKind>) {
        if fix == Some(FixKind::Skip) {
            self.stray(span);
            return;
        }
        self.drop_waiting(&format!("`{}`", bracket.close()));
        if fix == Some(FixKind::Accept) {
            self.add(Form::error(span));
        }
        let frame = self.frames.pop().expect("brackets have been balanced");
        self.finish(frame, span.end);
    }

    /// A bracket that closes nothing: an error inside the form it stands in. At top level it is the form before
    /// that was closed too early, and what came between belongs to it.
    fn stray(&mut self, span: Span) {
        if !self.frames.is_empty() {
            self.drop_waiting("a bracket");
            self.add(Form::error(span));
            return;
        }
        self.damaged = true;
        self.forms.truncate(self.line_forms + 1);
        if let Some(Form { kind: FormKind::List(items), .. }) = self.forms.get_mut(self.line_forms) {
            items.push(Form::error(span));
        }
    }

    /// Closes brackets that the text leaves open.
    fn close_missing(&mut self, count: usize, end: u32) {
        let missing = Form::error(Span::new(self.file, end, end));
        for _ in 0..count {
            while self.frames.last().is_some_and(|frame| frame.kind.takes_one()) {
                self.add(missing.clone());
            }
            self.add(missing.clone());
            let frame = self.frames.pop().expect("brackets have been balanced");
            self.finish(frame, end);
        }
    }

    /// Ends the sigils and tags that still wait for a form.
    fn drop_waiting(&mut self, found: &str) {
        while let Some(frame) = self.frames.pop_if(|frame| frame.kind.takes_one()) {
            let sigil = &self.text[frame.opener.start as usize..frame.opener.end as usize];
            let diagnostic = Diagnostic::new(
                Code::UnexpectedToken,
                format!("expected a form after `{sigil}`, found {found}"),
            )
            .label(frame.opener, "applies to nothing");
            // Beyond the depth sigils are dropped, and those around them get the wrong forms.
            if !self.too_deep {
                self.report(diagnostic);
            }
            if frame.kind != FrameKind::Discard {
                self.add(Form::error(frame.opener));
            }
        }
    }

    /// At the start of a top-level form: does it begin its line?
    fn begin(&mut self, opener: Span, round: bool) {
        if !self.frames.is_empty() {
            return;
        }
        self.too_deep = false;
        let before = self.text[..opener.start as usize].bytes().last();
        if round && matches!(before, None | Some(b'\n')) {
            self.line_forms = self.forms.len();
            self.damaged = false;
        }
    }

    /// Gives a finished form to what waits for it.
    fn add(&mut self, mut form: Form) {
        loop {
            let Some(frame) = self.frames.last_mut() else {
                if !self.damaged {
                    self.forms.push(form);
                }
                return;
            };
            let (kind, opener) = (frame.kind, frame.opener);
            if !kind.takes_one() {
                frame.items.push(form);
                return;
            }
            self.frames.pop();
            let span = opener.to(form.span);
            form = match kind {
                FrameKind::Prefix(head) => Form::list(vec![Form::symbol(head, opener), form], span),
                FrameKind::Tag(tag) => Form::new(self.tagged(tag, form, span), span),
                _ => return,
            };
        }
    }

    fn tagged(&mut self, tag: Symbol, form: Form, span: Span) -> FormKind {
        let expected = match (tag.as_str(), &form.kind) {
            (_, FormKind::Error) => return FormKind::Error,
            ("inst", FormKind::Str(text)) if literal::is_instant(text) => {
                return FormKind::Inst(text.clone());
            }
            ("uuid", FormKind::Str(text)) => match literal::uuid(text) {
                Some(value) => return FormKind::Uuid(value),
                None => "expected 32 hexadecimal digits, as in \"f81d4fae-7dec-11d0-a765-00a0c91e6bf6\"",
            },
            ("inst", _) => "expected a date, or a date and time with offset, as in \"2024-02-29T12:30:00Z\"",
            ("uuid", _) => "expected a string",
            _ => return FormKind::Tagged(tag, Box::new(form)),
        };
        let title = format!("this is no `#{tag}`");
        self.report(Diagnostic::new(Code::BadLiteral, title).label(span, expected));
        FormKind::Error
    }

    fn finish(&mut self, frame: Frame, end: u32) {
        let Frame { kind, opener, items } = frame;
        let span = Span { end, ..opener };
        let kind = match kind {
            FrameKind::Vector => FormKind::Vector(items),
            FrameKind::Set => {
                self.distinct(items.iter(), "element");
                FormKind::Set(items)
            }
            FrameKind::Map => self.map(items),
            FrameKind::Fn => self.short_fn(items, span),
            _ => FormKind::List(items),
        };
        self.add(Form::new(kind, span));
    }

    fn map(&mut self, items: Vec<Form>) -> FormKind {
        let broken = items.iter().any(Form::is_error);
        let mut entries = Vec::with_capacity(items.len() / 2);
        let mut items = items.into_iter();
        while let Some(key) = items.next() {
            match items.next() {
                Some(value) => entries.push((key, value)),
                None if broken => entries.push((key.clone(), Form::error(key.span))),
                None => {
                    let title = "a map literal needs a value for each key";
                    self.report(Diagnostic::new(Code::BadLiteral, title).label(key.span, "has no value"));
                    entries.push((key.clone(), Form::error(key.span)));
                }
            }
        }
        self.distinct(entries.iter().map(|(key, _)| key), "key");
        FormKind::Map(entries)
    }

    fn distinct<'f>(&mut self, forms: impl ExactSizeIterator<Item = &'f Form>, what: &str) {
        if forms.len() < 2 {
            return;
        }
        let mut seen: FxHashMap<&Form, Span> = FxHashMap::default();
        for form in forms.filter(|form| !form.has_error()) {
            if let Some(&first) = seen.get(form) {
                let title = format!("`{}` is here twice", name::shortened(&crate::print(form)));
                let diagnostic = Diagnostic::new(Code::DuplicateKey, title)
                    .label(form.span, format!("the same {what} again"))
                    .label(first, "first here");
                self.report(diagnostic);
            } else {
                seen.insert(form, form.span);
            }
        }
    }

    /// `#(f % %2)` as `(fn [%1 %2] (f %1 %2))`.
    fn short_fn(&mut self, items: Vec<Form>, span: Span) -> FormKind {
        let sigil = Span { end: span.start + 1, ..span };
        let mut body = Form::list(items, Span { start: span.start + 1, ..span });
        let mut used = Placeholders::default();
        used.collect(&mut body, &mut |diagnostic| self.report(diagnostic));
        let mut params: Vec<Form> = (1..=used.highest)
            .map(|n| Form::symbol(format!("%{n}").as_str(), used.first[n].unwrap_or(sigil)))
            .collect();
        if let Some(rest) = used.rest {
            params.push(Form::symbol("&", rest));
            params.push(Form::symbol("%&", rest));
        }
        FormKind::List(vec![Form::symbol("fn", sigil), Form::vector(params, sigil), body])
    }
}

/// The `%` names of a `#(…)`, and where each is first used.
#[derive(Default)]
struct Placeholders {
    highest: usize,
    first: [Option<Span>; MAX_PLACEHOLDER + 1],
    rest: Option<Span>,
}

impl Placeholders {
    /// Notes the placeholders in a form, and writes `%` as `%1`. As deep as the text at most.
    fn collect(&mut self, form: &mut Form, report: &mut dyn FnMut(Diagnostic)) {
        match &mut form.kind {
            FormKind::Symbol(name) => {
                if let Some(which) = name.as_str().strip_prefix('%') {
                    form.kind = self.placeholder(which, *name, form.span, report);
                }
            }
            FormKind::List(items) | FormKind::Vector(items) | FormKind::Set(items) => {
                items.iter_mut().for_each(|item| self.collect(item, report));
            }
            FormKind::Map(entries) => {
                for (key, value) in entries {
                    self.collect(key, report);
                    self.collect(value, report);
                }
            }
            FormKind::Tagged(_, value) => self.collect(value, report),
            _ => {}
        }
    }

    fn placeholder(
        &mut self,
        which: &str,
        name: Symbol,
        span: Span,
        report: &mut dyn FnMut(Diagnostic),
    ) -> FormKind {
        if which == "&" {
            self.rest.get_or_insert(span);
            return FormKind::Symbol(name);
        }
        let number = if which.is_empty() { Ok(1) } else { which.parse::<usize>() };
        match number {
            Ok(n @ 1..=MAX_PLACEHOLDER) => {
                self.highest = self.highest.max(n);
                self.first[n].get_or_insert(span);
                FormKind::Symbol(Symbol::new(&format!("%{n}")))
            }
            Ok(n) if n > MAX_PLACEHOLDER => {
                let title = format!("`#(…)` has at most {MAX_PLACEHOLDER} parameters");
                report(
                    Diagnostic::new(Code::ArgumentLimit, title)
                        .label(span, "beyond the last one")
                        .help("give them names: `(fn [a b …] …)`"),
                );
                FormKind::Error
            }
            _ => {
                let title = format!("`{name}` is no parameter of `#(…)`");
                let label = "they are `%`, `%1`, `%2` and so on, and `%&` for the rest";
                report(Diagnostic::new(Code::BadName, title).label(span, label));
                FormKind::Error
            }
        }
    }
}

/// What to say about characters that start no form.
fn junk(text: &str, span: Span) -> Diagnostic {
    let first = text.chars().next().unwrap_or(' ');
    let found = |label: &str| {
        Diagnostic::new(Code::UnexpectedToken, format!("unexpected `{}`", name::shortened(text)))
            .label(span, label)
    };
    match text {
        _ if text.starts_with("//") || text.starts_with("# ") || text.starts_with("#!") => {
            let said = text.trim_start_matches(['/', '#', '!']).trim();
            found("a comment begins with `;`").suggest("write a comment", span, format!("; {said}"))
        }
        "#" => found("`#` starts `#{…}`, `#(…)`, `#_` and tags like `#inst`")
            .help("a regular expression is a string: `(regex \"…\")` of `wat.regex`"),
        "#'" => found("there are no vars; a definition is mentioned by its name"),
        "#?" => found("there are no reader conditionals"),
        "#^" => found("there is no metadata"),
        "#:" => found("there are no namespaced maps; write the namespace in each key"),
        "\\" => {
            found("a character follows the backslash").help("a blank is `\\space`, a line break `\\newline`")
        }
        _ if crate::token::is_smart_quote(first) => {
            let inner = text.strip_prefix(first).unwrap_or(text);
            let inner = inner.strip_suffix(crate::token::is_smart_quote).unwrap_or(inner);
            let diagnostic = found("this is not the quote that programs are written with");
            match inner.contains(['"', '\\']) || inner.is_empty() {
                true => diagnostic.help("a String stands between `\"` and `\"`"),
                false => diagnostic.suggest("write straight quotes", span, format!("\"{inner}\"")),
            }
        }
        _ if text.starts_with('^') => found("there is no metadata; attributes are a map after the name"),
        _ if text.starts_with('@') => found("nothing is dereferenced here"),
        _ if first.is_control() || first.is_whitespace() || crate::token::is_invisible(first) => {
            let title = format!("unexpected character U+{:04X}", first as u32);
            let label = if first.is_whitespace() {
                "looks like a blank but is not one"
            } else {
                "it cannot be seen, and is not part of a name"
            };
            Diagnostic::new(Code::UnexpectedToken, title).label(span, label).suggest(
                "write a blank instead",
                span,
                " ",
            )
        }
        _ => found("no form starts like this"),
    }
}
