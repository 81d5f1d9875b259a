//! What a function says of itself before its body: parameters, result, contract, bounds.

use super::Declarer;
use crate::head::{self, Attributes, Head, bad_syntax};
use crate::hir::Contract;
use crate::scope::{BUILTIN_TYPES, Lookup};
use crate::ty::Ty;
use crate::typeform::Variables;
use crate::unify::wrong;
use std::sync::Arc;
use wat_source::{Code, Diagnostic, Span, Symbol};
use wat_syntax::Form;

/// The types of a function, and its body as it is written.
pub(super) struct Signature<'a> {
    pub(super) params: Vec<(Symbol, Ty)>,
    pub(super) patterns: Vec<&'a Form>,
    pub(super) has_rest: bool,
    pub(super) result: Ty,
    pub(super) result_span: Span,
    /// After the result.
    pub(super) body: &'a [Form],
}

impl<'a> Declarer<'a, '_, '_> {
    /// Help for a name without a type, where its neighbour is one: `x i64`, or `i64 x`.
    pub(super) fn arrowless(
        &self,
        file: usize,
        items: &[Form],
        name: &Form,
        diagnostic: Diagnostic,
    ) -> Diagnostic {
        let next = items.iter().position(|form| form.span == name.span).and_then(|at| items.get(at + 1));
        let Some(next) = next else { return diagnostic };
        let (name, ty) = match (self.is_type(file, name), self.is_type(file, next)) {
            (false, true) => (name, next),
            (true, false) if next.as_symbol().is_some() => (next, name),
            _ => return diagnostic,
        };
        let (first, second) = if name.span.start < ty.span.start { (name, ty) } else { (ty, name) };
        let span = first.span.to(second.span);
        let written = format!("{name} <- {ty}");
        diagnostic.suggest(format!("name, arrow, type: {written}"), span, written)
    }

    /// `(x)`, `(x <- i64)`: the parameters of another language, as they are written here.
    fn in_parentheses(&self, file: usize, list: &Form, title: String) -> Diagnostic {
        let diagnostic = bad_syntax(list.span, title);
        let items = list.as_list().unwrap_or(&[]);
        if items.iter().any(|item| item.as_symbol().is_none() && !self.is_type(file, item)) {
            return diagnostic;
        }
        let items: Vec<String> = items.iter().map(Form::to_string).collect();
        let vector = format!("[{}]", items.join(" "));
        diagnostic.suggest(format!("write `{vector}`"), list.span, vector)
    }

    fn is_type(&self, file: usize, form: &Form) -> bool {
        match form.as_list().and_then(<[Form]>::first).unwrap_or(form).as_symbol() {
            Some(name) => {
                matches!(self.env.ty(file, name), Lookup::Found(_))
                    || crate::foreign::name(name.as_str(), true).is_some()
            }
            None => form.is_nil(),
        }
    }

