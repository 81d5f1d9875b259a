//! Calls: definitions, constructors, function values, fields.

use super::tree::{Callee, E, K, Want, Why};
use super::{Infer, PendingField};
use crate::declare::UNKNOWN;
use crate::head::bad_syntax;
use crate::scope::Item;
use crate::table::{Sig, Variadic};
use crate::ty::Ty;
use crate::unify::{Con, Open, Shape, T};
use wat_source::{Code, Diagnostic, Span, Symbol};
use wat_syntax::{Form, FormKind};

impl Infer<'_, '_> {
    pub fn call_named(&mut self, name: Symbol, name_span: Span, args: &[Form], span: Span, want: Want) -> E {
        let Some(item) = self.resolve(name, name_span) else {
            // With a vector it may be a form of another language, whose names would all be unknown.
            let binds =
                args.iter().any(|arg| arg.as_vector().is_some()) || crate::foreign::binds(name.as_str());
            for arg in args.iter().filter(|_| !binds) {
                self.infer(arg);
            }
            return self.error(span);
        };
        let env = self.env;
        match item {
            Item::Special(_) => unreachable!("special forms are taken before calls"),
            Item::Overload(full) => self.overload_call(full, name, args, span, want),
            Item::Variant { ty, index } => self.construct(ty, index, args, span, want),
            Item::Field { ty, index } => {
                let field =
                    env.type_def(ty).expect("a name that was looked up").variants[0].fields[index as usize].0;
                let [arg] = args else { return self.wrong_count(name, 1, args, span) };
                let targs: Vec<T> = {
                    let count = env.type_def(ty).map_or(0, |def| def.params.len());
                    (0..count).map(|_| self.types.fresh()).collect()
                };
                let wanted = self.types.con(Con::Named(ty), &targs);
                let value = self.check(
                    arg,
                    Want::of(
                        wanted,
                        Why::Arg { callee: name, index: 0, span: name_span, first: None, alike: false },
                    ),
                );
                self.field_of(value, field, name_span, span, want)
            }
            Item::Def(full) => {
                let sig = env.sig(full).expect("a name that was looked up");
                if sig.is_value {
                    let callee = self.check(&Form::symbol(name, name_span), Want::any());
                    return self.apply(callee, args, span, want);
                }
                self.call_def(sig, args, span, want, None)
            }
        }
    }

    /// Does the definition take this many arguments?
    pub fn accepts(&self, sig: &Sig, count: usize) -> bool {
        let params = sig.params.len();
        if sig.variadic.is_some() {
            return count >= 1;
        }
        if sig.has_rest {
            return count + 1 >= params;
        }
        count == params || (count + 1 == params && self.has_options(sig))
    }

    /// Is the last parameter a struct of nothing but Options?
    pub fn has_options(&self, sig: &Sig) -> bool {
        let Some((_, Ty::Named(name, _))) = sig.params.last() else { return false };
        let Some(def) = self.env.type_def(*name) else { return false };
        let is_option = |ty: &Ty| matches!(ty, Ty::Named(name, _) if *name == "wat.core/Option");
        def.is_struct
            && !def.variants[0].fields.is_empty()
            && def.variants[0].fields.iter().all(|(_, ty)| is_option(ty))
    }

    /// The type of the n-th argument.
    pub fn param_type(&mut self, sig: &Sig, targs: &[T], n: usize) -> T {
        let last = sig.params.len().saturating_sub(1);
        if sig.variadic.is_some() {
            return self.instance(&sig.params[n.min(last)].1, sig, targs);
        }
        if sig.has_rest && n >= last {
            let ty = match &sig.params[last].1 {
                Ty::Vector(item) => self.instance(item, sig, targs),
                other => self.instance(other, sig, targs),
            };
            return ty;
        }
        self.instance(&sig.params[n].1, sig, targs)
    }

