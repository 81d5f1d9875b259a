//! The top of a file: definitions, macro definitions, macro calls that make definitions.

use super::marks::{base, is_marked};
use super::{Expander, Head, Macro, State, binders};
use crate::head::{self, Head as DefHead, bad_syntax};
use crate::special::Special;
use crate::table::full;
use wat_source::{Span, Symbol};
use wat_syntax::{Form, FormKind};

impl Expander<'_> {
    /// One form of a file; what it stands for is added to the file. `made`: a macro made it, and its `do` is a
    /// sequence of forms.
    pub(super) fn top(&mut self, form: Form, file: usize, made: bool) {
        let head = form.head().map_or(Head::Other, |name| self.head(file, name, &[]));
        match head {
            Head::Macro(name) => {
                let code = self.call(name, &form);
                self.depth += 1;
                self.top(code, file, true);
                self.depth -= 1;
            }
            Head::Special(Special::Do) if made => {
                for item in form.as_list().unwrap_or(&[]).iter().skip(1) {
                    self.top(item.clone(), file, true);
                }
            }
            Head::Special(Special::Defmacro) => self.define_macro(form, file),
            Head::Special(special) if special.is_definition() => {
                let form = self.definition(special, &form, file);
                self.add(special, form, file);
            }
            _ => {
                let form = self.expr(&form, file, &mut Vec::new());
                self.program.files[file].forms.push(form);
            }
        }
    }

    fn add(&mut self, special: Special, form: Form, file: usize) {
        let name = form.as_list().and_then(|items| items.get(1)).and_then(Form::as_symbol);
        if let (Special::Def | Special::Defn, Some(name)) = (special, name) {
            let name = full(self.program.files[file].ns, name.name());
            self.defs.entry(name).or_insert((file, self.program.files[file].forms.len()));
        }
        if special == Special::Extend {
            let place = (file, self.program.files[file].forms.len());
            for name in form.as_list().unwrap_or(&[]).iter().filter_map(Form::head) {
                self.methods.entry(name).or_default().push(place);
            }
        }
        self.program.files[file].forms.push(form);
    }

    /// A definition's name: a template's own gets a spelling that nothing else has.
    fn own_name(&mut self, form: &Form, file: usize) -> Form {
        let Some(name) = form.as_symbol() else {
            return match form.as_list() {
                Some([name, params @ ..]) => {
                    let mut items = vec![self.own_name(name, file)];
                    items.extend_from_slice(params);
                    Form::list(items, form.span)
                }
                _ => form.clone(),
            };
        };
        let short = if is_marked(name) {
            let text = base(name);
            let short = loop {
                self.own_names += 1;
                let short = Symbol::new(&format!("{text}-{}", self.own_names));
                if !self.names[file].all.contains(&short) {
                    break short;
                }
            };
            self.program.marks.define(name, file, short);
            short
        } else {
            name
        };
        self.names[file].all.insert(Symbol::new(short.name()));
        Form::symbol(short, form.span)
    }

    pub(super) fn definition(&mut self, special: Special, form: &Form, file: usize) -> Form {
        let items = form.as_list().unwrap_or(&[]);
        let mut made = vec![canonical(special, &items[0])];
        let mut rest = &items[1..];
        if special == Special::Deftest {
            made.extend(self.exprs(rest, file, &mut Vec::new()));
            return Form::list(made, form.span);
        }
        if let Some((name, after)) = rest.split_first() {
            made.push(if special == Special::Extend { name.clone() } else { self.own_name(name, file) });
            rest = after;
        }
        match special {
            Special::Def => made.extend(self.exprs(rest, file, &mut Vec::new())),
            Special::Defn => self.function(rest, file, &mut Vec::new(), &mut made),
            Special::Defstruct => made.extend(rest.iter().map(|item| match item.kind {
                FormKind::Vector(_) => binders::fields(item),
                _ => item.clone(),
            })),
            Special::Defenum => made.extend(rest.iter().map(variant)),
            Special::Defprotocol => made.extend(rest.iter().map(|item| match item.as_list() {
                Some(items) => Form::list(method_name(items), item.span),
                None => item.clone(),
            })),
            Special::Extend => {
                for item in rest {
                    let Some(items) = item.as_list().filter(|items| !items.is_empty()) else {
                        made.push(item.clone());
                        continue;
                    };
                    let mut method = vec![method_name(items).swap_remove(0)];
                    self.function(&items[1..], file, &mut Vec::new(), &mut method);
                    made.push(Form::list(method, item.span));
                }
            }
            _ => made.extend_from_slice(rest),
        }
        Form::list(made, form.span)
    }

    /// `[string] [map] params [-> T] body`, as `defn`, `fn` and methods have it.
    pub(super) fn function(
        &mut self,
        items: &[Form],
        file: usize,
        locals: &mut Vec<Symbol>,
        made: &mut Vec<Form>,
    ) {
        let mark = locals.len();
        let at = items.iter().position(|item| item.as_vector().is_some()).unwrap_or(items.len());
        made.extend(items[..at].iter().map(attributes));
        let mut rest = &items[at..];
        if let Some((params, after)) = rest.split_first() {
            made.push(binders::params(params, locals));
            self.note(locals, mark);
            rest = after;
        }
        if let [arrow, ty, after @ ..] = rest
            && arrow.is_symbol("->")
        {
            made.extend([arrow.clone(), ty.clone()]);
            rest = after;
        }
        let body = self.exprs(rest, file, locals);
        made.extend(body);
        locals.truncate(mark);
    }

    /// A macro: a function from the forms of a call to a form, under the macro's name.
    fn define_macro(&mut self, form: Form, file: usize) {
        let mut form = form;
        if let FormKind::List(items) = &mut form.kind
            && let Some(name) = items.get_mut(1)
        {
            *name = self.own_name(name, file);
        }
        let Some(definition) = head::head("defmacro", &form, 0, self.out) else { return };
        definition.attributes.check("defmacro", &["private"], self.out);
        let short = Symbol::new(definition.name.name());
        let Some((params, body)) =
            definition.rest.split_first().filter(|(params, _)| params.as_vector().is_some())
        else {
            self.out
                .push(bad_syntax(form.span, "`defmacro` needs its parameters in a vector: [test & body]"));
            self.names[file].later.remove(&short);
            return;
        };
        let found = head::params(params.as_vector().unwrap_or(&[]), self.out);
        for ty in found.iter().filter_map(|param| param.ty) {
            self.out.push(bad_syntax(ty.span, "what a macro takes is a Form, and needs no type"));
        }
        let has_rest = found.last().is_some_and(|last| last.is_rest);
        let entry = Macro {
            file,
            span: definition.name_span,
            fixed: found.len() - usize::from(has_rest),
            has_rest,
            private: definition.attributes.is_true("private"),
            state: State::Fresh,
        };
        let function = as_function(&definition, params, &found, body, form.span);
        let function = self.definition(Special::Defn, &function, file);
        self.add(Special::Defn, function, file);
        self.names[file].later.remove(&short);
        let name = full(self.ns(file), short.as_str());
        self.macros.entry(name).or_insert(entry);
    }
}