    /// Parameters and result with their types, whose variables are introduced, and what follows.
    pub(super) fn signature(
        &mut self,
        file: usize,
        form: &'a Form,
        head: &Head<'a>,
        what: &str,
        generics: &mut Vec<Symbol>,
    ) -> Option<Signature<'a>> {
        let (params_form, rest) = match head.rest {
            [params, rest @ ..] if params.as_vector().is_some() => (params, rest),
            _ => {
                let title = format!("{what} needs its parameters in a vector: [x <- i64]");
                let diagnostic = match head.rest {
                    [arrow, ty, params, ..] if arrow.is_symbol("->") && params.as_vector().is_some() => {
                        let title = format!("{what} states its result after the parameters");
                        let span = arrow.span.to(params.span);
                        bad_syntax(arrow.span, title).suggest(
                            "write the parameters first",
                            span,
                            format!("{params} -> {ty}"),
                        )
                    }
                    [list, ..]
                        if list.as_list().is_some_and(|items| items.first().is_some_and(is_vector)) =>
                    {
                        bad_syntax(list.span, format!("{what} has one list of parameters")).help(
                            "a function for other arguments has another name; `&` takes any number of them",
                        )
                    }
                    [list, ..] if list.as_list().is_some() => self.in_parentheses(file, list, title),
                    _ => bad_syntax(form.span, title),
                };
                self.out.push(diagnostic);
                return None;
            }
        };
        let items = params_form.as_vector().unwrap_or(&[]);
        let found = head::params(items, self.out);
        self.limit(found.len(), "parameters", items);
        let (mut params, mut patterns, mut has_rest) = (Vec::new(), Vec::new(), false);
        let untyped = found.iter().find(|param| param.ty.is_none()).map(|param| param.pattern);
        if let Some(pattern) = untyped {
            let names_type = pattern.as_symbol().is_some_and(|name| BUILTIN_TYPES.contains(&name.as_str()));
            let title = match names_type {
                true => "a parameter is its name, then its type: n <- i64".to_string(),
                false => format!("the parameter `{pattern}` needs a type: {pattern} <- T"),
            };
            let diagnostic = self.arrowless(file, items, pattern, bad_syntax(pattern.span, title));
            self.out.push(diagnostic);
        }
        for param in found {
            let mut ty = match param.ty {
                Some(ty) => self.ty(file, ty, Variables::Introduce(generics)),
                None => wrong(),
            };
            if param.is_rest {
                has_rest = true;
                ty = Ty::Vector(Arc::new(ty));
            }
            let print = param.pattern.as_symbol().unwrap_or_else(|| Symbol::new("_"));
            params.push((print, ty));
            patterns.push(param.pattern);
        }
        let (result, result_span, body) = self.result(file, params_form.span, rest, what, untyped, generics);
        if untyped.is_some() && params.len() > 1 {
            // What was meant for a type may stand among the names: any number of arguments fits.
            (params, has_rest) = (vec![(Symbol::new("_"), wrong())], true);
        }
        Some(Signature { params, patterns, has_rest, result, result_span, body })
    }

    /// `-> T` and what follows it.
    fn result(
        &mut self,
        file: usize,
        params: Span,
        rest: &'a [Form],
        what: &str,
        untyped: Option<&Form>,
        generics: &mut Vec<Symbol>,
    ) -> (Ty, Span, &'a [Form]) {
        if let [arrow, ty, body @ ..] = rest
            && arrow.is_symbol("->")
        {
            return (self.ty(file, ty, Variables::Introduce(generics)), ty.span, body);
        }
        if let [doc, arrow, ty, body @ ..] = rest
            && doc.as_str().is_some()
            && arrow.is_symbol("->")
        {
            let title = format!("the docstring of {what} stands before the parameters");
            self.out.push(bad_syntax(doc.span, title));
            return (self.ty(file, ty, Variables::Introduce(generics)), ty.span, body);
        }
        if let Some(pattern) = untyped {
            // Who leaves out all types makes one mistake.
            if let Some(told) = self.out.iter_mut().rev().find(|told| told.span() == pattern.span) {
                told.notes.push(format!("{what} also states its result after the parameters: -> T"));
            }
        } else if !rest.first().is_some_and(Form::is_error) {
            let title = format!("{what} states its result after the parameters: -> T");
            let mut diagnostic = bad_syntax(params, title);
            if let [ty, _, ..] = rest
                && self.is_type(file, ty)
            {
                let arrow = format!("-> {ty}");
                diagnostic = diagnostic.suggest(format!("write `{arrow}`"), ty.span, arrow);
            } else {
                diagnostic = diagnostic.help("a function that gives nothing gives nil: -> nil");
            }
            self.out.push(diagnostic);
        }
        // The type may stand there without its arrow.
        let rest = match rest {
            [colon, rest @ ..] if colon.is_symbol(":") && !rest.is_empty() => rest,
            _ => rest,
        };
        match rest {
            [ty, body @ ..] if self.is_type(file, ty) => {
                (self.ty(file, ty, Variables::Introduce(generics)), ty.span, body)
            }
            _ => (wrong(), params, rest),
        }
    }

    pub(super) fn contract(
        &mut self,
        file: usize,
        attributes: &Attributes<'_>,
        generics: &[Symbol],
    ) -> Option<Contract> {
        if !attributes.has("in") && !attributes.has("out") {
            return None;
        }
        let mut side = |key| match attributes.get(key) {
            Some(form) => {
                let ty = self.ty(file, form, Variables::Known(generics));
                self.decls.contracts.push((ty.clone(), form.span));
                ty
            }
            None => Ty::Edn,
        };
        Some(Contract { input: side("in"), output: side("out") })
    }

    pub(super) fn bounds(
        &mut self,
        file: usize,
        attributes: &Attributes<'_>,
        generics: &[Symbol],
    ) -> Vec<(Symbol, Symbol)> {
        let mut bounds = Vec::new();
        let Some(form) = attributes.get("where") else { return bounds };
        let Some(items) = form.as_vector() else {
            self.out.push(bad_syntax(form.span, "`:where` takes a vector of bounds: [(Ord T)]"));
            return bounds;
        };
        for item in items {
            let pair = match item.as_list() {
                Some([protocol, variable]) => protocol.as_symbol().zip(variable.as_symbol()),
                _ => None,
            };
            let Some((protocol, variable)) = pair else {
                if !item.is_error() {
                    self.out
                        .push(bad_syntax(item.span, "a bound is a protocol and a type variable: (Ord T)"));
                }
                continue;
            };
            let Some(protocol) = self.protocol_name(file, protocol, item.span) else { continue };
            if !generics.contains(&variable) {
                self.out.push(
                    Diagnostic::new(
                        Code::UnknownTypeVariable,
                        format!("`{variable}` is no type variable here"),
                    )
                    .label(item.span, "the parameters and the result do not mention it"),
                );
            } else {
                bounds.push((protocol, variable));
            }
        }
        bounds
    }
}

fn is_vector(form: &Form) -> bool {
    form.as_vector().is_some()
}