    /// `known`: an argument that was inferred to choose the overload.
    pub fn call_def(
        &mut self,
        sig: &Sig,
        args: &[Form],
        span: Span,
        want: Want,
        known: Option<Vec<Option<E>>>,
    ) -> E {
        let callee = sig.overload.unwrap_or(sig.name);
        let (args, read_type) = self.split_read_type(sig, args);
        if !self.accepts(sig, args.len()) {
            return self.wrong_arity(sig, args, span);
        }
        if let Some(stray) = args.iter().find(|arg| arg.is_symbol("?")) {
            self.infer(stray);
            return self.error(span);
        }
        let program = self.program();
        let first_bound = self.bounds.len();
        let targs = self.instantiate(sig, span, program);
        let result = self.instance(&sig.result, sig, &targs);
        if let Some(form) = read_type {
            let t = self.read_type(form);
            let free = |v: &Symbol| !sig.params.iter().any(|(_, ty)| mentions(ty, *v));
            // One type that nothing else says is that of the value read; of several, the whole result's is named.
            let named = match sig.generics.iter().filter(|v| free(v)).count() {
                1 => targs[sig.generics.iter().position(free).expect("there is one")],
                _ => result,
            };
            if self.types.unify(named, t).is_err() {
                let (shown, given) = (self.types.show(named), self.types.show(t));
                let title = format!("expected {shown}, found {given}");
                let label = format!("`{}` gives {}", sig.overload.unwrap_or(sig.name).name(), a(&shown));
                self.report(Diagnostic::new(Code::TypeMismatch, title).label(form.span, label));
            }
        }
        // Function literals come last: by then their parameters' types are known.
        let mut slots: Vec<Option<E>> = known.unwrap_or_else(|| args.iter().map(|_| None).collect());
        let said = self.out.len();
        let thread = sig.intrinsic.is_some_and(|name| name == "spawn_thread");
        for literals in [false, true] {
            if literals
                && slots.iter().any(Option::is_none)
                && let Some(ty) = want.ty
                && !self.types.is_open(result)
            {
                let _ = self.types.unify(result, ty);
            }
            for (n, arg) in args.iter().enumerate() {
                let is_fn = self.is_fn(arg);
                if slots[n].is_none() && is_fn != literals {
                    continue;
                }
                let ty = self.param_type(sig, &targs, n);
                let first = args[0].as_symbol().filter(|_| same_types(sig));
                let why = Why::Arg { callee, index: n as u32, span: sig.span, first, alike: same_types(sig) };
                let want = Want::of(ty, why);
                let said = self.out.len();
                match slots[n].take() {
                    Some(e) if literals => slots[n] = Some(e),
                    Some(e) => slots[n] = Some(self.meet(e, want)),
                    None => {
                        let e = if thread && is_fn {
                            self.lambda(arg, &arg.as_list().unwrap_or(&[])[1..], want, true)
                        } else {
                            self.check(arg, want)
                        };
                        slots[n] = Some(e);
                    }
                }
                self.decided_by(sig, n, &slots, said);
            }
        }
        let args: Vec<E> = slots.into_iter().flatten().collect();
        let failed = self.out[said..].iter().any(Diagnostic::is_error);
        if failed && sig.generics.iter().any(|variable| mentions(&sig.result, *variable)) {
            // What its result is depends on arguments that are not what they should be.
            if sig.variadic.is_some() {
                self.bounds.truncate(first_bound);
            }
            return self.error(span);
        }
        self.place_bounds(sig, first_bound, &args);
        // An argument that does not fit has been reported; a result of its type would be the same mistake again.
        let broken = same_types(sig) && args.iter().any(|e| self.types.is_error(e.ty));
        let ty = match sig.variadic {
            _ if broken && matches!(sig.result, Ty::Var(_)) => self.types.error(),
            Some(Variadic::Fold) if args.len() == 1 => args[0].ty,
            _ => result,
        };
        let e = E { kind: K::Call { callee: Callee::Known { name: sig.name, targs }, args }, ty, span };
        self.meet(e, want)
    }

    /// Where another argument decided what the n-th must be, the mismatch shows it too.
    fn decided_by(&mut self, sig: &Sig, n: usize, slots: &[Option<E>], said: usize) {
        let Some(span) = slots[n].as_ref().map(|e| e.span).filter(|_| self.out.len() > said) else { return };
        let last = sig.params.len().saturating_sub(1);
        if matches!(sig.params[n.min(last)].1, Ty::Fn(..))
            && slots[n].as_ref().is_some_and(|e| !self.types.show(e.ty).starts_with("(Fn"))
        {
            // No other argument made it want a function.
            return;
        }
        let shares = |m: usize, variable: &Symbol| mentions(&sig.params[m.min(last)].1, *variable);
        let decides = slots.iter().enumerate().find_map(|(m, slot)| {
            let slot = slot.as_ref().filter(|slot| m != n && !self.types.has_error(slot.ty))?;
            sig.generics.iter().any(|v| shares(m, v) && shares(n, v)).then_some((slot.span, slot.ty))
        });
        let Some((place, ty)) = decides else { return };
        let text = format!("because this is {}", a(&self.types.show(ty)));
        for diagnostic in &mut self.out[said..] {
            if diagnostic.code == Code::TypeMismatch
                && diagnostic.labels.first().is_some_and(|label| label.span == span)
            {
                *diagnostic = diagnostic.clone().label(place, text.clone());
            }
        }
    }

