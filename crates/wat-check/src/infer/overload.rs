//! Overloaded names: one of several definitions, chosen by the number of arguments and by the constructors of
//! the types of those that decide. Where these are not known yet the choice waits.

use super::tree::{Callee, E, K, Want, Why};
use super::{Infer, PendingOverload};
use crate::table::Sig;
use crate::ty::Ty;
use crate::unify::{Con, Open, Shape, T};
use wat_source::{Code, Diagnostic, Span, Symbol};
use wat_syntax::Form;

/// What the deciding arguments say.
enum Choice {
    One(Symbol),
    None,
    Unknown,
}

impl Infer<'_, '_> {
    /// The implementations that take so many arguments. One of exactly so many is preferred to a variadic one.
    fn candidates(&self, name: Symbol, count: usize) -> Vec<Symbol> {
        let env = self.env;
        let all = env.overload(name).unwrap_or(&[]);
        let sig = |name: &Symbol| env.sig(*name);
        let fits: Vec<Symbol> = all
            .iter()
            .filter(|name| sig(name).is_some_and(|sig| self.accepts(sig, count)))
            .copied()
            .collect();
        let exact = |name: &Symbol| sig(name).is_some_and(|sig| sig.params.len() == count && !sig.has_rest);
        if fits.iter().any(exact) { fits.into_iter().filter(|name| exact(name)).collect() } else { fits }
    }

    fn choose(&self, candidates: &[Symbol], args: &[Option<T>]) -> Choice {
        if let [one] = candidates {
            return Choice::One(*one);
        }
        let env = self.env;
        let mut unknown = false;
        let mut fallback = None;
        for name in candidates {
            let sig = env.sig(*name).expect("a candidate is defined");
            let (mut fits, mut open, mut generic) = (true, false, false);
            for on in &sig.on {
                let Some(ty) = args.get(*on as usize).copied().flatten() else { continue };
                let Some((_, param)) = sig.params.get(*on as usize) else { continue };
                let Some(wanted) = head_of(param) else {
                    generic = true;
                    continue;
                };
                match self.types.shape(ty) {
                    Shape::Con(con) => fits &= con == wanted,
                    Shape::Error => {}
                    Shape::Open(Open::Float) => fits &= wanted == Con::F64,
                    Shape::Open(Open::Int) => {
                        fits &= matches!(wanted, Con::I64 | Con::F64 | Con::BigInt | Con::Decimal);
                        open = true;
                    }
                    Shape::Open(_) => open = true,
                }
            }
            match (fits, open, generic) {
                (false, ..) => {}
                (true, true, _) => unknown = true,
                (true, false, true) => fallback = fallback.or(Some(*name)),
                (true, false, false) => return Choice::One(*name),
            }
        }
        // A number written beside what is not known at all: this is arithmetic on numbers.
        let any = |kinds: &[Open]| {
            let mut open = args.iter().flatten().map(|ty| self.types.shape(*ty));
            open.any(|shape| matches!(shape, Shape::Open(open) if kinds.contains(&open)))
        };
        let is_arithmetic = any(&[Open::Int, Open::Float]) && any(&[Open::Any]);
        match fallback {
            // Where what decides first fits an implementation, the rest is what is wrong.
            Some(name) if !unknown => Choice::One(self.begun(candidates, args).unwrap_or(name)),
            Some(name) if is_arithmetic => Choice::One(name),
            _ if unknown => Choice::Unknown,
            _ => Choice::None,
        }
    }

    /// The implementation for exactly the type of the first argument that decides.
    fn begun(&self, candidates: &[Symbol], args: &[Option<T>]) -> Option<Symbol> {
        let fits = |name: &&Symbol| {
            let sig = self.env.sig(**name).expect("a candidate is defined");
            let on = sig.on.first().map_or(0, |on| *on as usize);
            let wanted = sig.params.get(on).and_then(|(_, ty)| head_of(ty));
            let found = args.get(on).copied().flatten().map(|ty| self.types.shape(ty));
            matches!((wanted, found), (Some(wanted), Some(Shape::Con(con))) if wanted == con && con != Con::I64)
        };
        candidates.iter().find(fits).copied()
    }

