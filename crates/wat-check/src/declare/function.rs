//! Functions and values: what their heads promise goes to the tables, their bodies stay forms.

use super::signature::Signature;
use super::{Declarer, FnDecl, ValueDecl};
use crate::head::{self, Attributes, Head, bad_syntax};
use crate::table::{Sig, Variadic, full};
use crate::ty::Ty;
use crate::unify::wrong;
use std::sync::Arc;
use wat_source::Symbol;
use wat_syntax::Form;

impl<'a> Declarer<'a, '_, '_> {
    pub(super) fn value(&mut self, file: usize, form: &'a Form) {
        let Some(head) = head::head("def", form, 1, self.out) else { return };
        head.attributes.check("def", &["private"], self.out);
        let value = match head.rest {
            [value] => value,
            // Its end is missing, which is told already.
            [value, ..] if head.rest.iter().any(Form::is_error) => value,
            _ => {
                self.out.push(bad_syntax(form.span, "`def` takes a name and one value"));
                return;
            }
        };
        let Some(name) = self.define(file, &head, false) else { return };
        let private = head.attributes.is_true("private");
        let sig = Sig { is_value: true, private, ..Sig::new(name, head.name_span, Vec::new(), wrong()) };
        self.env.own.sigs.insert(name, sig);
        let doc = head.doc.map(Arc::from);
        self.decls.values.push(ValueDecl { file, name, name_span: head.name_span, value, private, doc });
    }

    pub(super) fn function(&mut self, file: usize, form: &'a Form) {
        let Some(head) = head::head("defn", form, 0, self.out) else { return };
        let mut allowed = vec!["in", "out", "where", "private"];
        if self.env.in_library {
            allowed.extend(["intrinsic", "overload", "on", "variadic"]);
        }
        head.attributes.check("defn", &allowed, self.out);
        let Some(name) = self.define(file, &head, false) else { return };
        let mut generics = Vec::new();
        let Some(signature) = self.signature(file, form, &head, "`defn`", &mut generics) else {
            self.unreadable(name, &head);
            return;
        };
        let Signature { params, patterns, has_rest, result, result_span, body } = signature;
        let contract = self.contract(file, &head.attributes, &generics);
        let mut result = result;
        let is_program = params.is_empty() && (matches!(result, Ty::Nil | Ty::Var(_)) || result == wrong());
        if let Some(key) = head.attributes.key("in").or(head.attributes.key("out"))
            && !is_program
        {
            self.out.push(
                bad_syntax(key.span, "a contract belongs to a program")
                    .label(head.name_span, "a program takes nothing and gives nil: [] -> nil")
                    .help("what it is to know it captures: (spawn-process (fn {:in … :out …} [] …))"),
            );
            // Where it is spawned it is no program, for the reason just told.
            result = wrong();
        }
        let bounds = self.bounds(file, &head.attributes, &generics);
        let sig = Sig {
            generics,
            bounds,
            has_rest,
            contract,
            variadic: self.variadic(&head.attributes),
            overload: self.overload(file, &head.attributes, name),
            on: on(&head.attributes),
            intrinsic: head.attributes.get("intrinsic").and_then(Form::as_str).map(Symbol::new),
            private: head.attributes.is_true("private"),
            ..Sig::new(name, head.name_span, params, result)
        };
        if let Some(intrinsic) = sig.intrinsic {
            self.env.own.intrinsics.insert(intrinsic, name);
        }
        self.env.own.sigs.insert(name, sig);
        let doc = head.doc.map(Arc::from);
        self.decls.functions.push(FnDecl {
            file,
            name,
            name_span: head.name_span,
            patterns,
            result_span,
            body,
            form,
            doc,
            self_type: None,
        });
    }

    /// A function of which only the name is known: it may be called in any way.
    pub(super) fn unreadable(&mut self, name: Symbol, head: &Head<'_>) {
        let anything = vec![(Symbol::new("_"), wrong())];
        let private = head.attributes.is_true("private");
        let sig = Sig { has_rest: true, private, ..Sig::new(name, head.name_span, anything, wrong()) };
        self.env.own.sigs.insert(name, sig);
    }

    fn variadic(&mut self, attributes: &Attributes<'_>) -> Option<Variadic> {
        let form = attributes.get("variadic")?;
        match form.as_symbol().map(|name| name.as_str()) {
            Some("fold") => Some(Variadic::Fold),
            Some("chain") => Some(Variadic::Chain),
            _ => {
                self.out.push(bad_syntax(form.span, "`:variadic` is fold or chain"));
                None
            }
        }
    }

    fn overload(&mut self, file: usize, attributes: &Attributes<'_>, name: Symbol) -> Option<Symbol> {
        let written = attributes.get("overload")?.as_symbol()?;
        let ns = self.namespace(file);
        let overloaded = match written.split() {
            (None, short) => full(ns, short),
            _ => written,
        };
        self.env.own.overloads.entry(overloaded).or_default().push(name);
        self.list(ns, overloaded.name());
        Some(overloaded)
    }
}

/// `:on 1`, `:on [0 1]`; the first argument where it does not stand.
fn on(attributes: &Attributes<'_>) -> Vec<u32> {
    let index = |form: &Form| form.as_int().and_then(|n| u32::try_from(n).ok());
    match attributes.get("on") {
        Some(form) => match form.as_vector() {
            Some(items) => items.iter().filter_map(index).collect(),
            None => index(form).into_iter().collect(),
        },
        None => vec![0],
    }
}
