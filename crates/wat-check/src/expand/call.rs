//! One call of a macro: its arguments as data, the run, and the result as forms with their places and marks.

use super::marks::{self, Scope};
use super::template::{is_fixed, place_of};
use super::{Code, Expander, Fault, Node, State};
use rustc_hash::FxHashMap;
use wat_source::{Code as Kind, Diagnostic, FileId, Span, Symbol};
use wat_syntax::{Form, FormKind};

/// Calls within calls, and calls altogether: more than this does not end.
const MOST_DEEP: usize = 400;
const MOST_CALLS: usize = 200_000;

/// What is known of a call while its result is read.
struct Call {
    name: Symbol,
    span: Span,
    /// Of each form that was given: its place, and the marks of a name.
    given: Vec<(Span, &'static str)>,
    /// The made file of each file that a template of the result stands in.
    made: FxHashMap<FileId, FileId>,
}

impl Expander<'_> {
    /// The code that a call stands for; an error, reported, where it gives none.
    pub(super) fn call(&mut self, name: Symbol, form: &Form) -> Form {
        match self.answer(name, form) {
            Ok(code) => code,
            Err(None) => Form::error(form.span),
            Err(Some(diagnostic)) => {
                self.out.push(*diagnostic);
                Form::error(form.span)
            }
        }
    }

    /// `Err(None)` where what is wrong has been reported.
    fn answer(&mut self, name: Symbol, form: &Form) -> Result<Form, Option<Box<Diagnostic>>> {
        let args = &form.as_list().unwrap_or(&[])[1..];
        if form.has_error() {
            return Err(None);
        }
        let failed = |title: String| {
            Some(Box::new(
                Diagnostic::new(Kind::MacroFailed, title).label(form.span, "in the expansion of this"),
            ))
        };
        self.count += 1;
        self.endless &= self.depth > 0 || self.count > MOST_CALLS;
        if self.endless {
            // Reported; the calls around it end with it.
            return Err(None);
        }
        if self.depth > MOST_DEEP || self.count > MOST_CALLS {
            self.endless = true;
            return Err(failed(format!("the expansion of `{}` does not end", name.name())));
        }
        let found = &self.macros[&name];
        let (fixed, has_rest, defined) = (found.fixed, found.has_rest, found.span);
        if args.len() < fixed || (args.len() > fixed && !has_rest) {
            let least = if has_rest { "at least " } else { "" };
            let plural = if fixed == 1 { "" } else { "s" };
            return Err(Some(Box::new(
                Diagnostic::new(
                    Kind::WrongArity,
                    format!("`{}` takes {least}{fixed} argument{plural}, not {}", name.name(), args.len()),
                )
                .label(form.span, "")
                .label(defined, "the macro is defined here"),
            )));
        }
        let program = match self.macros[&name].state {
            State::Ready(program) => program,
            State::Broken => return Err(None),
            State::Fresh => match self.compile(name) {
                Ok(program) => program,
                Err(None) => return Err(None),
                Err(Some(reason)) => {
                    return Err(failed(format!("the macro `{}` cannot be compiled: {reason}", name.name())));
                }
            },
        };
        if self.sources.made_from(form.span).is_none() {
            self.program.calls.push((form.span, name));
        }
        let mut call = Call { name, span: form.span, given: Vec::new(), made: FxHashMap::default() };
        let args: Vec<Code> = args.iter().map(|arg| call.code(arg)).collect();
        match self.runner.run(program, &args) {
            Ok(code) => self
                .form(&code, &mut call)
                .map_err(|reason| failed(format!("the macro `{}` gave no code: {reason}", name.name()))),
            Err(Fault { message, places }) => {
                let mut diagnostic = Diagnostic::new(
                    Kind::MacroFailed,
                    format!("the macro `{}` failed: {message}", name.name()),
                )
                .label(form.span, "in the expansion of this");
                if let Some(span) =
                    places.iter().find_map(|(path, line, column)| self.span_at(path, *line, *column))
                {
                    diagnostic = diagnostic.label(span, "it ended here");
                }
                Err(Some(Box::new(diagnostic)))
            }
        }
    }

    /// A place that the runtime tells of, in a file of the program.
    fn span_at(&self, path: &str, line: u32, column: u32) -> Option<Span> {
        let of_library = self.lib.files();
        let file = self.sources.files().skip(of_library).find(|file| self.sources.path(*file) == path)?;
        let range = self.sources.line_range(file, line.max(1));
        let text = &self.sources.text(file)[range.clone()];
        let before: usize = text.chars().take(column.max(1) as usize - 1).map(char::len_utf8).sum();
        let at = (range.start + before) as u32;
        Some(Span::new(file, at, at))
    }

