//! The grammar of heads: name, docstring, attributes, parameters. What every definition and `fn` shares.

use wat_source::{Code, Diagnostic, Span, Symbol};
use wat_syntax::Form;

/// The start of a definition, taken apart.
#[derive(Debug)]
pub struct Head<'a> {
    pub name: Symbol,
    pub name_span: Span,
    /// Type parameters of `(Tree T)`.
    pub params: &'a [Form],
    pub doc: Option<&'a str>,
    pub attributes: Attributes<'a>,
    /// What follows.
    pub rest: &'a [Form],
}

#[derive(Clone, Copy, Debug, Default)]
pub struct Attributes<'a> {
    entries: &'a [(Form, Form)],
}

impl<'a> Attributes<'a> {
    pub fn of(form: Option<&'a Form>) -> Attributes<'a> {
        Attributes { entries: form.and_then(Form::as_map).unwrap_or(&[]) }
    }

    pub fn get(&self, key: &str) -> Option<&'a Form> {
        self.entries.iter().find(|(k, _)| k.is_keyword(key)).map(|(_, value)| value)
    }

    pub fn key(&self, key: &str) -> Option<&'a Form> {
        self.entries.iter().find(|(k, _)| k.is_keyword(key)).map(|(key, _)| key)
    }

    pub fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    pub fn is_true(&self, key: &str) -> bool {
        self.get(key).is_some_and(|value| value.as_bool() == Some(true))
    }

    /// Complain about every key that is not in the list.
    pub fn check(&self, what: &str, allowed: &[&str], out: &mut Vec<Diagnostic>) {
        for (key, value) in self.entries {
            let known = key.as_keyword().is_some_and(|name| allowed.contains(&name.as_str()));
            if known && key.is_keyword("private") && value.as_bool().is_none() && !value.is_error() {
                out.push(bad_syntax(value.span, "`:private` is true or false"));
            }
            if known || key.is_error() {
                continue;
            }
            let article = if what.starts_with('e') { "an" } else { "a" };
            let keys: Vec<String> = allowed.iter().map(|name| format!(":{name}")).collect();
            out.push(
                Diagnostic::new(
                    Code::UnknownAttribute,
                    format!("{article} `{what}` has no attribute `{key}`"),
                )
                .at(key.span)
                .note(format!("its attributes are {}", keys.join(" "))),
            );
        }
    }
}

pub fn bad_syntax(span: Span, title: impl Into<String>) -> Diagnostic {
    Diagnostic::new(Code::BadSyntax, title).at(span)
}

/// Name or `(Name T…)`, then docstring and attributes where they stand. `keep` forms at the end are never taken
/// for a docstring or attributes.
pub fn head<'a>(what: &str, form: &'a Form, keep: usize, out: &mut Vec<Diagnostic>) -> Option<Head<'a>> {
    let items = form.as_list().unwrap_or(&[]);
    head_of(&format!("`{what}`"), form.span, items.get(1..).unwrap_or(&[]), keep, out)
}

/// The same of a method, which begins with its name.
pub fn method<'a>(form: &'a Form, out: &mut Vec<Diagnostic>) -> Option<Head<'a>> {
    match form.as_list() {
        Some(items) => head_of("a method", form.span, items, 0, out),
        None => {
            if !form.is_error() {
                out.push(bad_syntax(form.span, "a method is a list that begins with its name"));
            }
            None
        }
    }
}

fn head_of<'a>(
    what: &str,
    span: Span,
    items: &'a [Form],
    keep: usize,
    out: &mut Vec<Diagnostic>,
) -> Option<Head<'a>> {
    let Some(target) = items.first() else {
        out.push(bad_syntax(span, format!("{what} needs a name")));
        return None;
    };
    let (name, params): (&Form, &[Form]) = match target.as_list() {
        Some([name, params @ ..]) => (name, params),
        _ => (target, &[]),
    };
    let Some(symbol) = name.as_symbol() else {
        if !name.is_error() {
            out.push(bad_syntax(name.span, format!("{what} needs a name here, not {}", name.describe())));
        }
        return None;
    };
    let mut rest = &items[1..];
    let mut doc = None;
    if rest.len() > keep
        && let Some(text) = rest[0].as_str()
    {
        doc = Some(text);
        rest = &rest[1..];
    }
    let mut attributes = Attributes::default();
    if rest.len() > keep && rest[0].as_map().is_some() {
        attributes = Attributes::of(Some(&rest[0]));
        rest = &rest[1..];
    }
    Some(Head { name: symbol, name_span: name.span, params, doc, attributes, rest })
}

/// One parameter or field: a pattern, its type where given.
#[derive(Clone, Copy, Debug)]
pub struct Param<'a> {
    pub pattern: &'a Form,
    pub ty: Option<&'a Form>,
    pub is_rest: bool,
}

/// `[x <- i64  y  & rest <- T]`
pub fn params<'a>(items: &'a [Form], out: &mut Vec<Diagnostic>) -> Vec<Param<'a>> {
    let mut found: Vec<Param<'a>> = Vec::new();
    let mut at = 0;
    while at < items.len() {
        let is_rest = items[at].is_symbol("&");
        at += usize::from(is_rest);
        let Some(pattern) = items.get(at) else {
            out.push(bad_syntax(items[at - 1].span, "a name belongs after `&`"));
            break;
        };
        if pattern.is_symbol("<-") {
            out.push(bad_syntax(pattern.span, "a name belongs before `<-`"));
            at += 2;
            continue;
        }
        at += 1;
        let mut ty = None;
        if let Some(arrow) = items.get(at).filter(|form| form.is_symbol("->")) {
            // Read on as what it must mean.
            let title = "the type of a parameter or field is written after `<-`";
            out.push(bad_syntax(arrow.span, title).suggest("write `<-`", arrow.span, "<-"));
            ty = items.get(at + 1).or(Some(arrow));
            at += 2;
        } else if items.get(at).is_some_and(Form::is_error) || pattern.is_error() {
            // `x : T` and `x: T` have been complained about.
            at += usize::from(!pattern.is_error());
            ty = items.get(at).or(items.last());
            at += 1;
        } else if items.get(at).is_some_and(|arrow| arrow.is_symbol("<-")) {
            match items.get(at + 1) {
                Some(form) => ty = Some(form),
                None => out.push(bad_syntax(items[at].span, "a type belongs after `<-`")),
            }
            at += 2;
        }
        if found.last().is_some_and(|last| last.is_rest) {
            out.push(bad_syntax(pattern.span, "the rest parameter is the last one"));
        }
        found.push(Param { pattern, ty, is_rest });
    }
    found
}
