//! Inference: one definition at a time, from forms to typed HIR. Hindley–Milner with monomorphic `let`; what
//! depends on types not known yet (fields, overloads, contracts, literals, protocols) waits in lists that
//! `solve.rs` works through. Begin with [`function`] and [`Infer::check`] in `expr.rs`.

mod call;
pub use call::{a, mentions};
mod expr;
mod function;
mod literal;
mod miscall;
mod mismatch;
mod names;
mod overload;
mod pattern;
mod program;
mod solve;
mod sugar;
pub use sugar::thread;
mod tree;
mod zonk;

use crate::declare::{FnDecl, ValueDecl};
use crate::hir::{Body, Def, LocalId};
use crate::scope::{Env, Item};
use crate::table::{Sig, Stdio};
use crate::ty::Ty;
use crate::unify::{Con, T, Types, wrong};
use rustc_hash::{FxHashMap, FxHashSet};
use std::cell::RefCell;
use tree::{E, K, P, Want, Why};
use wat_source::{Code, Diagnostic, Span, Symbol};
use wat_syntax::Form;

/// What all definitions of a check share.
#[derive(Debug)]
pub struct Cx<'a> {
    pub env: &'a Env<'a>,
    values: FxHashMap<Symbol, &'a ValueDecl<'a>>,
    /// Types of the `def`s inferred so far; None while one is being inferred.
    types: RefCell<FxHashMap<Symbol, Option<Ty>>>,
    /// What the program's own definitions read and write, as far as it is known.
    pub stdio: RefCell<FxHashMap<Symbol, Stdio>>,
    pub done: RefCell<Vec<Def>>,
    pub out: RefCell<Vec<Diagnostic>>,
    /// Types of contracts that are told not to be data: their values are not told again.
    pub unwired: Vec<Ty>,
}

impl<'a> Cx<'a> {
    pub fn new(env: &'a Env<'a>, values: &'a [ValueDecl<'a>]) -> Cx<'a> {
        Cx {
            env,
            values: values.iter().map(|decl| (decl.name, decl)).collect(),
            types: RefCell::default(),
            stdio: RefCell::default(),
            done: RefCell::default(),
            out: RefCell::default(),
            unwired: Vec::new(),
        }
    }

    /// The type of a `def`, inferred when first asked for.
    pub fn value_type(&self, name: Symbol, at: Span) -> Ty {
        match self.types.borrow().get(&name) {
            Some(Some(ty)) => return ty.clone(),
            Some(None) => {
                self.out.borrow_mut().push(
                    Diagnostic::new(Code::DefCycle, format!("the value of `{}` needs itself", name.name()))
                        .label(at, "asked for here, while it is being computed"),
                );
                return wrong();
            }
            None => {}
        }
        let Some(decl) = self.values.get(&name) else {
            return self.env.sig(name).map_or_else(wrong, |sig| sig.result.clone());
        };
        self.types.borrow_mut().insert(name, None);
        let ty = value(self, decl);
        self.types.borrow_mut().insert(name, Some(ty.clone()));
        ty
    }

    fn stdio_of(&self, sig: &Sig) -> Stdio {
        match self.stdio.borrow().get(&sig.name) {
            Some(stdio) => stdio.clone(),
            None => sig.stdio.clone(),
        }
    }
}

/// A local name of the definition.
#[derive(Debug)]
struct Local {
    name: Symbol,
    ty: T,
    span: Span,
    /// The function it belongs to: an index into the frames that were open.
    frame: usize,
}

/// A function whose body is being inferred.
#[derive(Debug)]
struct Frame {
    result: T,
    /// What `recur` without a loop passes.
    params: Vec<T>,
    loops: Vec<Vec<T>>,
    captures: Vec<LocalId>,
    /// Of a program: its contract and what it captures.
    program: Option<ProgramFrame>,
    /// Is there a function that `try` and `recur` could leave or repeat?
    is_function: bool,
}

#[derive(Debug)]
struct ProgramFrame {
    contract: (T, T),
    /// Given to `spawn-thread` directly: it may take channels along.
    is_thread: bool,
    captured: Vec<(LocalId, Span)>,
    is_literal: bool,
}