    fn form(&mut self, code: &Code, call: &mut Call) -> Result<Form, String> {
        let span = self.span_of(code.at, call);
        let kind = match &code.node {
            Node::Scalar(kind) => kind.clone(),
            Node::Symbol(text) => FormKind::Symbol(self.name(text, code.at, span, call)?),
            Node::List(items) => FormKind::List(self.forms(items, call)?),
            Node::Vector(items) => FormKind::Vector(self.forms(items, call)?),
            Node::Set(items) => {
                let items = self.forms(items, call)?;
                distinct(items.iter())?;
                FormKind::Set(items)
            }
            Node::Map(entries) => {
                let mut made = Vec::with_capacity(entries.len());
                for (key, value) in entries {
                    made.push((self.form(key, call)?, self.form(value, call)?));
                }
                distinct(made.iter().map(|(key, _)| key))?;
                FormKind::Map(made)
            }
            Node::Tagged(tag, value) => match self.form(value, call)?.kind {
                FormKind::Str(text) if tag == "inst" || tag == "uuid" => {
                    read_one(&format!("#{tag} {}", Form::string(text, span)))
                        .ok_or_else(|| format!("a string that is no {tag} stands behind #{tag}"))?
                        .kind
                }
                kind => {
                    valid_name(tag)?;
                    FormKind::Tagged(Symbol::new(tag), Box::new(Form::new(kind, span)))
                }
            },
        };
        Ok(Form::new(kind, span))
    }

    fn forms(&mut self, items: &[Code], call: &mut Call) -> Result<Vec<Form>, String> {
        items.iter().map(|item| self.form(item, call)).collect()
    }

    /// A name of the result. A template's carries the mark of this call; a given one keeps the marks it had.
    fn name(&mut self, text: &str, at: i64, span: Span, call: &Call) -> Result<Symbol, String> {
        let (base, old) = marks::split(text);
        valid_name(base)?;
        if is_fixed(base) {
            return Ok(Symbol::new(base));
        }
        Ok(match at {
            ..0 => Symbol::new(&format!("{text} @{}", span.file.0)),
            _ => {
                let given = usize::try_from(at).ok().and_then(|at| call.given.get(at.wrapping_sub(1)));
                let marks = given.map_or(old, |(_, marks)| marks);
                Symbol::new(&format!("{base}{marks}"))
            }
        })
    }

    /// Where a form of the result was written: the call, an argument, or a template as filled in for this call.
    fn span_of(&mut self, at: i64, call: &mut Call) -> Span {
        if at >= 0 {
            let given = usize::try_from(at).ok().and_then(|at| call.given.get(at.wrapping_sub(1)));
            return given.map_or(call.span, |(span, _)| *span);
        }
        let span = place_of(at);
        let made = match call.made.get(&span.file) {
            Some(made) => *made,
            None => {
                let made = self.sources.add_made(span.file, call.span);
                let of_file = self.program.files.iter().position(|file| file.file == span.file);
                let of_scope = || self.program.marks.scope(span.file).map(|scope| scope.file);
                let file = of_file.or_else(of_scope).unwrap_or_else(|| self.macros[&call.name].file);
                self.program.marks.open(made, Scope { file, name: call.name });
                call.made.insert(span.file, made);
                made
            }
        };
        Span { file: made, ..span }
    }
}

impl Call {
    /// A form as data; its place is known again by its number.
    fn code(&mut self, form: &Form) -> Code {
        let old = form.as_symbol().map_or("", |name| marks::split(name.as_str()).1);
        self.given.push((form.span, old));
        let at = self.given.len() as i64;
        let node = match &form.kind {
            FormKind::Symbol(name) => Node::Symbol(marks::split(name.as_str()).0.to_string()),
            FormKind::List(items) => Node::List(self.codes(items)),
            FormKind::Vector(items) => Node::Vector(self.codes(items)),
            FormKind::Set(items) => Node::Set(self.codes(items)),
            FormKind::Map(entries) => {
                Node::Map(entries.iter().map(|(key, value)| (self.code(key), self.code(value))).collect())
            }
            FormKind::Tagged(tag, value) => Node::Tagged(tag.to_string(), Box::new(self.code(value))),
            FormKind::Inst(text) => {
                let text = FormKind::Str(text.clone());
                Node::Tagged("inst".to_string(), Box::new(Code { node: Node::Scalar(text), at }))
            }
            FormKind::Uuid(_) => {
                let text = form.to_string();
                let text = FormKind::Str(text.trim_start_matches("#uuid ").trim_matches('"').to_string());
                Node::Tagged("uuid".to_string(), Box::new(Code { node: Node::Scalar(text), at }))
            }
            scalar => Node::Scalar(scalar.clone()),
        };
        Code { node, at }
    }

    fn codes(&mut self, forms: &[Form]) -> Vec<Code> {
        forms.iter().map(|form| self.code(form)).collect()
    }
}

fn distinct<'f>(forms: impl Iterator<Item = &'f Form>) -> Result<(), String> {
    let mut seen = rustc_hash::FxHashSet::default();
    for form in forms {
        if !seen.insert(form) {
            return Err(format!("{} stands twice among the keys", marks::readable(&form.to_string())));
        }
    }
    Ok(())
}

/// The form that a text is, where it is one.
fn read_one(text: &str) -> Option<Form> {
    let mut reading = wat_syntax::read(FileId::NONE, text);
    (reading.diagnostics.is_empty() && reading.forms.len() == 1).then(|| reading.forms.remove(0))
}

fn valid_name(text: &str) -> Result<(), String> {
    let plain = |b: u8| b.is_ascii_alphabetic() || b"-_?!".contains(&b);
    if !text.is_empty()
        && text.bytes().all(plain)
        && !matches!(text, "nil" | "true" | "false")
        && !text.starts_with('-')
    {
        return Ok(());
    }
    match read_one(text) {
        Some(Form { kind: FormKind::Symbol(name), .. }) if name == text => Ok(()),
        _ => Err(format!("{} is no name", Form::string(text, Span::NONE))),
    }
}