    /// A protocol is asked of an argument; there it is missed.
    pub fn place_bounds(&mut self, sig: &Sig, first: usize, args: &[E]) {
        for (n, (_, variable)) in sig.bounds.iter().enumerate() {
            let at = sig.params.iter().position(|(_, ty)| mentions(ty, *variable));
            if let (Some(bound), Some(arg)) = (self.bounds.get_mut(first + n), at.and_then(|at| args.get(at)))
            {
                bound.span = arg.span;
            }
        }
    }

    /// `-> T` at the end of the arguments of what gives a value of a type that nothing else says.
    fn split_read_type<'f>(&self, sig: &Sig, args: &'f [Form]) -> (&'f [Form], Option<&'f Form>) {
        match args {
            [rest @ .., arrow, ty] if arrow.is_symbol("->") => {
                let free = sig.generics.iter().any(|v| !sig.params.iter().any(|(_, ty)| mentions(ty, *v)));
                if free { (rest, Some(ty)) } else { (args, None) }
            }
            _ => (args, None),
        }
    }

    // ---- constructors

    /// The type of a field at some type arguments.
    pub fn field_type(&mut self, ty: &Ty, params: &[Symbol], targs: &[T]) -> T {
        self.types
            .read(ty, &|name| params.iter().position(|p| *p == name).and_then(|at| targs.get(at).copied()))
    }

    pub fn construct(&mut self, ty: Symbol, index: u32, args: &[Form], span: Span, want: Want) -> E {
        let env = self.env;
        let def = env.type_def(ty).expect("a name that was looked up");
        let variant = &def.variants[index as usize];
        let targs: Vec<T> = def.params.iter().map(|_| self.types.fresh()).collect();
        let result = self.types.con(Con::Named(ty), &targs);
        if let Some(wanted) = want.ty {
            // What is wanted helps with the arguments; a difference is reported at the end.
            let _ = self.types.unify(result, wanted);
        }
        if variant.fields.iter().any(|(name, _)| *name == UNKNOWN) {
            for arg in args {
                self.infer(arg);
            }
            return self.error(span);
        }
        let types: Vec<T> =
            variant.fields.iter().map(|(_, ty)| self.field_type(ty, &def.params, &targs)).collect();
        let n = types.len();
        let keyed =
            n > 0 && args.len() == 2 * n && args.iter().step_by(2).all(|key| key.as_keyword().is_some());
        // Fewer pairs than fields, each with a field's name: what is missing is a field, not a type.
        let named =
            |key: &Form| key.as_keyword().is_some_and(|key| variant.fields.iter().any(|f| f.0 == key));
        let partly = args.len() < 2 * n && args.len().is_multiple_of(2) && args.iter().step_by(2).all(named);
        if partly && !args.is_empty() {
            for pair in args.chunks_exact(2) {
                self.infer(&pair[1]);
            }
            let given = |name: &Symbol| args.iter().step_by(2).any(|key| key.as_keyword() == Some(*name));
            let missing: Vec<String> =
                variant.fields.iter().filter(|f| !given(&f.0)).map(|f| format!("`{}`", f.0)).collect();
            let title = format!("the {} of `{}` is missing", missing.join(" and "), variant.name);
            self.report(Diagnostic::new(Code::MissingField, title).at(span));
            return E { kind: K::Error, ty: result, span };
        }
        let e = if keyed {
            self.construct_keyed(ty, index, &types, args, result, span)
        } else if args.len() == n {
            let args = self.field_args(args, &types, &|at| variant.fields[at].0, variant.span);
            E { kind: K::Construct { variant: index, args }, ty: result, span }
        } else {
            let fields: Vec<String> =
                variant.fields.iter().map(|(name, ty)| format!("{name} <- {ty}")).collect();
            for arg in args {
                self.infer(arg);
            }
            let title = format!("`{}` takes {}, and {} given", variant.name, plural(n), given(args.len()));
            let mut diagnostic = Diagnostic::new(Code::WrongArity, title).at(span);
            if n > 0 {
                diagnostic = diagnostic.note(format!("its fields are [{}]", fields.join("  ")));
            }
            self.report(diagnostic);
            return E { kind: K::Error, ty: self.types.error(), span };
        };
        self.meet(e, want)
    }

    fn field_args(
        &mut self,
        args: &[Form],
        types: &[T],
        name: &dyn Fn(usize) -> Symbol,
        def: Span,
    ) -> Vec<E> {
        let mut slots: Vec<Option<E>> = args.iter().map(|_| None).collect();
        for literals in [false, true] {
            for (n, arg) in args.iter().enumerate() {
                if self.is_fn(arg) == literals {
                    slots[n] = Some(self.check(arg, Want::of(types[n], Why::Field(name(n), def))));
                }
            }
        }
        slots.into_iter().flatten().collect()
    }

    fn construct_keyed(
        &mut self,
        ty: Symbol,
        index: u32,
        types: &[T],
        args: &[Form],
        result: T,
        span: Span,
    ) -> E {
        let env = self.env;
        let variant = &env.type_def(ty).expect("a name that was looked up").variants[index as usize];
        let mut slots: Vec<Option<E>> = types.iter().map(|_| None).collect();
        let mut order = Vec::new();
        let mut broken = false;
        for pair in args.chunks_exact(2) {
            let key = pair[0].as_keyword().expect("the caller saw keywords");
            let Some(at) = variant.fields.iter().position(|(name, _)| *name == key) else {
                self.unknown_field(ty, key, pair[0].span);
                self.infer(&pair[1]);
                broken = true;
                continue;
            };
            let e = self.check(&pair[1], Want::of(types[at], Why::Field(key, variant.span)));
            if slots[at].is_some() {
                let title = format!("the field `{key}` is given twice");
                self.report(Diagnostic::new(Code::DuplicateField, title).at(pair[0].span));
                broken = true;
                continue;
            }
            slots[at] = Some(e);
            order.push(at);
        }
        if broken || slots.iter().any(Option::is_none) {
            return E { kind: K::Error, ty: result, span };
        }
        let args = slots.into_iter().flatten().collect();
        self.in_order(index, args, order, result, span)
    }

    // ---- function values

    pub fn apply(&mut self, callee: E, args: &[Form], span: Span, want: Want) -> E {
        if self.types.is_open(callee.ty) {
            self.pending();
        }
        match self.types.shape(callee.ty) {
            Shape::Con(Con::Fn) => {
                let mut params = self.types.args(callee.ty);
                let result = params.pop().expect("a function type has a result");
                if params.len() != args.len() {
                    for arg in args {
                        self.infer(arg);
                    }
                    let title = format!(
                        "this function takes {}, and {} given",
                        plural(params.len()),
                        given(args.len())
                    );
                    let shown = self.types.show(callee.ty);
                    let diagnostic = Diagnostic::new(Code::WrongArity, title)
                        .at(span)
                        .label(callee.span, format!("a {shown}"));
                    return self.wrong(diagnostic, span);
                }
                let name = self.print_name(&callee);
                let why = |n: usize| Why::Arg {
                    callee: name,
                    index: n as u32,
                    span: Span::NONE,
                    first: None,
                    alike: false,
                };
                let mut slots: Vec<Option<E>> = args.iter().map(|_| None).collect();
                for literals in [false, true] {
                    for (n, arg) in args.iter().enumerate() {
                        if self.is_fn(arg) == literals {
                            slots[n] = Some(self.check(arg, Want::of(params[n], why(n))));
                        }
                    }
                }
                let args = slots.into_iter().flatten().collect();
                let e = E { kind: K::Apply { callee: Box::new(callee), args }, ty: result, span };
                self.meet(e, want)
            }
            Shape::Open(Open::Any | Open::Never) => {
                let args: Vec<E> = args.iter().map(|arg| self.infer(arg)).collect();
                let params: Vec<T> = args.iter().map(|arg| arg.ty).collect();
                let result = self.types.fresh();
                let function = self.types.function(&params, result);
                if let Err(clash) = self.types.unify(callee.ty, function) {
                    self.mismatch(&callee, function, Why::Nothing, clash);
                    return self.error(span);
                }
                let e = E { kind: K::Apply { callee: Box::new(callee), args }, ty: result, span };
                self.meet(e, want)
            }
            shape => {
                for arg in args {
                    self.infer(arg);
                }
                let shown = self.types.show(callee.ty);
                let diagnostic = match shape {
                    Shape::Error => return self.error(span),
                    Shape::Con(Con::Program) => {
                        Diagnostic::new(Code::NotCallableProgram, "a program is not called but spawned")
                            .label(callee.span, format!("this is a {shown}"))
                            .help("(spawn-process …) gives a peer to talk to")
                    }
                    _ => self.not_a_function(&callee, args, &shown),
                };
                self.wrong(diagnostic, span)
            }
        }
    }

    fn print_name(&self, e: &E) -> Symbol {
        match e.kind {
            K::Local(id) => self.locals[id.0 as usize].name,
            K::Def(Callee::Known { name, .. }) => name,
            _ => Symbol::new("this function"),
        }
    }

    // ---- fields

    /// `(:x p)`
    pub fn field_call(&mut self, name: Symbol, name_span: Span, args: &[Form], span: Span, want: Want) -> E {
        let [arg] = args else {
            for arg in args {
                self.infer(arg);
            }
            let diagnostic = Diagnostic::new(
                Code::WrongArity,
                format!("`:{name}` reads a field of one value, and {} given", given(args.len())),
            );
            return self.wrong(diagnostic.at(span), span);
        };
        let value = self.infer(arg);
        self.field_of(value, name, name_span, span, want)
    }

    fn field_of(&mut self, value: E, name: Symbol, name_span: Span, span: Span, want: Want) -> E {
        let (field, ty) = self.pending_field(value.ty, name, name_span);
        self.meet(E { kind: K::Field { value: Box::new(value), field }, ty, span }, want)
    }

    /// A field to be found once the struct is known; which may be now.
    pub fn pending_field(&mut self, value: T, name: Symbol, span: Span) -> (usize, T) {
        let result = self.types.fresh();
        self.fields.push(PendingField { value, name, result, span, index: None, done: false });
        let number = self.fields.len() - 1;
        self.solve_field(number);
        (number, result)
    }

    /// `:x` where a function is wanted.
    pub fn field_function(&mut self, name: Symbol, span: Span, want: Want) -> E {
        let (param, struct_name) = (Form::symbol(" struct", span), Form::keyword(name, span));
        let call = Form::list(vec![struct_name, param.clone()], span);
        let function = vec![Form::symbol("wat.core/fn", span), Form::vector(vec![param], span), call];
        self.check(&Form::list(function, span), want)
    }

    pub fn with_form(&mut self, span: Span, args: &[Form], want: Want) -> E {
        let Some((target, pairs)) = args.split_first() else {
            return self
                .wrong(bad_syntax(span, "`with` takes a struct, and fields with their new values"), span);
        };
        let value = self.check(target, want.not_tail());
        let mut fields: Vec<(usize, E)> = Vec::new();
        let mut seen: Vec<Symbol> = Vec::new();
        if pairs.len() % 2 == 1 {
            self.report(bad_syntax(pairs[pairs.len() - 1].span, "a value is missing for this field"));
        }
        for pair in pairs.chunks_exact(2) {
            let FormKind::Keyword(name) = pair[0].kind else {
                self.report(bad_syntax(pair[0].span, "`with` names fields by keywords: (with p :x 1.0)"));
                self.infer(&pair[1]);
                continue;
            };
            if seen.contains(&name) {
                let title = format!("the field `{name}` is given twice");
                self.report(Diagnostic::new(Code::DuplicateField, title).at(pair[0].span));
            }
            seen.push(name);
            let (field, ty) = self.pending_field(value.ty, name, pair[0].span);
            fields.push((field, self.check(&pair[1], Want::of(ty, Why::Field(name, Span::NONE)))));
        }
        let ty = value.ty;
        E { kind: K::With { value: Box::new(value), fields }, ty, span }
    }
}