/// `(:x p)` where it may not be known yet what p is.
#[derive(Debug)]
struct PendingField {
    value: T,
    name: Symbol,
    result: T,
    span: Span,
    index: Option<u32>,
    done: bool,
}

/// A call or mention of an overloaded name.
#[derive(Debug)]
struct PendingOverload {
    name: Symbol,
    candidates: Vec<Symbol>,
    args: Vec<(T, Span)>,
    result: T,
    span: Span,
    program: Option<(T, T)>,
    chosen: Option<(Symbol, Vec<T>)>,
    done: bool,
}

/// A protocol that a type must implement.
#[derive(Debug)]
struct Bound {
    protocol: Symbol,
    ty: T,
    span: Span,
    /// The definition that asks for it.
    asked: Symbol,
}

/// Something read or written in the text of a program.
#[derive(Debug)]
struct Event {
    input: bool,
    ty: T,
    program: (T, T),
}

/// A captured name that must be a wire type.
#[derive(Debug)]
struct Capture {
    local: LocalId,
    span: Span,
    is_thread: bool,
}

#[derive(Debug)]
pub struct Infer<'c, 'e> {
    cx: &'c Cx<'e>,
    env: &'e Env<'e>,
    file: usize,
    types: Types,
    /// The signature's variables and bounds.
    generics: Vec<Symbol>,
    where_bounds: Vec<(Symbol, Symbol)>,
    /// What `Self` stands for, in an implementation.
    self_type: Option<Ty>,
    locals: Vec<Local>,
    /// Names in scope, innermost last.
    names: names::Names,
    frames: Vec<Frame>,
    fields: Vec<PendingField>,
    overloads: Vec<PendingOverload>,
    bounds: Vec<Bound>,
    events: Vec<Event>,
    captured: Vec<Capture>,
    /// Values in statement position.
    dropped: Vec<(T, Span)>,
    /// Names that `let` gives to function literals which are being read.
    naming: Vec<Symbol>,
    /// Something is wrong already: what is open, unused or not covered may follow from that and is not told.
    broken: bool,
    out: Vec<Diagnostic>,
}

/// A `defn`: its HIR, and its diagnostics into `cx.out`.
pub fn function(cx: &Cx<'_>, decl: &FnDecl<'_>) {
    let Some(sig) = cx.env.sig(decl.name) else { return };
    let mut infer = Infer::new(cx, decl.file, sig.generics.clone(), sig.bounds.clone());
    infer.self_type = decl.self_type.clone();
    let mut params: Vec<T> = sig.params.iter().map(|(_, ty)| infer.rigid(ty)).collect();
    let result = infer.rigid(&sig.result);
    let is_main = decl.name.name() == "main" && sig.contract.is_none();
    let contract = match &sig.contract {
        Some(contract) => Some((infer.rigid(&contract.input), infer.rigid(&contract.output))),
        None if is_main => {
            let edn = infer.types.scalar(Con::Edn);
            Some((edn, edn))
        }
        None => None,
    };
    let program = contract.map(|contract| ProgramFrame {
        contract,
        is_thread: false,
        captured: Vec::new(),
        is_literal: false,
    });
    infer.broken =
        decl.form.has_error() || params.iter().chain([&result]).any(|ty| infer.types.has_error(*ty));
    if decl.patterns.len() != params.len() {
        // The parameters were wrong: their names stand for anything.
        params = decl.patterns.iter().map(|_| infer.types.error()).collect();
    }
    infer.open_frame(params.clone(), result, program);
    let (locals, binds) = infer.parameters(&decl.patterns, &params);
    let why = Why::Result(decl.result_span);
    let body = match sig.intrinsic {
        Some(_) => E { kind: K::Error, ty: result, span: decl.name_span },
        // Its names are not all known.
        None if decl.patterns.iter().any(|pattern| pattern.is_error()) => infer.error(decl.form.span),
        None => {
            let body = infer.body(decl.body, decl.form.span, Want::of(result, why).tail());
            infer.wrap(binds, body)
        }
    };
    infer.frames.pop();
    infer.solve();
    let body = match sig.intrinsic {
        Some(name) => Body::Intrinsic(name),
        None => Body::Fn(infer.body_out(body)),
    };
    let def = Def {
        name: sig.name,
        generics: sig.generics.clone(),
        bounds: sig.bounds.clone(),
        params: locals.into_iter().zip(sig.params.iter().map(|(_, ty)| ty.clone())).collect(),
        has_rest: sig.has_rest,
        result: sig.result.clone(),
        body,
        contract: sig.contract.clone(),
        locals: infer.locals_out(),
        private: sig.private,
        doc: decl.doc.clone(),
        span: decl.name_span,
    };
    infer.finish(def);
}