    pub fn overload_call(&mut self, full: Symbol, name: Symbol, args: &[Form], span: Span, want: Want) -> E {
        let env = self.env;
        // `-> T` after the arguments is not counted.
        let count = match args {
            [rest @ .., arrow, _] if arrow.is_symbol("->") => rest.len(),
            _ => args.len(),
        };
        let candidates = self.candidates(full, count);
        let Some(first) = candidates.first().map(|name| env.sig(*name).expect("a candidate is defined"))
        else {
            for arg in args {
                self.infer(arg);
            }
            let mut counts: Vec<usize> = env
                .overload(full)
                .unwrap_or(&[])
                .iter()
                .filter_map(|name| env.sig(*name).map(|sig| sig.params.len()))
                .collect();
            counts.sort_unstable();
            counts.dedup();
            let last = counts.pop().map_or_else(String::new, super::call::plural);
            let before: String = counts.iter().map(|count| format!("{count} or ")).collect();
            let title = format!("`{name}` takes {before}{last}, and {} given", super::call::given(count));
            return self.wrong(Diagnostic::new(Code::WrongArity, title).at(span), span);
        };
        if candidates.len() == 1 {
            return self.call_def(first, args, span, want, None);
        }
        if let Some(one) = self.by_number_wanted(&candidates, want) {
            return self.call_def(one, args, span, want, None);
        }
        // First what decides, without knowing what will be wanted of it.
        let mut slots: Vec<Option<E>> = args.iter().map(|_| None).collect();
        for on in &first.on {
            let at = *on as usize;
            if let Some(arg) = args.get(at) {
                slots[at] = Some(self.infer(arg));
            }
        }
        let types: Vec<Option<T>> = slots.iter().map(|slot| slot.as_ref().map(|e| e.ty)).collect();
        let open = types.iter().flatten().any(|ty| self.types.is_open(*ty));
        if open {
            self.pending();
        }
        match self.choose(&candidates, &types) {
            Choice::One(chosen) => {
                let sig = env.sig(chosen).expect("a candidate is defined");
                if types.iter().flatten().any(|ty| self.types.is_error(*ty)) {
                    return self.give_up(args, slots, span);
                }
                self.call_def(sig, args, span, want, Some(slots))
            }
            Choice::None => {
                let at = self.undecided(&candidates, &slots);
                for (n, arg) in args.iter().enumerate() {
                    if slots[n].is_none() && !self.is_fn(arg) {
                        slots[n] = Some(self.infer(arg));
                    }
                }
                let help = self.another_order(full, &candidates, args, &slots);
                // A call that stands where its argument stands was made by `for` or `doseq`.
                let name = if span == at.1 && full != "wat.form/items" { Symbol::new("for") } else { full };
                self.no_overload(name, &candidates, at.0, at.1, help);
                self.give_up(args, slots, span)
            }
            Choice::Unknown => self.defer(full, &candidates, args, slots, span, want),
        }
    }

    /// The rest of the arguments, for their own mistakes.
    fn give_up(&mut self, args: &[Form], slots: Vec<Option<E>>, span: Span) -> E {
        for (arg, slot) in args.iter().zip(slots) {
            if slot.is_none() {
                self.infer(arg);
            }
        }
        self.error(span)
    }

    fn undecided(&self, candidates: &[Symbol], slots: &[Option<E>]) -> (T, Span) {
        let on = self.env.sig(candidates[0]).map_or(0, |sig| sig.on.first().copied().unwrap_or(0));
        let slot = slots.get(on as usize).and_then(Option::as_ref);
        let slot =
            slot.or_else(|| slots.iter().flatten().next()).expect("an overload has a deciding argument");
        (slot.ty, slot.span)
    }

