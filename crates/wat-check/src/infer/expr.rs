//! Expressions: which form is what, names, `let`, `if`, `do`, bodies and statements.

use super::tree::{Callee, E, K, Want, Why};
use super::{Bound, Infer};
use crate::expand::template;
use crate::head::bad_syntax;
use crate::protocol::SELF;
use crate::scope::{Item, Lookup};
use crate::special::Special;
use crate::ty::Ty;
use crate::typeform::{TypeReader, Variables};
use crate::unify::{Con, Open, Shape, T};
use wat_source::{Code, Diagnostic, Span, Symbol};
use wat_syntax::{Form, FormKind};

impl Infer<'_, '_> {
    /// Infer a form; its type becomes the wanted one, or the difference is reported.
    pub fn check(&mut self, form: &Form, want: Want) -> E {
        let e = match &form.kind {
            FormKind::Symbol(name) => self.name(*name, form.span, want),
            FormKind::List(items) => self.list(form, items, want),
            FormKind::Error => self.error(form.span),
            _ => self.literal(form, want),
        };
        // Where something was wrong nothing is determined, and nobody is to complain about that.
        if self.types.is_error(e.ty)
            && let Some(ty) = want.ty
        {
            self.types.silence(ty);
        }
        e
    }

    pub fn infer(&mut self, form: &Form) -> E {
        self.check(form, Want::any())
    }

    /// Make an expression's type the wanted one.
    pub fn meet(&mut self, e: E, want: Want) -> E {
        let Some(ty) = want.ty else { return e };
        match self.types.unify(e.ty, ty) {
            Ok(()) => e,
            Err(clash) => {
                self.mismatch(&e, ty, want.why, clash);
                E { ty: self.types.error(), ..e }
            }
        }
    }

    /// The wanted type, or a new one.
    pub fn wanted(&mut self, want: Want) -> T {
        want.ty.unwrap_or_else(|| self.types.fresh())
    }

    /// A type written inside the definition.
    pub fn read_type(&mut self, form: &Form) -> T {
        let mut known = self.generics.clone();
        known.extend(self.self_type.is_some().then(|| Symbol::new(SELF)));
        let mut reader = TypeReader {
            env: self.env,
            file: self.file,
            variables: Variables::Known(&known),
            out: &mut self.out,
            waits: false,
        };
        let ty = reader.read(form);
        match &self.self_type {
            Some(own) => {
                let ty = ty.subst(&|v| if v == SELF { own.clone() } else { Ty::Var(v) });
                self.rigid(&ty)
            }
            None => self.rigid(&ty),
        }
    }

    /// What the first of several branches is to give: where the place takes anything the first one decides for
    /// the others, and is what to point at.
    pub fn branches(&mut self, want: Want) -> Want {
        let ty = self.wanted(want);
        let why = if self.types.is_open(ty) { Why::Nothing } else { want.why };
        Want { ty: Some(ty), why, ..want }
    }

    pub fn require(&mut self, protocol: &str, ty: T, span: Span, asked: &str) {
        self.bounds.push(Bound { protocol: Symbol::new(protocol), ty, span, asked: Symbol::new(asked) });
    }

    // ---- names

    fn name(&mut self, name: Symbol, span: Span, want: Want) -> E {
        if name.namespace().is_none()
            && let Some(id) = self.lookup(name)
        {
            self.mention(id, span);
            let e = E { kind: K::Local(id), ty: self.locals[id.0 as usize].ty, span };
            return self.meet(e, want);
        }
        if let Some(literal) = literal_name(name) {
            return self.literal(&Form::new(literal, span), want);
        }
        let Some(item) = self.resolve(name, span) else { return self.error(span) };
        match item {
            Item::Special(special) => self.special_value(special, name, span, want),
            Item::Def(full) => self.def_value(full, name, span, want),
            Item::Overload(full) => self.overload_value(full, name, span, want),
            Item::Variant { ty, index } => {
                let env = self.env;
                let fields = env.type_def(ty).map_or(0, |def| def.variants[index as usize].fields.len());
                if fields > 0 || env.type_def(ty).is_some_and(|def| def.is_struct) {
                    self.as_function(name, fields, span, want)
                } else {
                    self.construct(ty, index, &[], span, want)
                }
            }
            Item::Field { .. } => self.as_function(name, 1, span, want),
        }
    }