/// A `def`; the result is its type.
fn value(cx: &Cx<'_>, decl: &ValueDecl<'_>) -> Ty {
    let mut infer = Infer::new(cx, decl.file, Vec::new(), Vec::new());
    let result = infer.types.fresh();
    infer.open_frame(Vec::new(), result, None);
    infer.frames[0].is_function = false;
    infer.broken = decl.value.has_error();
    let body = infer.check(decl.value, Want::of(result, Why::Nothing));
    infer.frames.pop();
    infer.solve();
    let unknown = infer.types.has_unknown(result);
    if unknown && !infer.broken {
        let shown = infer.types.show(result);
        infer.report(
            Diagnostic::new(
                Code::AmbiguousType,
                format!("the type of `{}` is not determined", decl.name.name()),
            )
            .label(decl.value.span, format!("this is {}", call::a(&shown)))
            .help("say it with a `defn`, whose result has a type: (defn empty-rows [] -> (Vector i64) [])"),
        );
    }
    let body = infer.body_out(body);
    let ty = if unknown { wrong() } else { infer.types.write(result) };
    let def = Def {
        name: decl.name,
        generics: Vec::new(),
        bounds: Vec::new(),
        params: Vec::new(),
        has_rest: false,
        result: ty.clone(),
        body: Body::Value(body),
        contract: None,
        locals: infer.locals_out(),
        private: decl.private,
        doc: decl.doc.clone(),
        span: decl.name_span,
    };
    infer.finish(def);
    ty
}

/// A script: its top-level expressions as the body of `main`.
pub fn script(cx: &Cx<'_>, file: usize, name: Symbol, forms: &[&Form]) {
    let mut infer = Infer::new(cx, file, Vec::new(), Vec::new());
    let nil = infer.types.scalar(Con::Nil);
    let edn = infer.types.scalar(Con::Edn);
    let program =
        ProgramFrame { contract: (edn, edn), is_thread: false, captured: Vec::new(), is_literal: false };
    infer.open_frame(Vec::new(), nil, Some(program));
    infer.broken = forms.iter().any(|form| form.has_error());
    let span = forms.first().map_or(Span::NONE, |form| form.span);
    let mut items: Vec<E> = forms.iter().map(|form| infer.statement(form)).collect();
    items.push(infer.nil(span.end_point()));
    let body = E { kind: K::Do(items), ty: nil, span };
    infer.frames.pop();
    infer.solve();
    let def = Def {
        name,
        generics: Vec::new(),
        bounds: Vec::new(),
        params: Vec::new(),
        has_rest: false,
        result: Ty::Nil,
        body: Body::Fn(infer.body_out(body)),
        contract: None,
        locals: infer.locals_out(),
        private: false,
        doc: None,
        span,
    };
    infer.finish(def);
}

impl<'c, 'e> Infer<'c, 'e> {
    fn new(
        cx: &'c Cx<'e>,
        file: usize,
        generics: Vec<Symbol>,
        bounds: Vec<(Symbol, Symbol)>,
    ) -> Infer<'c, 'e> {
        let numbers = bounds.iter().filter(|(protocol, _)| *protocol == "Num").map(|(_, v)| *v).collect();
        Infer {
            cx,
            env: cx.env,
            file,
            types: Types::with_numbers(numbers),
            generics,
            where_bounds: bounds,
            self_type: None,
            locals: Vec::new(),
            names: names::Names::default(),
            frames: Vec::new(),
            fields: Vec::new(),
            overloads: Vec::new(),
            bounds: Vec::new(),
            events: Vec::new(),
            captured: Vec::new(),
            dropped: Vec::new(),
            naming: Vec::new(),
            broken: false,
            out: Vec::new(),
        }
    }