    /// Help where the function works on another of its arguments, or on a struct by another name.
    fn another_order(
        &self,
        name: Symbol,
        candidates: &[Symbol],
        args: &[Form],
        slots: &[Option<E>],
    ) -> Option<String> {
        let on = self.env.sig(*candidates.first()?)?.on.first().map_or(0, |on| *on as usize);
        let name = name.name();
        let decides = slots.get(on)?.as_ref()?;
        if let Some(Con::Named(ty)) = self.types.head(decides.ty)
            && self.env.type_def(ty).is_some_and(|def| def.is_struct)
        {
            return match (name, args) {
                ("assoc", [it, key, value]) => {
                    Some(format!("a struct is changed by `with`: (with {it} {key} {value})"))
                }
                ("get", [it, key, ..]) => {
                    Some(format!("a field of a struct is read with its keyword: ({key} {it})"))
                }
                _ => None,
            };
        }
        let mut types: Vec<Option<T>> = slots.iter().map(|slot| slot.as_ref().map(|e| e.ty)).collect();
        let other = (0..types.len()).find(|n| {
            let mut swapped = types.clone();
            swapped.swap(on, *n);
            *n != on
                && swapped[on].is_some_and(|ty| !self.types.has_open(ty) || self.types.head(ty).is_some())
                && matches!(self.choose(candidates, &swapped), Choice::One(_))
        })?;
        types.swap(on, other);
        let mut written: Vec<String> = args.iter().map(Form::to_string).collect();
        written.swap(on, other);
        let place = if on == 0 { "first" } else { "last" };
        Some(format!("the collection comes {place}: ({name} {})", written.join(" ")))
    }

    fn no_overload(&mut self, name: Symbol, candidates: &[Symbol], ty: T, span: Span, help: Option<String>) {
        let mut kinds: Vec<String> = Vec::new();
        for candidate in candidates {
            let sig = self.env.sig(*candidate).expect("a candidate is defined");
            for on in &sig.on[..sig.on.len().min(1)] {
                if let Some((_, ty)) = sig.params.get(*on as usize) {
                    let kind = ty.to_string();
                    if !kinds.contains(&kind) {
                        kinds.push(kind);
                    }
                }
            }
        }
        let shown = super::call::a(&self.types.show(ty));
        let (title, note) = if name == "wat.form/items" {
            (format!("`~@` puts in the forms of a vector, not {shown}"), "it works on")
        } else if name.name() == "for" {
            (format!("{shown} has no elements to go over"), "`for` and `doseq` go over")
        } else {
            (format!("`{}` does not work on {shown}", name.name()), "it works on")
        };
        let mut diagnostic = Diagnostic::new(Code::TypeMismatch, title)
            .label(span, format!("this is {shown}"))
            .note(format!("{note} {}", kinds.join(", ")));
        if let Some(Con::Rigid(variable)) = self.types.head(ty) {
            diagnostic =
                diagnostic.note(format!("`{variable}` may be any type, and an overload needs to know which"));
        }
        let is_fn = self.types.head(ty) == Some(Con::Fn);
        let order = || "the function comes first, the collection last".to_string();
        let is_seq = name == "wat.form/items" && self.types.head(ty) == Some(Con::Seq);
        let help = help.or_else(|| is_seq.then(|| "`vec` makes a vector of it".to_string()));
        if let Some(help) = help.or_else(|| is_fn.then(order)) {
            diagnostic = diagnostic.help(help);
        }
        self.report(diagnostic);
    }

    fn defer(
        &mut self,
        full: Symbol,
        candidates: &[Symbol],
        args: &[Form],
        slots: Vec<Option<E>>,
        span: Span,
        want: Want,
    ) -> E {
        let env = self.env;
        let sigs: Vec<&Sig> = candidates.iter().filter_map(|name| env.sig(*name)).collect();
        let mut slots = slots;
        for literals in [false, true] {
            for (n, arg) in args.iter().enumerate() {
                if slots[n].is_some() || self.is_fn(arg) != literals {
                    continue;
                }
                // A keyword is a function where all implementations take one.
                let arities: Vec<Option<usize>> = sigs
                    .iter()
                    .map(|sig| match sig.params.get(n) {
                        Some((_, Ty::Fn(params, _))) => Some(params.len()),
                        _ => None,
                    })
                    .collect();
                let e = match arities.first() {
                    Some(Some(arity)) if arities.iter().all(|other| *other == Some(*arity)) => {
                        let params: Vec<T> = (0..*arity).map(|_| self.types.fresh()).collect();
                        let result = self.types.fresh();
                        let function = self.types.function(&params, result);
                        let why = Why::Arg {
                            callee: full,
                            index: n as u32,
                            span: Span::NONE,
                            first: None,
                            alike: false,
                        };
                        self.check(arg, Want::of(function, why))
                    }
                    _ => self.infer(arg),
                };
                slots[n] = Some(e);
            }
        }
        let args: Vec<E> = slots.into_iter().flatten().collect();
        let result = self.common_result(&sigs);
        let number =
            self.pend(full, candidates, args.iter().map(|arg| (arg.ty, arg.span)).collect(), result, span);
        let e = E { kind: K::Call { callee: Callee::Pending(number), args }, ty: result, span };
        self.meet(e, want)
    }