    fn def_value(&mut self, full: Symbol, written: Symbol, span: Span, want: Want) -> E {
        let env = self.env;
        let sig = env.sig(full).expect("a name that was looked up");
        if sig.is_value {
            let ty = self.cx.value_type(full, span);
            let ty = self.rigid(&ty);
            let e = E { kind: K::Def(Callee::Known { name: full, targs: Vec::new() }), ty, span };
            return self.meet(e, want);
        }
        if want.ty.is_some_and(|ty| self.types.is(ty, Con::Program)) && sig.params.is_empty() {
            return self.program_of(sig, span, want);
        }
        if let Some(arity) = self.wanted_arity(want)
            && (sig.has_rest || arity != sig.params.len())
            && self.accepts(sig, arity)
        {
            return self.as_function(written, arity, span, want);
        }
        let program = self.program();
        let targs = self.instantiate(sig, span, program);
        let ty = self.function_type(sig, &targs);
        let e = E { kind: K::Def(Callee::Known { name: full, targs }), ty, span };
        self.meet(e, want)
    }

    /// The number of parameters of the function that is wanted, where that is known.
    pub fn wanted_arity(&self, want: Want) -> Option<usize> {
        let ty = want.ty.filter(|ty| self.types.is(*ty, Con::Fn))?;
        Some(self.types.args(ty).len() - 1)
    }

    /// A special form, constructor or accessor as a value: `(fn [a b] (name a b))`.
    pub fn as_function(&mut self, name: Symbol, arity: usize, span: Span, want: Want) -> E {
        let arity = self.wanted_arity(want).unwrap_or(arity);
        let params: Vec<Form> = (0..arity).map(|n| Form::symbol(format!(" {n}").as_str(), span)).collect();
        let mut call = vec![Form::symbol(name, span)];
        call.extend(params.iter().cloned());
        let function =
            [Form::symbol("wat.core/fn", span), Form::vector(params, span), Form::list(call, span)];
        self.check(&Form::list(function.into(), span), want)
    }

    fn special_value(&mut self, special: Special, name: Symbol, span: Span, want: Want) -> E {
        match special {
            Special::Str => self.as_function(name, 1, span, want),
            Special::And | Special::Or => self.as_function(name, 2, span, want),
            Special::Tuple => self.as_function(name, 2, span, want),
            _ => self.wrong(
                Diagnostic::new(Code::UnsupportedForm, format!("`{name}` is a special form, not a value"))
                    .label(span, "it can only stand at the head of a list"),
                span,
            ),
        }
    }

    // ---- lists

    fn list(&mut self, form: &Form, items: &[Form], want: Want) -> E {
        let Some((head, args)) = items.split_first() else {
            return self.wrong(
                bad_syntax(form.span, "an empty list means nothing").help("the empty vector is `[]`"),
                form.span,
            );
        };
        if args.iter().any(Form::is_error) {
            return self.damaged(head, args, form.span);
        }
        if args.first().is_some_and(|arrow| arrow.is_symbol("=>")) {
            let diagnostic = bad_syntax(args[0].span, "a function is not written with `=>`");
            return self.wrong(diagnostic.help("(fn [x] (* x x)), or short: #(* % %)"), form.span);
        }
        match &head.kind {
            FormKind::Keyword(name) => return self.field_call(*name, head.span, args, form.span, want),
            FormKind::Error => {
                for arg in args {
                    self.infer(arg);
                }
                return self.error(form.span);
            }
            FormKind::Symbol(name) if name.namespace().is_some() || self.lookup(*name).is_none() => {
                if let Lookup::Found(Item::Special(special)) = self.env.value(self.file, *name) {
                    return self.special_form(special, form, args, want);
                }
                return self.call_named(*name, head.span, args, form.span, want);
            }
            _ => {}
        }
        let callee = self.infer(head);
        let said = self.out.len();
        let e = self.apply(callee, args, form.span, want);
        if let [operator, others @ ..] = args
            && operator.as_symbol().is_some_and(is_operator)
            && let Some(last) = self.out[said..].iter_mut().rfind(|d| d.code == Code::NotAFunction)
        {
            let others: String = others.iter().map(|form| format!(" {form}")).collect();
            let help = format!("what is called comes first: ({operator} {head}{others})");
            *last = last.clone().help(help);
        }
        if matches!(head.kind, FormKind::Int(_) | FormKind::Float(_) | FormKind::Str(_))
            && let Some(last) = self.out[said..].iter_mut().rfind(|d| d.code == Code::NotAFunction)
            && last.help.is_empty()
        {
            let items: String = args.iter().map(|form| format!(" {form}")).collect();
            *last = last.clone().help(format!("values in a row are a vector: [{head}{items}]"));
        }
        e
    }