fn core(name: &str, span: Span) -> Form {
    Form::symbol(format!("wat.core/{name}").as_str(), span)
}

/// `(defn name "doc" {…} [args <- (Vector Form)] -> Form (match args ([test & body] …) (_ (panic! …))))`
fn as_function(
    definition: &DefHead<'_>,
    params: &Form,
    found: &[head::Param<'_>],
    body: &[Form],
    whole: Span,
) -> Form {
    let span = params.span;
    let args = Form::symbol(" args", span);
    let mut pattern = Vec::new();
    for param in found {
        if param.is_rest {
            pattern.push(Form::symbol("&", param.pattern.span));
            pattern.push(param.pattern.clone());
        } else {
            pattern.push(nested(param.pattern));
        }
    }
    let is_total = found.len() == 1 && found[0].is_rest && found[0].pattern.as_symbol().is_some();
    let mut work = vec![core("do", span)];
    work.extend_from_slice(body);
    let mut choice = vec![
        core("match", span),
        args.clone(),
        Form::list(vec![Form::vector(pattern, span), Form::list(work, whole)], span),
    ];
    if !is_total {
        let message = format!("`{}` takes {params}", definition.name);
        let panic = Form::list(vec![core("panic!", span), Form::string(message, span)], span);
        choice.push(Form::list(vec![Form::symbol("_", span), panic], span));
    }
    let forms = Form::list(vec![core("Vector", span), core("Form", span)], span);
    let mut made = vec![core("defn", span), Form::symbol(definition.name, definition.name_span)];
    made.extend(definition.doc.map(|doc| Form::string(doc, span)));
    if definition.attributes.is_true("private") {
        let entry = (Form::keyword("private", span), Form::new(FormKind::Bool(true), span));
        made.push(Form::new(FormKind::Map(vec![entry]), span));
    }
    made.push(Form::vector(vec![args, Form::symbol("<-", span), forms], span));
    made.extend([Form::symbol("->", span), core("Form", span), Form::list(choice, whole)]);
    Form::list(made, whole)
}

/// A vector among the parameters of a macro takes a vector of code apart.
fn nested(pattern: &Form) -> Form {
    let span = pattern.span;
    match pattern.as_vector() {
        Some(items) => {
            let rest = items.iter().position(|item| item.is_symbol("&")).unwrap_or(items.len());
            let parts = items.iter().enumerate();
            let parts = parts.map(|(at, item)| if at < rest { nested(item) } else { item.clone() });
            let head = Form::symbol("wat.core.Form/Vector", span);
            Form::list(vec![head, Form::vector(parts.collect(), span), Form::symbol("_", span)], span)
        }
        None => pattern.clone(),
    }
}

/// The head of a special form under the name that every phase knows, where a template spelled it.
pub(super) fn canonical(special: Special, head: &Form) -> Form {
    match head.as_symbol() {
        Some(name) if is_marked(name) => core(special.name(), head.span),
        _ => head.clone(),
    }
}

/// Protocols are words of the language.
fn attributes(form: &Form) -> Form {
    fn plain(form: &Form) -> Form {
        match &form.kind {
            FormKind::Symbol(name) if crate::declare::PROTOCOLS.contains(&base(*name).as_str()) => {
                Form::symbol(base(*name), form.span)
            }
            FormKind::List(items) => Form::list(items.iter().map(plain).collect(), form.span),
            FormKind::Vector(items) => Form::vector(items.iter().map(plain).collect(), form.span),
            _ => form.clone(),
        }
    }
    match &form.kind {
        FormKind::Map(entries) => {
            let entries = entries.iter().map(|(key, value)| match key.as_keyword() {
                Some(name) if name == "where" || name == "derive" => (key.clone(), plain(value)),
                _ => (key.clone(), value.clone()),
            });
            Form::new(FormKind::Map(entries.collect()), form.span)
        }
        _ => form.clone(),
    }
}

/// A variant belongs to its enum and has a plain name.
fn variant(form: &Form) -> Form {
    match &form.kind {
        FormKind::Symbol(name) => Form::symbol(base(*name), form.span),
        FormKind::List(items) => {
            let parts = items.iter().map(|item| match item.kind {
                FormKind::Vector(_) => binders::fields(item),
                _ => variant(item),
            });
            Form::list(parts.collect(), form.span)
        }
        _ => attributes(form),
    }
}

/// A method belongs to its protocol and has a plain name.
fn method_name(items: &[Form]) -> Vec<Form> {
    let mut items = items.to_vec();
    if let Some(first) = items.first_mut()
        && let Some(name) = first.as_symbol()
    {
        *first = Form::symbol(base(name), first.span);
    }
    items
}
