//! Through an expression in search of macro calls, with the locals in sight: a local hides a macro of its name. Heads
//! and patterns are left as checking knows them.

use super::define::canonical;
use super::marks::is_marked;
use super::{Expander, Head, binders};
use crate::infer::thread;
use crate::special::Special;
use wat_source::{Code, Diagnostic, Symbol};
use wat_syntax::{Form, FormKind};

type Locals = Vec<Symbol>;

impl Expander<'_> {
    pub(super) fn exprs(&mut self, forms: &[Form], file: usize, locals: &mut Locals) -> Vec<Form> {
        forms.iter().map(|form| self.expr(form, file, locals)).collect()
    }

    /// Locals added since `mark`: those of templates are remembered for printing.
    pub(super) fn note(&mut self, locals: &[Symbol], mark: usize) {
        self.program.bound.extend(locals[mark..].iter().filter(|name| is_marked(**name)));
    }

    pub(super) fn expr(&mut self, form: &Form, file: usize, locals: &mut Locals) -> Form {
        let span = form.span;
        match &form.kind {
            FormKind::Symbol(name) => match self.head(file, *name, locals) {
                Head::Macro(full) => {
                    self.out.push(
                        Diagnostic::new(
                            Code::UnsupportedForm,
                            format!("`{}` is a macro, not a value", full.name()),
                        )
                        .label(span, "it can only stand at the head of a list"),
                    );
                    Form::error(span)
                }
                _ => form.clone(),
            },
            FormKind::List(items) => self.list(form, items, file, locals),
            FormKind::Vector(items) => Form::vector(self.exprs(items, file, locals), span),
            FormKind::Set(items) => Form::new(FormKind::Set(self.exprs(items, file, locals)), span),
            FormKind::Map(entries) => {
                let entries = entries
                    .iter()
                    .map(|(key, value)| (self.expr(key, file, locals), self.expr(value, file, locals)));
                Form::new(FormKind::Map(entries.collect()), span)
            }
            _ => form.clone(),
        }
    }

    fn list(&mut self, form: &Form, items: &[Form], file: usize, locals: &mut Locals) -> Form {
        let span = form.span;
        let Some(name) = items.first().and_then(Form::as_symbol) else {
            return Form::list(self.exprs(items, file, locals), span);
        };
        match self.head(file, name, locals) {
            Head::Macro(full) => {
                let code = self.call(full, form);
                self.depth += 1;
                let code = self.expr(&code, file, locals);
                self.depth -= 1;
                code
            }
            Head::Private(full) => {
                self.out.push(
                    Diagnostic::new(Code::PrivateName, format!("`{full}` is private to its file"))
                        .at(items[0].span),
                );
                Form::error(span)
            }
            Head::Later(defined) => {
                self.out.push(
                    Diagnostic::new(
                        Code::MacroBeforeDefinition,
                        format!("the macro `{}` is used before its definition", name.name()),
                    )
                    .label(items[0].span, "used here")
                    .label(defined, "defined here")
                    .help("move the definition up, above what uses it"),
                );
                Form::error(span)
            }
            Head::Special(special) => {
                let mark = locals.len();
                let mut made = vec![canonical(special, &items[0])];
                let done = self.special(special, form, &items[1..], file, locals, &mut made);
                locals.truncate(mark);
                done.unwrap_or_else(|| Form::list(made, span))
            }
            Head::Other => {
                let mut made = vec![items[0].clone()];
                made.extend(self.exprs(&items[1..], file, locals));
                Form::list(made, span)
            }
        }
    }

    /// The arguments of a special form into `made`; a form where another stands for the whole.
    fn special(
        &mut self,
        special: Special,
        form: &Form,
        args: &[Form],
        file: usize,
        locals: &mut Locals,
        made: &mut Vec<Form>,
    ) -> Option<Form> {
        match special {
            Special::Quote => made.extend_from_slice(args),
            Special::Quasiquote => made.extend(args.iter().map(|arg| self.template(arg, 1, file, locals))),
            Special::Fn => {
                let mark = locals.len();
                let named = usize::from(args.first().is_some_and(|name| name.as_symbol().is_some()));
                for name in &args[..named] {
                    made.push(binders::pattern(name, locals));
                }
                self.note(locals, mark);
                self.function(&args[named..], file, locals, made);
            }
            Special::Let
            | Special::Loop
            | Special::WithPeers
            | Special::Doseq
            | Special::For
            | Special::WhenLet => {
                if let Some((binds, body)) = args.split_first() {
                    made.push(self.binds(binds, file, locals));
                    made.extend(self.exprs(body, file, locals));
                }
            }
            Special::IfLet => {
                if let Some((binds, body)) = args.split_first() {
                    let mark = locals.len();
                    made.push(self.binds(binds, file, locals));
                    made.extend(body.first().map(|then| self.expr(then, file, locals)));
                    locals.truncate(mark);
                    made.extend(self.exprs(body.get(1..).unwrap_or(&[]), file, locals));
                }
            }
            Special::Match => self.arms(args, file, locals, made),
            Special::Case => {
                for (at, arg) in args.iter().enumerate() {
                    let is_literal = at % 2 == 1 && at + 1 < args.len();
                    made.push(if is_literal {
                        binders::pattern(arg, &mut Vec::new())
                    } else {
                        self.expr(arg, file, locals)
                    });
                }
            }
            Special::Select => {
                for clause in args {
                    made.push(self.clause(clause, file, locals));
                }
            }
            Special::Thread | Special::ThreadLast => {
                let is_macro = |step: &Form| {
                    let name = step.head().or(step.as_symbol());
                    name.is_some_and(|name| {
                        matches!(self.head(file, name, locals), Head::Macro(_) | Head::Later(_))
                    })
                };
                if args.iter().skip(1).any(is_macro)
                    && let Ok(mut code) = thread(args, special == Special::ThreadLast)
                {
                    code.span = form.span;
                    return Some(self.expr(&code, file, locals));
                }
                made.extend(self.exprs(args, file, locals));
            }
            _ => made.extend(self.exprs(args, file, locals)),
        }
        None
    }

    /// `[pattern value …]`, each name in sight of what follows; `:when test` and `:let [pattern value]` as `for` has
    /// them.
    fn binds(&mut self, form: &Form, file: usize, locals: &mut Locals) -> Form {
        let Some(items) = form.as_vector() else { return form.clone() };
        let mut made = Vec::new();
        for pair in items.chunks(2) {
            let [name, value] = pair else {
                made.extend_from_slice(pair);
                continue;
            };
            if name.is_keyword("let") {
                made.extend([name.clone(), self.binds(value, file, locals)]);
                continue;
            }
            let value = self.expr(value, file, locals);
            let mark = locals.len();
            let name =
                if name.as_keyword().is_some() { name.clone() } else { binders::pattern(name, locals) };
            self.note(locals, mark);
            made.extend([name, value]);
        }
        Form::vector(made, form.span)
    }

    /// `value [-> T] (pattern [:when test] body…)…`
    fn arms(&mut self, args: &[Form], file: usize, locals: &mut Locals, made: &mut Vec<Form>) {
        let Some((value, mut arms)) = args.split_first() else { return };
        made.push(self.expr(value, file, locals));
        if let [arrow, ty, rest @ ..] = arms
            && arrow.is_symbol("->")
        {
            made.extend([arrow.clone(), ty.clone()]);
            arms = rest;
        }
        for arm in arms {
            let Some((pattern, body)) = arm.as_list().and_then(<[Form]>::split_first) else {
                made.push(arm.clone());
                continue;
            };
            let mark = locals.len();
            let mut items = vec![binders::pattern(pattern, locals)];
            self.note(locals, mark);
            items.extend(self.exprs(body, file, locals));
            locals.truncate(mark);
            made.push(Form::list(items, arm.span));
        }
    }

    /// `(source pattern body…)`, `(exit peer pattern body…)`, `(after time body…)`, `(signal :usr1 body…)`, `(stopped body…)`,
    /// `(cancelled body…)`
    fn clause(&mut self, form: &Form, file: usize, locals: &mut Locals) -> Form {
        let Some((head, rest)) = form.as_list().and_then(<[Form]>::split_first) else { return form.clone() };
        let word = head.as_symbol().filter(|name| !locals.contains(name)).map(super::marks::base);
        let mark = locals.len();
        let mut made = Vec::new();
        let mut rest = rest;
        let has_pattern = match word.map(|word| word.as_str()) {
            Some(word @ ("exit" | "after" | "stopped" | "cancelled" | "signal"))
                if word != "signal"
                    || rest.first().is_some_and(|which| matches!(which.kind, FormKind::Keyword(_))) =>
            {
                made.push(Form::symbol(word, head.span));
                if !matches!(word, "stopped" | "cancelled")
                    && let Some((source, after)) = rest.split_first()
                {
                    made.push(self.expr(source, file, locals));
                    rest = after;
                }
                word == "exit"
            }
            _ => {
                made.push(self.expr(head, file, locals));
                true
            }
        };
        if has_pattern && let Some((pattern, after)) = rest.split_first() {
            made.push(binders::pattern(pattern, locals));
            self.note(locals, mark);
            rest = after;
        }
        made.extend(self.exprs(rest, file, locals));
        locals.truncate(mark);
        Form::list(made, form.span)
    }

    /// A template: only what is filled in is an expression.
    fn template(&mut self, form: &Form, depth: usize, file: usize, locals: &mut Locals) -> Form {
        let span = form.span;
        match &form.kind {
            FormKind::List(items) => {
                let head = items.first().and_then(Form::as_symbol);
                let depth = match head.map(|name| name.as_str()) {
                    Some("unquote" | "unquote-splicing") if depth == 1 => {
                        let mut made = vec![items[0].clone()];
                        made.extend(self.exprs(&items[1..], file, locals));
                        return Form::list(made, span);
                    }
                    Some("unquote" | "unquote-splicing") => depth - 1,
                    Some("quasiquote") => depth + 1,
                    _ => depth,
                };
                Form::list(self.templates(items, depth, file, locals), span)
            }
            FormKind::Vector(items) => Form::vector(self.templates(items, depth, file, locals), span),
            FormKind::Set(items) => {
                Form::new(FormKind::Set(self.templates(items, depth, file, locals)), span)
            }
            FormKind::Map(entries) => {
                let entries = entries.iter().map(|(key, value)| {
                    (self.template(key, depth, file, locals), self.template(value, depth, file, locals))
                });
                Form::new(FormKind::Map(entries.collect()), span)
            }
            FormKind::Tagged(tag, value) => {
                let value = self.template(value, depth, file, locals);
                Form::new(FormKind::Tagged(*tag, Box::new(value)), span)
            }
            _ => form.clone(),
        }
    }

    fn templates(&mut self, items: &[Form], depth: usize, file: usize, locals: &mut Locals) -> Vec<Form> {
        items.iter().map(|item| self.template(item, depth, file, locals)).collect()
    }
}