/// Does a type mention a variable?
pub fn mentions(ty: &Ty, variable: Symbol) -> bool {
    let found = std::cell::Cell::new(false);
    ty.subst(&|name| {
        found.set(found.get() || name == variable);
        Ty::Var(name)
    });
    found.get()
}

pub fn plural(count: usize) -> String {
    match count {
        0 => "no arguments".to_string(),
        1 => "one argument".to_string(),
        n => format!("{n} arguments"),
    }
}

pub fn given(count: usize) -> String {
    match count {
        0 => "none is".to_string(),
        1 => "one is".to_string(),
        n => format!("{n} are"),
    }
}

/// With its article.
pub fn a(shown: &str) -> String {
    let bare = shown.trim_start_matches('(');
    let vowel = bare.starts_with("f64") || bare.starts_with(['a', 'e', 'i', 'o', 'A', 'E', 'I', 'O']);
    if shown == "nil" {
        "nil".to_string()
    } else if vowel {
        format!("an {shown}")
    } else {
        format!("a {shown}")
    }
}

/// Are the first two parameters of one type variable, as those of `+` and `=`?
fn same_types(sig: &Sig) -> bool {
    matches!(sig.params.as_slice(), [(_, Ty::Var(a)), (_, Ty::Var(b)), ..] if a == b)
}