    /// The finished body; of a broken definition nothing is left that could be complained about.
    fn body_out(&mut self, body: E) -> crate::hir::Expr {
        if self.broken {
            let nil = self.nil(body.span);
            return self.expr_out(nil);
        }
        self.expr_out(body)
    }

    fn finish(mut self, def: Def) {
        if self.types.take_too_large() {
            self.report(crate::typeform::too_large(def.span));
        }
        self.cx.done.borrow_mut().push(def);
        self.cx.out.borrow_mut().extend(self.out);
    }

    /// A type of a signature, its variables standing for themselves.
    fn rigid(&mut self, ty: &Ty) -> T {
        self.types.read(ty, &|_| None)
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.out.push(diagnostic);
    }

    fn error(&mut self, span: Span) -> E {
        E { kind: K::Error, ty: self.types.error(), span }
    }

    fn wrong(&mut self, diagnostic: Diagnostic, span: Span) -> E {
        self.report(diagnostic);
        self.error(span)
    }

    fn nil(&mut self, span: Span) -> E {
        E { kind: K::Lit(crate::hir::Lit::Nil), ty: self.types.scalar(Con::Nil), span }
    }

    // ---- frames and locals

    fn open_frame(&mut self, params: Vec<T>, result: T, program: Option<ProgramFrame>) {
        self.frames.push(Frame {
            result,
            params,
            loops: Vec::new(),
            captures: Vec::new(),
            program,
            is_function: true,
        });
    }

    fn frame(&mut self) -> &mut Frame {
        self.frames.last_mut().expect("inference happens inside a frame")
    }

    /// A new local, not in scope yet.
    fn local(&mut self, name: Symbol, ty: T, span: Span) -> LocalId {
        self.locals.push(Local { name, ty, span, frame: self.frames.len() - 1 });
        LocalId(self.locals.len() as u32 - 1)
    }

    fn bind(&mut self, name: Symbol, ty: T, span: Span) -> LocalId {
        let id = self.local(name, ty, span);
        self.names.push(name, id);
        id
    }

    fn lookup(&self, name: Symbol) -> Option<LocalId> {
        self.names.lookup(name)
    }

    /// A mention of a local: every function between it and here captures it.
    fn mention(&mut self, id: LocalId, span: Span) {
        let owner = self.locals[id.0 as usize].frame;
        for number in owner + 1..self.frames.len() {
            let frame = &mut self.frames[number];
            if !frame.captures.contains(&id) {
                frame.captures.push(id);
            }
            if let Some(program) = &mut frame.program
                && !program.captured.iter().any(|(other, _)| *other == id)
            {
                program.captured.push((id, span));
            }
        }
    }

    /// The contract of the program whose text this is.
    fn program(&self) -> Option<(T, T)> {
        self.frames.iter().rev().find_map(|frame| frame.program.as_ref().map(|program| program.contract))
    }

    /// Parameters: a local each, and patterns to take apart those that are not plain names.
    fn parameters(&mut self, patterns: &[&Form], types: &[T]) -> (Vec<LocalId>, Vec<(P, E)>) {
        let mark = self.names.mark();
        let (mut ids, mut later) = (Vec::new(), Vec::new());
        for (pattern, ty) in patterns.iter().zip(types) {
            match pattern.as_symbol().filter(|name| !crate::scope::starts_upper(name.name())) {
                Some(name) if name == "_" => ids.push(self.local(name, *ty, pattern.span)),
                Some(name) => ids.push(self.bind(name, *ty, pattern.span)),
                None => {
                    let id = self.local(Symbol::new("_"), *ty, pattern.span);
                    ids.push(id);
                    later.push((*pattern, *ty, id));
                }
            }
        }
        let binds = later
            .into_iter()
            .map(|(pattern, ty, id)| {
                let value = E { kind: K::Local(id), ty, span: pattern.span };
                (self.pattern(pattern, ty), value)
            })
            .collect();
        let mut seen: FxHashSet<Symbol> = FxHashSet::default();
        let twice: Vec<_> =
            self.names.since(mark).iter().filter(|(name, _)| !seen.insert(*name)).copied().collect();
        for (name, id) in twice {
            let title = format!("`{name}` is the name of two parameters");
            let span = self.locals[id.0 as usize].span;
            self.report(Diagnostic::new(Code::BadPattern, title).at(span));
        }
        (ids, binds)
    }