    /// A form with something in it that could not be read: only its parts say what is wrong with them, where
    /// they mean something by themselves.
    fn damaged(&mut self, head: &Form, args: &[Form], span: Span) -> E {
        let is_call = match self.special(&Form::list(vec![head.clone()], span)) {
            Some(special) => matches!(special, Special::Do | Special::Str | Special::Tuple),
            None => true,
        };
        let is_known = match head.as_symbol() {
            Some(name) if self.lookup(name).is_none() => self.resolve(name, head.span).is_some(),
            _ => true,
        };
        if is_call && is_known {
            for arg in args {
                self.infer(arg);
            }
        }
        self.error(span)
    }

    fn special_form(&mut self, special: Special, form: &Form, args: &[Form], want: Want) -> E {
        let span = form.span;
        match special {
            Special::Fn => self.lambda(form, args, want, false),
            Special::Let => self.let_form(span, args, want),
            Special::If => self.if_form(span, args, want),
            Special::Do => self.body(args, span, want),
            Special::Match => self.match_form(span, args, want),
            Special::Loop => self.loop_form(span, args, want),
            Special::Recur => self.recur_form(span, args, want),
            Special::Try => self.try_form(span, args, want),
            Special::Quote => self.quote_form(span, args, want),
            Special::Tuple => self.tuple_form(span, args, want),
            Special::With => self.with_form(span, args, want),
            Special::Select => self.select_form(span, args, want),
            Special::WithPeers => self.with_peers_form(span, args, want),
            Special::Str => self.str_form(span, args, want),
            Special::Panic => self.panic_form(span, args, want),
            Special::When
            | Special::Cond
            | Special::IfLet
            | Special::WhenLet
            | Special::And
            | Special::Or
            | Special::Thread
            | Special::ThreadLast
            | Special::Doseq
            | Special::For
            | Special::Case
            | Special::Assert => self.sugar(special, span, args, want),
            Special::Quasiquote => self.template(span, args, want),
            Special::Unquote
            | Special::UnquoteSplicing
            | Special::Ns
            | Special::Def
            | Special::Defn
            | Special::Defstruct
            | Special::Defenum
            | Special::Defalias
            | Special::Defprotocol
            | Special::Extend
            | Special::Defmacro
            | Special::Deftest => {
                let why = if special.is_definition() {
                    "definitions stand at the top of a file"
                } else {
                    "this form has no meaning here"
                };
                let title = format!("`{}` is not available here", special.name());
                let mut diagnostic = Diagnostic::new(Code::UnsupportedForm, title).label(span, why);
                if special == Special::Def
                    && let [name, value] = args
                {
                    diagnostic = diagnostic
                        .help(format!("`let` names a value for what stands in it: (let [{name} {value}] …)"));
                    self.misplaced(name);
                }
                self.wrong(diagnostic, span)
            }
        }
    }

    // ---- sequences of expressions

    /// Statements, then the value; nil where there is nothing.
    pub fn body(&mut self, forms: &[Form], span: Span, want: Want) -> E {
        let Some((last, before)) = forms.split_last() else {
            let e = self.nil(span);
            return self.meet(e, want);
        };
        if let [.., left, sign] = before
            && sign.as_symbol().is_some_and(|name| is_operator(name) && self.lookup(name).is_none())
        {
            let diagnostic = bad_syntax(sign.span, format!("`{sign}` stands before its arguments"));
            let written = format!("({sign} {left} {last})");
            let place = left.span.to(last.span);
            return self.wrong(diagnostic.suggest(format!("write `{written}`"), place, written), span);
        }
        let mut items: Vec<E> = before.iter().map(|form| self.statement(form)).collect();
        let last = self.check(last, want);
        if items.is_empty() {
            return last;
        }
        let (ty, end) = (last.ty, last.span);
        items.push(last);
        E { kind: K::Do(items), ty, span: before[0].span.to(end) }
    }

    /// An expression whose value is dropped.
    pub fn statement(&mut self, form: &Form) -> E {
        let e = self.infer(form);
        self.dropped.push((e.ty, value_place(&e)));
        e
    }

