//! `defprotocol` and `extend`: methods become definitions of the protocol's namespace, implementations become
//! definitions of their own beside them. Names with a space in them are those that no source can write.

use super::names::short_name;
use super::{Declarer, FnDecl, PROTOCOLS};
use crate::head::{self, Attributes, bad_syntax};
use crate::hir::{Body, Def, Implementation, LocalId, LocalInfo};
use crate::infer::mentions;
use crate::namespace::SourceFile;
use crate::protocol::{Method, Protocol, SELF, is_defined, overlap, stub};
use crate::scope::Lookup;
use crate::special::Special;
use crate::table::{Sig, full};
use crate::ty::Ty;
use crate::typeform::Variables;
use std::sync::Arc;
use wat_source::{Code, Diagnostic, Span, Symbol, suggest};
use wat_syntax::Form;

impl<'a> Declarer<'a, '_, '_> {
    pub(super) fn protocol_names(&mut self, items: &[(usize, Special, &'a Form)]) {
        for (file, special, form) in items {
            if *special != Special::Defprotocol {
                continue;
            }
            let Some(head) = head::head("defprotocol", form, 0, self.out) else { continue };
            head.attributes.check("defprotocol", &["private"], self.out);
            if let [first, ..] = head.params {
                self.out.push(
                    bad_syntax(first.span, "a protocol has no type parameters")
                        .note("its one type is `Self`; methods may have type variables of their own"),
                );
            }
            let Some(name) = self.define(*file, &head, true) else { continue };
            let protocol = Protocol {
                name,
                methods: Vec::new(),
                private: head.attributes.is_true("private"),
                doc: head.doc.map(Arc::from),
                span: head.name_span,
            };
            self.env.own.protocols.insert(name, protocol);
        }
    }

    /// The methods of a protocol whose name is in the tables.
    pub(super) fn protocol(&mut self, file: usize, form: &'a Form) {
        let Some(head) = head::head("defprotocol", form, 0, &mut Vec::new()) else { return };
        let ns = self.namespace(file);
        let Some(name) = short_name(head.name, ns).map(|short| full(ns, short)) else { return };
        let Some(protocol) = self.env.own.protocols.get(&name).filter(|p| p.span == head.name_span) else {
            return;
        };
        let private = protocol.private;
        if head.rest.is_empty() {
            self.out.push(
                bad_syntax(form.span, "`defprotocol` needs at least one method")
                    .help(format!("(defprotocol {} (method [self <- Self] -> String))", name.name())),
            );
        }
        for item in head.rest {
            if let Some(method) = self.method(file, name, private, item) {
                self.env.own.methods.insert(method.name, name);
                let protocol = self.env.own.protocols.get_mut(&name).expect("found above");
                protocol.methods.push(method);
            }
        }
    }

    fn method(&mut self, file: usize, protocol: Symbol, private: bool, item: &'a Form) -> Option<Method> {
        let head = head::method(item, self.out)?;
        head.attributes.check("method", &["where"], self.out);
        let name = self.define_as(file, &head, false, private)?;
        let own = Symbol::new(SELF);
        let mut generics = vec![own];
        let signature = self.signature(file, item, &head, "a method", &mut generics)?;
        let says = |ty: &Ty| mentions(ty, own) || mentions(ty, Symbol::new("?"));
        if !says(&signature.result) && !signature.params.iter().any(|(_, ty)| says(ty)) {
            self.out.push(
                bad_syntax(head.name_span, format!("the types of `{}` do not mention `Self`", name.name()))
                    .note("which implementation a call means is decided by the type that `Self` has there")
                    .help(format!("({} [self <- Self] -> …)", name.name())),
            );
        }
        let mut bounds = vec![(protocol, own)];
        bounds.extend(self.bounds(file, &head.attributes, &generics));
        let sig = Sig {
            generics,
            bounds,
            has_rest: signature.has_rest,
            private,
            ..Sig::new(name, head.name_span, signature.params, signature.result)
        };
        let doc: Option<Arc<str>> = head.doc.map(Arc::from);
        let mut default = None;
        if !signature.body.is_empty() {
            let body = Symbol::new(&format!("{name} by default"));
            default = Some(body);
            self.env.own.sigs.insert(body, Sig { name: body, private: true, ..sig.clone() });
            self.decls.functions.push(FnDecl {
                file,
                name: body,
                name_span: head.name_span,
                patterns: signature.patterns,
                result_span: signature.result_span,
                body: signature.body,
                form: item,
                doc: doc.clone(),
                self_type: None,
            });
        }
        self.decls.methods.push(definition(&sig, Body::Method { protocol, default }, doc));
        self.env.own.sigs.insert(name, sig);
        Some(Method { name, default })
    }

    /// A protocol that `:only` brings comes with its methods.
    pub(super) fn bring_methods(&mut self, files: &[SourceFile]) {
        for (number, file) in files.iter().enumerate() {
            for used in &file.uses {
                for (name, _) in &used.only {
                    let methods = match self.env.protocol_def(full(used.ns, name.as_str())) {
                        Some(protocol) => protocol.methods.clone(),
                        None => continue,
                    };
                    for method in methods {
                        self.env.scopes[number].bring(Symbol::new(method.name.name()), used.ns);
                    }
                }
            }
        }
    }

    /// The protocol that a name means: by full name, or by short name for the language's own.
    pub(super) fn protocol_name(&mut self, file: usize, name: Symbol, span: Span) -> Option<Symbol> {
        let lookup = match self.env.protocol(file, name) {
            Lookup::Found(protocol) => return Some(protocol),
            Lookup::Unread => return None,
            Lookup::Private(name) => Lookup::Private(name),
            Lookup::NoNamespace(qualifier) => Lookup::NoNamespace(qualifier),
            Lookup::Missing => Lookup::Missing,
        };
        if lookup != Lookup::Missing {
            self.out.push(self.env.unbound(file, name, span, true, lookup, std::iter::empty()));
            return None;
        }
        let mut diagnostic =
            Diagnostic::new(Code::UnboundName, format!("unknown protocol `{name}`")).at(span);
        let own = self.env.own.protocols.keys().map(|name| name.name());
        if let Some(near) = suggest(name.name(), PROTOCOLS.into_iter().chain(own)) {
            diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
        }
        self.out.push(diagnostic);
        None
    }

    // ---- implementations

    /// `(extend Type Protocol {:where […]} (method [a b] body…) …)`
    pub(super) fn extension(&mut self, file: usize, form: &'a Form) {
        let items = form.as_list().unwrap_or(&[]);
        let [_, target, written, rest @ ..] = items else {
            self.out.push(
                bad_syntax(form.span, "`extend` takes a type, a protocol and its methods")
                    .help("(extend Disc HasArea (area-of [d] …))"),
            );
            return;
        };
        let (attributes, methods) = match rest {
            [map, methods @ ..] if map.as_map().is_some() => (Attributes::of(Some(map)), methods),
            methods => (Attributes::default(), methods),
        };
        attributes.check("extend", &["where"], self.out);
        let mut generics = Vec::new();
        let ty = self.ty(file, target, Variables::Introduce(&mut generics));
        let Some(name) = written.as_symbol() else {
            if !written.is_error() {
                self.out.push(bad_syntax(written.span, "a protocol is named after the type"));
            }
            return;
        };
        let Some(protocol) = self.protocol_name(file, name, written.span) else { return };
        if !is_defined(protocol) {
            self.out.push(closed(protocol, written.span));
            return;
        }
        let bounds = self.bounds(file, &attributes, &generics);
        if mentions(&ty, Symbol::new("?")) {
            return;
        }
        if let Ty::Var(variable) = ty {
            self.out.push(
                Diagnostic::new(
                    Code::BadType,
                    format!("`{variable}` is every type, and an `extend` is for one"),
                )
                .at(target.span)
                .help("what all types share stands in the protocol: give its method a body"),
            );
            return;
        }
        let is_orphan = self.orphan(file, &ty, protocol, target.span);
        let mut found =
            Implementation { protocol, generics, ty, bounds, methods: Vec::new(), span: target.span };
        if let Some(first) = self.env.implementations(protocol).find(|other| overlap(&found, other)) {
            let title = format!("`{}` is implemented twice for {}", protocol.name(), found.ty);
            let mut diagnostic = Diagnostic::new(Code::DuplicateImplementation, title)
                .label(target.span, "again here")
                .label(first.span, "first here");
            if first.ty != found.ty {
                diagnostic = diagnostic.note(format!("{} and {} have types in common", first.ty, found.ty));
            }
            if !is_orphan {
                self.out.push(diagnostic);
            }
            return;
        }
        for item in methods {
            self.implementing(file, &mut found, item);
        }
        self.complete(&found, written.span);
        self.env.own.implementations.entry(protocol).or_default().push(found);
    }

    /// An implementation stands beside its type or its protocol: whoever sees both sees it. Does this one not?
    fn orphan(&mut self, file: usize, ty: &Ty, protocol: Symbol, span: Span) -> bool {
        let ns = self.namespace(file);
        let here = |name: Symbol, is_own: bool| is_own && name.namespace() == Some(ns.as_str());
        let with_type = match ty {
            Ty::Named(name, _) => here(*name, self.env.own.types.contains_key(name)),
            _ => false,
        };
        if with_type || here(protocol, self.env.own.protocols.contains_key(&protocol)) {
            return false;
        }
        let mut diagnostic = Diagnostic::new(
            Code::OrphanExtend,
            format!("this file defines neither {ty} nor `{}`", protocol.name()),
        )
        .label(span, "an `extend` stands in the file of the type or of the protocol");
        diagnostic = match ty {
            Ty::Named(name, _) if self.env.own.types.contains_key(name) => {
                let ns = |name: Symbol| name.namespace().unwrap_or_default();
                diagnostic.note(format!(
                    "{ty} is defined in `{}`, `{}` in `{}`",
                    ns(*name),
                    protocol.name(),
                    ns(protocol)
                ))
            }
            _ => diagnostic.note(format!(
                "{ty} is not of this program; `{}` is defined in `{}`",
                protocol.name(),
                protocol.namespace().unwrap_or_default()
            )),
        };
        self.out.push(diagnostic.help("or wrap the type in a struct of this file, and extend that"));
        true
    }

    /// One method of an implementation: a definition whose types the protocol states.
    fn implementing(&mut self, file: usize, found: &mut Implementation, item: &'a Form) {
        let Some(head) = head::method(item, self.out) else { return };
        head.attributes.check("method", &[], self.out);
        let protocol = self.env.protocol_def(found.protocol).expect("a name that was looked up");
        let short = head.name.name();
        let Some(method) = protocol.methods.iter().find(|method| method.name.name() == short).copied() else {
            let known = protocol.methods.iter().map(|method| method.name.name());
            let listed: Vec<String> = known.clone().map(|name| format!("`{name}`")).collect();
            let title = format!("`{}` has no method `{short}`", found.protocol.name());
            let diagnostic =
                Diagnostic::new(Code::UnknownMethod, title).label(head.name_span, "nothing asks for this");
            self.out.push(match suggest(short, known) {
                Some(near) => diagnostic.suggest(format!("did you mean `{near}`?"), head.name_span, near),
                None => diagnostic.note(format!("its methods are {}", listed.join(", "))),
            });
            return;
        };
        if found.methods.iter().any(|(name, _)| *name == method.name) {
            let title = format!("`{short}` is implemented twice here");
            self.out.push(Diagnostic::new(Code::Redefinition, title).at(head.name_span));
            return;
        }
        let name = self.name_of(file, short, &found.ty);
        found.methods.push((method.name, name));
        let Some(asked) = self.env.sig(method.name).cloned() else { return };
        let sig = at_type(&asked, found, name, head.name_span);
        let (params_form, rest) = match head.rest {
            [params, rest @ ..] if params.as_vector().is_some() => (params, rest),
            _ => {
                self.out.push(bad_syntax(item.span, "a method needs its parameters in a vector: [self]"));
                return;
            }
        };
        let params = head::params(params_form.as_vector().unwrap_or(&[]), self.out);
        let has_rest = params.last().is_some_and(|last| last.is_rest);
        if params.len() != sig.params.len() || has_rest != sig.has_rest {
            let wanted: Vec<String> = asked
                .params
                .iter()
                .enumerate()
                .map(|(n, (name, _))| {
                    let is_rest = asked.has_rest && n + 1 == asked.params.len();
                    if is_rest { format!("& {name}") } else { name.to_string() }
                })
                .collect();
            self.out.push(
                Diagnostic::new(
                    Code::WrongArity,
                    format!("`{short}` takes other parameters by its protocol: [{}]", wanted.join(" ")),
                )
                .label(params_form.span, "here it takes these")
                .label(asked.span, "the protocol's method"),
            );
            return;
        }
        let mut known = sig.generics.clone();
        known.push(Symbol::new(SELF));
        for (param, (_, wanted)) in params.iter().zip(&sig.params) {
            let Some(form) = param.ty else { continue };
            let written = self.ty(file, form, Variables::Known(&known));
            let written = if param.is_rest { Ty::Vector(Arc::new(written)) } else { written };
            self.agree(written, wanted, &found.ty, form.span, asked.span);
        }
        let (result_span, body) = match rest {
            [arrow, form, body @ ..] if arrow.is_symbol("->") => {
                let written = self.ty(file, form, Variables::Known(&known));
                self.agree(written, &sig.result, &found.ty, form.span, asked.span);
                (form.span, body)
            }
            body => (asked.span, body),
        };
        let patterns = params.iter().map(|param| param.pattern).collect();
        let print = |param: &head::Param<'_>| param.pattern.as_symbol().unwrap_or_else(|| Symbol::new("_"));
        let named = params.iter().map(print).zip(sig.params.iter().map(|(_, ty)| ty.clone())).collect();
        self.env.own.sigs.insert(name, Sig { params: named, ..sig });
        self.decls.functions.push(FnDecl {
            file,
            name,
            name_span: head.name_span,
            patterns,
            result_span,
            body,
            form: item,
            doc: head.doc.map(Arc::from),
            self_type: Some(found.ty.clone()),
        });
    }

    /// A type that an implementation repeats is the protocol's.
    fn agree(&mut self, written: Ty, wanted: &Ty, own: &Ty, span: Span, protocol: Span) {
        let written = written.subst(&|v| if v == SELF { own.clone() } else { Ty::Var(v) });
        if written != *wanted && ![&written, wanted].iter().any(|ty| mentions(ty, Symbol::new("?"))) {
            self.out.push(
                Diagnostic::new(Code::TypeMismatch, format!("expected {wanted}, found {written}"))
                    .label(span, format!("by the protocol this is {wanted}; it need not be repeated"))
                    .label(protocol, "the protocol's method"),
            );
        }
    }

    /// A name that no other definition has.
    fn name_of(&mut self, file: usize, method: &str, ty: &Ty) -> Symbol {
        let mut name = full(self.namespace(file), &format!("{method} of {ty}"));
        while self.seen.contains_key(&name) {
            name = Symbol::new(&format!("{name}'"));
        }
        self.seen.insert(name, Span::NONE);
        name
    }

    /// What has no default must be there.
    fn complete(&mut self, found: &Implementation, span: Span) {
        let protocol = self.env.protocol_def(found.protocol).expect("a name that was looked up");
        let lacking: Vec<Symbol> = protocol
            .methods
            .iter()
            .filter(|method| method.default.is_none())
            .map(|method| method.name)
            .filter(|name| !found.methods.iter().any(|(method, _)| method == name))
            .collect();
        if lacking.is_empty() {
            return;
        }
        let names: Vec<String> = lacking.iter().map(|name| format!("`{}`", name.name())).collect();
        let stubs: Vec<String> = lacking.iter().filter_map(|name| self.env.sig(*name)).map(stub).collect();
        let what = if lacking.len() == 1 { "a method" } else { "methods" };
        self.out.push(
            Diagnostic::new(
                Code::MissingMethod,
                format!("`{}` of {} lacks {}", found.protocol.name(), found.ty, names.join(", ")),
            )
            .label(span, format!("{what} of this protocol"))
            .help(format!("add {}", stubs.join(" "))),
        );
    }
}

/// The signature of a method at the type that implements it.
fn at_type(asked: &Sig, found: &Implementation, name: Symbol, span: Span) -> Sig {
    let mut generics = found.generics.clone();
    // The method's own variables keep their names where the type's leave them free.
    let own: Vec<(Symbol, Symbol)> = asked.generics[1..]
        .iter()
        .map(|variable| {
            let fresh = if generics.contains(variable) { free(&generics, asked) } else { *variable };
            generics.push(fresh);
            (*variable, fresh)
        })
        .collect();
    let at = |ty: &Ty| {
        ty.subst(&|v| match own.iter().find(|(old, _)| *old == v) {
            Some((_, fresh)) => Ty::Var(*fresh),
            None if v == SELF => found.ty.clone(),
            None => Ty::Var(v),
        })
    };
    let mut bounds = found.bounds.clone();
    for (protocol, variable) in &asked.bounds {
        bounds.extend(own.iter().find(|(old, _)| old == variable).map(|(_, fresh)| (*protocol, *fresh)));
    }
    Sig {
        name,
        bounds,
        params: asked.params.iter().map(|(name, ty)| (*name, at(ty))).collect(),
        result: at(&asked.result),
        generics,
        private: true,
        span,
        ..asked.clone()
    }
}

/// A type variable that is not taken.
fn free(taken: &[Symbol], asked: &Sig) -> Symbol {
    (1..)
        .map(|number: u32| Symbol::new(&format!("T{number}")))
        .find(|name| !taken.contains(name) && !asked.generics.contains(name))
        .expect("there are more numbers than variables")
}

/// A definition without a body of its own.
fn definition(sig: &Sig, body: Body, doc: Option<Arc<str>>) -> Def {
    let local = |(name, ty): &(Symbol, Ty)| LocalInfo { name: *name, ty: ty.clone(), span: sig.span };
    Def {
        name: sig.name,
        generics: sig.generics.clone(),
        bounds: sig.bounds.clone(),
        params: (0..).map(LocalId).zip(sig.params.iter().map(|(_, ty)| ty.clone())).collect(),
        has_rest: sig.has_rest,
        result: sig.result.clone(),
        body,
        contract: None,
        locals: sig.params.iter().map(local).collect(),
        private: sig.private,
        doc,
        span: sig.span,
    }
}

/// The language's own protocols are not extended.
fn closed(protocol: Symbol, span: Span) -> Diagnostic {
    let diagnostic = Diagnostic::new(
        Code::ClosedProtocol,
        format!("`{protocol}` is the language's own and is not extended"),
    )
    .label(span, "types have it by their parts, or not at all");
    match protocol.as_str() {
        "Ord" => diagnostic.help("derive it where the type is defined: {:derive [Ord]}"),
        "Num" => diagnostic.note("the numeric types are i64, f64, BigInt and Decimal"),
        "Show" => {
            diagnostic.help("text of another shape is a protocol of your own, with a method that gives it")
        }
        _ => diagnostic.note("structs and enums have it where their parts have it"),
    }
}