    fn pend(
        &mut self,
        name: Symbol,
        candidates: &[Symbol],
        args: Vec<(T, Span)>,
        result: T,
        span: Span,
    ) -> usize {
        let program = self.program();
        self.overloads.push(PendingOverload {
            name,
            candidates: candidates.to_vec(),
            args,
            result,
            span,
            program,
            chosen: None,
            done: false,
        });
        self.overloads.len() - 1
    }

    /// What all implementations answer, where it is one type without variables.
    fn common_result(&mut self, sigs: &[&Sig]) -> T {
        let first = &sigs[0].result;
        let ground = !sigs[0].generics.iter().any(|v| super::call::mentions(first, *v));
        if ground && sigs.iter().all(|sig| sig.result == *first) {
            return self.rigid(&first.clone());
        }
        self.types.fresh()
    }

    /// Try to choose; true when it is done, one way or the other.
    pub fn solve_overload(&mut self, number: usize) -> bool {
        let pending = &self.overloads[number];
        let args = pending.args.clone();
        let candidates = pending.candidates.clone();
        let (name, result, span, program) = (pending.name, pending.result, pending.span, pending.program);
        let types: Vec<Option<T>> = args.iter().map(|(ty, _)| Some(*ty)).collect();
        let env = self.env;
        let chosen = match self.choose(&candidates, &types) {
            Choice::Unknown => return false,
            Choice::One(chosen) => chosen,
            Choice::None => {
                self.overloads[number].done = true;
                let sig = env.sig(candidates[0]).expect("a candidate is defined");
                let on = sig.on.first().copied().unwrap_or(0) as usize;
                let (ty, at) = args.get(on).copied().unwrap_or(args[0]);
                let name = if span == at && name != "wat.form/items" { Symbol::new("for") } else { name };
                self.no_overload(name, &candidates, ty, at, None);
                self.types.silence(result);
                return true;
            }
        };
        self.overloads[number].done = true;
        if args.iter().any(|(ty, _)| self.types.is_error(*ty)) {
            self.types.silence(result);
            return true;
        }
        let sig = env.sig(chosen).expect("a candidate is defined");
        let targs = self.instantiate(sig, span, program);
        for (n, (ty, at)) in args.iter().enumerate() {
            let param = self.param_type(sig, &targs, n);
            let e = E { kind: K::Error, ty: *ty, span: *at };
            self.meet(
                e,
                Want::of(
                    param,
                    Why::Arg { callee: name, index: n as u32, span: sig.span, first: None, alike: false },
                ),
            );
        }
        let ty = match sig.variadic {
            Some(crate::table::Variadic::Fold) if args.len() == 1 => args[0].0,
            _ => self.instance(&sig.result, sig, &targs),
        };
        let e = E { kind: K::Error, ty, span };
        self.meet(e, Want::of(result, Why::Nothing));
        self.overloads[number].chosen = Some((chosen, targs));
        true
    }