    fn let_form(&mut self, span: Span, args: &[Form], want: Want) -> E {
        let Some((pairs, body)) =
            args.split_first().and_then(|(first, body)| Some((first.as_vector()?, body)))
        else {
            let mut diagnostic = bad_syntax(
                args.first().map_or(span, |first| first.span),
                "`let` takes a vector of names and values: (let [x 1] …)",
            );
            if let Some(first) = args.first()
                && let Some(vector) = in_one_vector(first)
            {
                diagnostic = diagnostic.suggest(format!("write `{vector}`"), first.span, vector);
            }
            if let [name, value] = args
                && name.as_symbol().is_some()
            {
                diagnostic = diagnostic
                    .help(format!("what uses the name stands in the form: (let [{name} {value}] …)"));
                self.misplaced(name);
            }
            return self.wrong(diagnostic, span);
        };
        if pairs.iter().any(Form::is_error) {
            return self.error(span);
        }
        if pairs.len() % 2 == 1 {
            let last = pairs[pairs.len() - 1].span;
            let diagnostic = match pairs.iter().find(|form| form.is_symbol("=")) {
                Some(sign) => bad_syntax(sign.span, "`let` has no `=`: names and values alternate")
                    .help("(let [x 1  y 2] …)"),
                None => bad_syntax(last, "a value is missing for this name")
                    .help("names and values alternate: (let [x 1  y 2] …)"),
            };
            self.report(diagnostic);
            if pairs.iter().any(|form| form.is_symbol("=")) {
                return self.error(span);
            }
        }
        let mark = self.names.mark();
        let mut binds = Vec::new();
        for pair in pairs.chunks_exact(2) {
            let own = pair[0].as_symbol().filter(|_| self.is_fn(&pair[1]));
            self.naming.extend(own);
            let value = self.infer(&pair[1]);
            self.naming.truncate(self.naming.len() - usize::from(own.is_some()));
            let pattern = self.pattern(&pair[0], value.ty);
            if pair[0].is_symbol("_") {
                self.dropped_name(value.ty, value.span);
            }
            binds.push((pattern, value));
        }
        if let [name] = pairs.chunks_exact(2).remainder() {
            let error = self.types.error();
            self.pattern(name, error);
        }
        let body = self.body(body, span, want);
        self.names.truncate(mark);
        let ty = body.ty;
        E { kind: K::Let { binds, body: Box::new(body) }, ty, span }
    }

    /// A name that was meant for what follows: what follows says nothing of it.
    fn misplaced(&mut self, name: &Form) {
        let unknown = self.types.error();
        self.pattern(name, unknown);
    }

    /// A value bound to `_`: only a Result is missed.
    fn dropped_name(&mut self, ty: T, span: Span) {
        self.pending();
        if self.types.head(ty).is_some_and(|con| matches!(con, Con::Named(name) if name == "wat.core/Result"))
        {
            self.dropped.push((ty, span));
        }
    }

    pub fn if_form(&mut self, span: Span, args: &[Form], want: Want) -> E {
        let Some((test, rest)) = args.split_first() else {
            return self.wrong(bad_syntax(span, "`if` takes a test and two branches"), span);
        };
        let (rest, want) = self.result_type(rest, want);
        let boolean = self.types.scalar(Con::Bool);
        let test = self.check(test, Want::of(boolean, Why::Test));
        match rest {
            [then, other] => {
                let want = self.branches(want);
                let ty = self.wanted(want);
                let then = self.check(then, want);
                let why = if matches!(want.why, Why::Nothing) { Why::Branch(then.span) } else { want.why };
                let other = self.check(other, Want { why, ..want });
                E {
                    kind: K::If { test: Box::new(test), then: Box::new(then), other: Box::new(other) },
                    ty,
                    span,
                }
            }
            [then] => {
                let value = self.check(then, Want { tail: want.tail, ..Want::any() });
                let nil = self.nil(span.end_point());
                let ty = nil.ty;
                if let Some(wanted) = want.ty
                    && self.types.unify(ty, wanted).is_err()
                {
                    let shown = super::call::a(&self.types.show(wanted));
                    let title = format!("`if` without else gives nil, and {shown} is needed");
                    let diagnostic = Diagnostic::new(Code::TypeMismatch, title)
                        .label(span, "when the test is false")
                        .help("add what it gives when the test is false");
                    return self.wrong(diagnostic, span);
                }
                self.dropped.push((value.ty, value_place(&value)));
                // What never gives a value stays the last step: a `recur` is not to be followed by anything.
                if self.types.shape(value.ty) == Shape::Open(Open::Never) {
                    self.types.unify(value.ty, ty).expect("an open type takes any");
                }
                let then = if self.types.is(value.ty, Con::Nil) {
                    value
                } else {
                    let end = self.nil(span.end_point());
                    E { kind: K::Do(vec![value, end]), ty, span }
                };
                let e = E {
                    kind: K::If { test: Box::new(test), then: Box::new(then), other: Box::new(nil) },
                    ty,
                    span,
                };
                self.meet(e, want)
            }
            _ => {
                let diagnostic = bad_syntax(span, "`if` takes a test and one or two branches");
                let has_words = rest.iter().any(|form| form.is_symbol("then") || form.is_symbol("else"));
                self.wrong(
                    match has_words {
                        true => diagnostic.help("no words stand between them: (if test yes no)"),
                        false => diagnostic,
                    },
                    span,
                )
            }
        }
    }