    /// `body` inside a `let` of what parameters take apart.
    fn wrap(&mut self, binds: Vec<(P, E)>, body: E) -> E {
        if binds.is_empty() {
            return body;
        }
        let (ty, span) = (body.ty, body.span);
        E { kind: K::Let { binds, body: Box::new(body) }, ty, span }
    }

    // ---- mentions of definitions

    /// Fresh type arguments, with the bounds they must satisfy and what is read and written through them.
    fn instantiate(&mut self, sig: &Sig, span: Span, program: Option<(T, T)>) -> Vec<T> {
        let targs: Vec<T> = sig.generics.iter().map(|_| self.types.fresh()).collect();
        let asked = sig.overload.unwrap_or(sig.name);
        for (protocol, variable) in &sig.bounds {
            if let Some(at) = sig.generics.iter().position(|g| g == variable) {
                self.bounds.push(Bound { protocol: *protocol, ty: targs[at], span, asked });
            }
        }
        let stdio = self.cx.stdio_of(sig);
        for (input, tys) in [(true, &stdio.reads), (false, &stdio.writes)] {
            for ty in tys {
                let t = self.instance(ty, sig, &targs);
                if let Some(program) = program {
                    self.events.push(Event { input, ty: t, program });
                }
            }
        }
        targs
    }

    /// A type of a signature at some type arguments.
    fn instance(&mut self, ty: &Ty, sig: &Sig, targs: &[T]) -> T {
        self.types.read(ty, &|name| sig.generics.iter().position(|g| *g == name).map(|at| targs[at]))
    }

    /// The function type of a signature at some type arguments.
    fn function_type(&mut self, sig: &Sig, targs: &[T]) -> T {
        let params: Vec<T> = sig.params.iter().map(|(_, ty)| self.instance(ty, sig, targs)).collect();
        let result = self.instance(&sig.result, sig, targs);
        self.types.function(&params, result)
    }

    /// What a name means, locals aside; complains where it means nothing.
    fn resolve(&mut self, name: Symbol, span: Span) -> Option<Item> {
        use crate::scope::Lookup;
        let lookup = match self.env.value(self.file, name) {
            Lookup::Found(item) => return Some(item),
            Lookup::Unread => return None,
            Lookup::Private(name) => Lookup::Private(name),
            Lookup::NoNamespace(q) => Lookup::NoNamespace(q),
            Lookup::Missing => Lookup::Missing,
        };
        let locals = self.names.iter().map(|name| name.as_str()).filter(|name| !name.starts_with(' '));
        let mut diagnostic = self.env.unbound(self.file, name, span, false, lookup, locals);
        if self.naming.contains(&name) {
            diagnostic.help.clear();
            diagnostic = diagnostic
                .note("`let` gives the name when the function is made")
                .help(format!("a function that calls itself names itself: (fn {name} […] …)"));
        }
        self.report(diagnostic);
        None
    }

    /// Does the head of a list mean this special form?
    fn special(&self, form: &Form) -> Option<crate::special::Special> {
        let head = form.head()?;
        if head.namespace().is_none() && self.lookup(head).is_some() {
            return None;
        }
        match self.env.value(self.file, head) {
            crate::scope::Lookup::Found(Item::Special(special)) => Some(special),
            _ => None,
        }
    }

    /// Is this form a function literal?
    fn is_fn(&self, form: &Form) -> bool {
        self.special(form) == Some(crate::special::Special::Fn)
    }
}