    /// An overloaded name that is not called: the place says how many parameters it has.
    pub fn overload_value(&mut self, full: Symbol, name: Symbol, span: Span, want: Want) -> E {
        let env = self.env;
        let all = env.overload(full).unwrap_or(&[]);
        let arity = match self.wanted_arity(want) {
            Some(arity) => arity,
            None => {
                all.iter().filter_map(|name| env.sig(*name)).map(|sig| sig.params.len()).min().unwrap_or(1)
            }
        };
        let candidates = self.candidates(full, arity);
        let Some(first) = candidates.first().and_then(|name| env.sig(*name)) else {
            let title = format!("`{name}` does not take {arity} arguments");
            return self.wrong(Diagnostic::new(Code::TypeMismatch, title).at(span), span);
        };
        if candidates.iter().any(|name| env.sig(*name).is_some_and(|sig| sig.params.len() != arity)) {
            return self.as_function(name, arity, span, want);
        }
        if candidates.len() == 1 {
            let program = self.program();
            let targs = self.instantiate(first, span, program);
            let ty = self.function_type(first, &targs);
            let e = E { kind: K::Def(Callee::Known { name: first.name, targs }), ty, span };
            return self.meet(e, want);
        }
        let params: Vec<T> = (0..arity).map(|_| self.types.fresh()).collect();
        let sigs: Vec<&Sig> = candidates.iter().filter_map(|name| env.sig(*name)).collect();
        let result = self.common_result(&sigs);
        let ty = self.types.function(&params, result);
        let number =
            self.pend(full, &candidates, params.iter().map(|ty| (*ty, span)).collect(), result, span);
        let e = E { kind: K::Def(Callee::Pending(number)), ty, span };
        self.meet(e, want)
    }
}

impl<'e> Infer<'_, 'e> {
    /// Whether one of the definitions of an overloaded name is for that very type.
    pub fn is_defined_for(&self, name: Symbol, ty: T) -> bool {
        let Some(head) = self.types.head(ty) else { return false };
        let name = self.env.sig(name).and_then(|sig| sig.overload).unwrap_or(name);
        let sigs = self.env.overload(name).unwrap_or(&[]).iter().filter_map(|one| self.env.sig(*one));
        sigs.flat_map(|sig| &sig.params).any(|(_, param)| head_of(param) == Some(head))
    }

    /// Where a number is wanted and one implementation gives it: arithmetic on durations and instants is out.
    fn by_number_wanted(&self, candidates: &[Symbol], want: Want) -> Option<&'e Sig> {
        let Shape::Con(con @ (Con::I64 | Con::F64 | Con::BigInt | Con::Decimal)) = self.types.shape(want.ty?)
        else {
            return None;
        };
        let env = self.env;
        let mut gives = candidates.iter().filter_map(|name| env.sig(*name)).filter(|sig| {
            let found = head_of(&sig.result);
            found.is_none() || found == Some(con)
        });
        gives.next().filter(|_| gives.next().is_none())
    }
}

/// The constructor of a parameter's type; None for a type variable, which takes any.
fn head_of(ty: &Ty) -> Option<Con> {
    Some(match ty {
        Ty::Nil => Con::Nil,
        Ty::Bool => Con::Bool,
        Ty::I64 => Con::I64,
        Ty::F64 => Con::F64,
        Ty::Char => Con::Char,
        Ty::Keyword => Con::Keyword,
        Ty::Symbol => Con::Symbol,
        Ty::BigInt => Con::BigInt,
        Ty::Decimal => Con::Decimal,
        Ty::Str => Con::Str,
        Ty::Bytes => Con::Bytes,
        Ty::Instant => Con::Instant,
        Ty::Duration => Con::Duration,
        Ty::Uuid => Con::Uuid,
        Ty::Resource => Con::Resource,
        Ty::Edn => Con::Edn,
        Ty::Vector(_) => Con::Vector,
        Ty::Map(..) => Con::Map,
        Ty::Set(_) => Con::Set,
        Ty::Seq(_) => Con::Seq,
        Ty::Tuple(_) => Con::Tuple,
        Ty::Fn(..) => Con::Fn,
        Ty::Program(..) => Con::Program,
        Ty::Peer(..) => Con::Peer,
        Ty::Sender(_) => Con::Sender,
        Ty::Receiver(_) => Con::Receiver,
        Ty::Named(name, _) => Con::Named(*name),
        Ty::Var(_) => return None,
    })
}