    /// `-> T` after a test or a scrutinee.
    pub fn result_type<'f>(&mut self, rest: &'f [Form], want: Want) -> (&'f [Form], Want) {
        match rest {
            [arrow, ty, rest @ ..] if arrow.is_symbol("->") => {
                let t = self.read_type(ty);
                if let Some(wanted) = want.ty
                    && let Err(clash) = self.types.unify(t, wanted)
                {
                    let e = E { kind: K::Error, ty: t, span: ty.span };
                    self.mismatch(&e, wanted, want.why, clash);
                    let error = self.types.error();
                    return (rest, Want { ty: Some(error), ..want });
                }
                (rest, Want { ty: Some(t), why: Why::Written(ty.span), ..want })
            }
            _ => (rest, want),
        }
    }

    /// A quoted form is code where code is wanted, and a list always; else the value that it spells.
    fn quote_form(&mut self, span: Span, args: &[Form], want: Want) -> E {
        let code = want.ty.is_some_and(|ty| self.types.is(ty, Con::Named(Symbol::new(template::FORM))));
        match args {
            [form] if code || form.as_list().is_some() => self.check(&template::quoted(form), want),
            [form] => match &form.kind {
                FormKind::Symbol(name) => {
                    let ty = self.types.scalar(Con::Symbol);
                    let e = E { kind: K::Lit(crate::hir::Lit::Symbol(*name)), ty, span };
                    self.edn_where_wanted(e, want)
                }
                _ => self.literal(form, want),
            },
            _ => self.wrong(bad_syntax(span, "`quote` takes one form"), span),
        }
    }

    fn template(&mut self, span: Span, args: &[Form], want: Want) -> E {
        match args {
            [form] => match template::filled(form) {
                Ok(code) => self.check(&code, want),
                Err(diagnostic) => self.wrong(diagnostic, span),
            },
            _ => self.wrong(bad_syntax(span, "a template is one form"), span),
        }
    }

    fn tuple_form(&mut self, span: Span, args: &[Form], want: Want) -> E {
        if args.is_empty() {
            return self.wrong(bad_syntax(span, "`tuple` takes at least one value"), span);
        }
        let wanted = match want.ty.filter(|ty| self.types.is(*ty, Con::Tuple)) {
            Some(ty) => self.types.args(ty),
            None => Vec::new(),
        };
        let fits = wanted.len() == args.len();
        let items: Vec<E> = args
            .iter()
            .enumerate()
            .map(
                |(n, arg)| {
                    if fits { self.check(arg, Want::of(wanted[n], want.why)) } else { self.infer(arg) }
                },
            )
            .collect();
        let types: Vec<T> = items.iter().map(|item| item.ty).collect();
        let ty = self.types.con(Con::Tuple, &types);
        self.meet(E { kind: K::Tuple(items), ty, span }, want)
    }
}

/// `wat.core/nil`, as a colon path spells it.
fn literal_name(name: Symbol) -> Option<FormKind> {
    match name.as_str() {
        "wat.core/nil" => Some(FormKind::Nil),
        "wat.core/true" => Some(FormKind::Bool(true)),
        "wat.core/false" => Some(FormKind::Bool(false)),
        _ => None,
    }
}

/// Stands between its operands in other languages.
fn is_operator(name: Symbol) -> bool {
    matches!(name.as_str(), "+" | "-" | "*" | "/" | "<" | ">" | "<=" | ">=" | "=" | "and" | "or")
}

/// The place that gives an expression its value.
fn value_place(e: &E) -> Span {
    match &e.kind {
        K::Do(items) => items.last().map_or(e.span, value_place),
        _ => e.span,
    }
}

/// The bindings of another Lisp as one vector: `((x 1) (y 2))`, `(x 1)`.
fn in_one_vector(bindings: &Form) -> Option<String> {
    let items = bindings.as_list()?;
    let pairs = items.iter().map(|item| match item.as_list() {
        Some([name, value]) if name.as_symbol().is_some() => Some(format!("{name} {value}")),
        _ => None,
    });
    let joined = match pairs.collect::<Option<Vec<_>>>() {
        Some(pairs) if !pairs.is_empty() => pairs.join("  "),
        _ => {
            let names = items.iter().step_by(2).all(|name| name.as_symbol().is_some());
            (names && !items.is_empty() && items.len().is_multiple_of(2)).then(|| {
                items.chunks(2).map(|pair| format!("{} {}", pair[0], pair[1])).collect::<Vec<_>>().join("  ")
            })?
        }
    };
    Some(format!("[{joined}]"))
}
