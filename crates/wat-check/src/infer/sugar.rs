//! Sugar: forms that stand for other forms, and the variadic ones that stand for calls of runtime functions.
//! Names in what is made are full names, so that nothing a program defines can come between.

use super::Infer;
use super::tree::{Callee, E, K, Want, Why};
use crate::head::bad_syntax;
use crate::hir::Lit;
use crate::special::Special;
use crate::unify::{Con, Open};
use std::sync::Arc;
use wat_source::{Code, Diagnostic, Span};
use wat_syntax::{Form, FormKind};

fn core(name: &str, span: Span) -> Form {
    Form::symbol(format!("wat.core/{name}").as_str(), span)
}

fn list(items: Vec<Form>, span: Span) -> Form {
    Form::list(items, span)
}

impl Infer<'_, '_> {
    pub fn sugar(&mut self, special: Special, span: Span, args: &[Form], want: Want) -> E {
        let made = match special {
            Special::When => when(span, args),
            Special::Cond => return self.cond(span, args, want),
            Special::IfLet => if_let(span, args),
            Special::WhenLet => when_let(span, args),
            Special::And => return self.both(span, args, want, true),
            Special::Or => return self.both(span, args, want, false),
            Special::Thread => thread(args, false),
            Special::ThreadLast => thread(args, true),
            Special::Doseq => doseq(span, args),
            Special::For => comprehension(span, args),
            Special::Case => case(span, args),
            Special::Assert => assert(span, args),
            _ => Err("this form is no sugar"),
        };
        match made {
            Ok(form) => {
                let said = self.out.len();
                let e = self.check(&form, want);
                if matches!(special, Special::When | Special::WhenLet) {
                    self.without_else(said, special.name(), span);
                }
                e
            }
            Err(title) => self.wrong(bad_syntax(span, title), span),
        }
    }

    /// What was said of an `if` that stands for the form is said of the form.
    fn without_else(&mut self, said: usize, name: &str, span: Span) {
        for diagnostic in self.out[said..].iter_mut().filter(|told| told.span() == span) {
            for (stands, other) in [("`if` without else", "if"), ("`if-let` without else", "if-let")] {
                if let Some(rest) = diagnostic.title.strip_prefix(stands) {
                    diagnostic.title = format!("`{name}`{rest}");
                    diagnostic.help.clear();
                    *diagnostic = diagnostic.clone().help(format!("`{other}` has a branch for each case"));
                    break;
                }
            }
        }
    }

    /// `(cond test value … :else value)`; flat, however many clauses there are.
    fn cond(&mut self, span: Span, args: &[Form], want: Want) -> E {
        if args.is_empty() || args.len() % 2 == 1 {
            return self
                .wrong(bad_syntax(span, "`cond` takes pairs of a test and a value, `:else` last"), span);
        }
        if let Some(flat) = without_pairs(args) {
            let diagnostic = bad_syntax(args[0].span, "the tests and values of `cond` stand side by side");
            return self.wrong(diagnostic.help(format!("(cond {flat})")), span);
        }
        let boolean = self.types.scalar(Con::Bool);
        let mut want = self.branches(want);
        let ty = self.wanted(want);
        let mut clauses = Vec::new();
        let mut last = None;
        for pair in args.chunks_exact(2) {
            if last.is_some() {
                self.report(bad_syntax(pair[0].span, "nothing comes after `:else`"));
                break;
            }
            let test = if pair[0].is_keyword("else") || self.is_else(&pair[0]) {
                None
            } else {
                Some(self.check(&pair[0], Want::of(boolean, Why::Test)))
            };
            let value = self.check(&pair[1], want);
            if matches!(want.why, Why::Nothing) {
                want.why = Why::Branch(value.span);
            }
            match test {
                Some(test) => clauses.push((test, value)),
                None => last = Some(value),
            }
        }
        let mut result = match last {
            Some(value) => value,
            None => {
                let nil = self.nil(span);
                if self.types.unify(nil.ty, ty).is_err() {
                    let shown = self.types.show(ty);
                    self.report(
                        Diagnostic::new(
                            Code::TypeMismatch,
                            format!(
                                "`cond` without `:else` gives nil, and {} is needed",
                                super::call::a(&shown)
                            ),
                        )
                        .label(span, "when no test is true")
                        .help("end it with `:else` and a value"),
                    );
                }
                nil
            }
        };
        for (test, value) in clauses.into_iter().rev() {
            let span = test.span.to(result.span);
            let kind = K::If { test: Box::new(test), then: Box::new(value), other: Box::new(result) };
            result = E { kind, ty, span };
        }
        result
    }

    /// `else` without its colon, and no name of the program's: told here, and meant all the same.
    fn is_else(&mut self, form: &Form) -> bool {
        let said = self.out.len();
        if form.is_symbol("else") {
            self.infer(form);
        }
        self.out.len() > said
    }

    /// `and` and `or`, flat.
    fn both(&mut self, span: Span, args: &[Form], want: Want, is_and: bool) -> E {
        let boolean = self.types.scalar(Con::Bool);
        let constant = |value| K::Lit(Lit::Bool(value));
        let Some((last, before)) = args.split_last() else {
            return self.meet(E { kind: constant(is_and), ty: boolean, span }, want);
        };
        let wanted = Want::of(boolean, Why::Test);
        let said = self.out.len();
        let tests: Vec<E> = before.iter().map(|form| self.check(form, wanted)).collect();
        if self.out.len() > said {
            self.infer(last);
            return self.error(span);
        }
        let mut result = self.check(last, Want { tail: want.tail, ..wanted });
        for test in tests.into_iter().rev() {
            let (at, to) = (test.span, test.span.to(result.span));
            let fixed = E { kind: constant(!is_and), ty: boolean, span: at };
            let (then, other) = if is_and { (result, fixed) } else { (fixed, result) };
            let kind = K::If { test: Box::new(test), then: Box::new(then), other: Box::new(other) };
            result = E { kind, ty: boolean, span: to };
        }
        result.span = span;
        self.meet(result, want)
    }

    /// The definition of a runtime function that the checker itself calls.
    fn runtime(&mut self, name: &str, span: Span) -> Option<Callee> {
        match self.env.intrinsic(name).and_then(|full| self.env.sig(full)) {
            Some(sig) => {
                let targs = self.instantiate(sig, span, None);
                Some(Callee::Known { name: sig.name, targs })
            }
            None => {
                let title = format!("the library does not define `{name}`");
                self.report(Diagnostic::new(Code::UnsupportedForm, title).at(span));
                None
            }
        }
    }

    fn runtime_call(&mut self, name: &str, args: Vec<E>, ty: Con, span: Span) -> E {
        let Some(callee) = self.runtime(name, span) else { return self.error(span) };
        if let Callee::Known { name, targs } = &callee {
            let env = self.env;
            let sig = env.sig(*name).expect("found a moment ago");
            for (n, arg) in args.iter().enumerate().take(sig.params.len()) {
                let param = self.param_type(sig, targs, n);
                let _ = self.types.unify(arg.ty, param);
            }
            let first = self.bounds.len() - sig.bounds.len();
            self.place_bounds(sig, first, &args);
        }
        let ty = self.types.scalar(ty);
        E { kind: K::Call { callee, args }, ty, span }
    }

    pub fn str_form(&mut self, span: Span, args: &[Form], want: Want) -> E {
        let string = self.types.scalar(Con::Str);
        let mut parts: Vec<E> = args
            .iter()
            .map(|arg| {
                let e = self.infer(arg);
                self.require("Show", e.ty, e.span, "str");
                let at = e.span;
                E { kind: K::Show(Box::new(e)), ty: string, span: at }
            })
            .collect();
        let e = match parts.len() {
            0 => E { kind: K::Lit(Lit::Str(Arc::from(""))), ty: string, span },
            1 => {
                let part = parts.remove(0);
                E { span, ..part }
            }
            _ => {
                let ty = self.types.con(Con::Vector, &[string]);
                let all = E { kind: K::Vector(parts), ty, span };
                self.runtime_call("str_join_all", vec![all], Con::Str, span)
            }
        };
        self.meet(e, want)
    }

    /// `(panic! message)`, `(panic! message data)`: the data is any wire value, a collection literal any EDN.
    pub fn panic_form(&mut self, span: Span, args: &[Form], want: Want) -> E {
        let string = self.types.scalar(Con::Str);
        let (message, data) = match args {
            [message] => (message, None),
            [message, data] => (message, Some(data)),
            _ => {
                return self
                    .wrong(bad_syntax(span, "`panic!` takes a message, and data where there is some"), span);
            }
        };
        let message = self.check(message, Want::of(string, Why::Nothing));
        let (name, args) = match data {
            None => ("panic_plain", vec![message]),
            Some(form) => {
                let is_collection =
                    matches!(form.kind, FormKind::Map(_) | FormKind::Vector(_) | FormKind::Set(_));
                let data = if is_collection {
                    let edn = self.types.scalar(Con::Edn);
                    self.check(form, Want::of(edn, Why::Nothing))
                } else {
                    self.infer(form)
                };
                ("panic", vec![message, data])
            }
        };
        let mut e = self.runtime_call(name, args, Con::Nil, span);
        if self.types.is_error(e.ty) {
            return e;
        }
        e.ty = self.types.open(Open::Never);
        if let K::Call { callee: Callee::Known { name, targs }, .. } = &e.kind {
            // The definition's result is a type variable of its own.
            let env = self.env;
            let sig = env.sig(*name).expect("found a moment ago");
            let targs = targs.clone();
            let result = self.instance(&sig.result, sig, &targs);
            let _ = self.types.unify(result, e.ty);
        }
        self.meet(e, want)
    }
}

fn when(span: Span, args: &[Form]) -> Result<Form, &'static str> {
    let Some((test, body)) = args.split_first() else { return Err("`when` takes a test and a body") };
    Ok(list(vec![core("if", span), test.clone(), with_head(core("do", span), body, span)], span))
}

fn with_head(head: Form, items: &[Form], span: Span) -> Form {
    let mut all = vec![head];
    all.extend_from_slice(items);
    list(all, span)
}

/// `(if-let [p e] a b)`: a where e is `Some` of something that fits p.
fn if_let(span: Span, args: &[Form]) -> Result<Form, &'static str> {
    let (bind, then, other) = match args {
        [bind, then] => (bind, then, None),
        [bind, then, other] => (bind, then, Some(other)),
        _ => return Err("`if-let` takes a name with an Option, and two branches"),
    };
    let Some([pattern, value]) = bind.as_vector() else {
        return Err("`if-let` takes a vector of a name and an Option: (if-let [x (first xs)] …)");
    };
    match other {
        Some(other) => Ok(option_match(pattern, value, then.clone(), other.clone(), span)),
        None => {
            Ok(option_match(pattern, value, dropped(std::slice::from_ref(then), span), Form::nil(span), span))
        }
    }
}

fn when_let(span: Span, args: &[Form]) -> Result<Form, &'static str> {
    let Some((bind, body)) = args.split_first() else {
        return Err("`when-let` takes a name with an Option, and a body");
    };
    let Some([pattern, value]) = bind.as_vector() else {
        return Err("`when-let` takes a vector of a name and an Option: (when-let [x (first xs)] …)");
    };
    Ok(option_match(pattern, value, dropped(body, span), Form::nil(span), span))
}

/// The body for its effects: nil, and the last step stays the last.
fn dropped(body: &[Form], span: Span) -> Form {
    list(
        vec![
            core("if", span),
            Form::new(FormKind::Bool(true), span),
            with_head(core("do", span), body, span),
        ],
        span,
    )
}

fn option_match(pattern: &Form, value: &Form, then: Form, other: Form, span: Span) -> Form {
    let some = list(vec![core("Some", span), pattern.clone()], pattern.span);
    let none = Form::symbol("_", span);
    list(
        vec![core("match", span), value.clone(), list(vec![some, then], span), list(vec![none, other], span)],
        span,
    )
}

/// `(-> x (f a) g)` = `(g (f x a))`; `->>` puts it last.
pub fn thread(args: &[Form], last: bool) -> Result<Form, &'static str> {
    let Some((first, steps)) = args.split_first() else { return Err("a threading macro needs a value") };
    let mut value = first.clone();
    for step in steps {
        let at = step.span;
        value = match &step.kind {
            FormKind::List(items) if !items.is_empty() => {
                let mut items = items.clone();
                let place = if last { items.len() } else { 1 };
                items.insert(place, value);
                list(items, at)
            }
            _ => list(vec![step.clone(), value], at),
        };
    }
    Ok(value)
}

/// One loop per binding, over the elements as a Seq; the body is inline, so `try` leaves the function around it.
fn doseq(span: Span, args: &[Form]) -> Result<Form, &'static str> {
    let Some((bind, body)) = args.split_first() else {
        return Err("`doseq` takes names with collections, and a body");
    };
    let Some(pairs) = bind.as_vector().filter(|pairs| !pairs.is_empty() && pairs.len() % 2 == 0) else {
        return Err("`doseq` takes a vector of names and collections: (doseq [x xs] …)");
    };
    let mut inner = dropped(body, span);
    for pair in pairs.chunks_exact(2).rev() {
        let (rest, item, more) =
            (Form::symbol(" rest", span), Form::symbol(" item", span), Form::symbol(" more", span));
        let at = pair[1].span;
        let seq = list(vec![core("seq", at), pair[1].clone()], at);
        let step = list(vec![core("uncons", at), rest.clone()], at);
        let some = list(
            vec![core("Some", span), list(vec![core("tuple", span), item.clone(), more.clone()], span)],
            span,
        );
        let each =
            list(vec![core("let", span), Form::vector(vec![pair[0].clone(), item], span), inner], span);
        let next = list(vec![core("recur", span), more], span);
        inner = list(
            vec![
                core("loop", span),
                Form::vector(vec![rest, seq], span),
                list(
                    vec![
                        core("match", span),
                        step,
                        list(vec![core("None", span), Form::nil(span)], span),
                        list(vec![some, list(vec![core("do", span), each, next], span)], span),
                    ],
                    span,
                ),
            ],
            span,
        );
    }
    Ok(inner)
}

/// `(for [x xs :when test :let [y e]] value)`: nested loops that hand on one growing vector. The value is inline, so
/// `try` leaves the function around it.
fn comprehension(span: Span, args: &[Form]) -> Result<Form, &'static str> {
    let [bind, value] = args else {
        return Err("`for` takes a vector of names and collections, and one value");
    };
    let pairs = bind.as_vector().filter(|pairs| pairs.len() >= 2 && pairs.len() % 2 == 0);
    let Some(pairs) = pairs.filter(|pairs| pairs[0].as_keyword().is_none()) else {
        return Err("`for` takes a vector of names and collections: (for [x xs :when (odd? x)] x)");
    };
    let (gathered, rest) = (Form::symbol(" gathered", span), Form::symbol(" rest", span));
    let (item, more) = (Form::symbol(" item", span), Form::symbol(" more", span));
    let mut inner = list(vec![core("conj-vector", span), gathered.clone(), value.clone()], span);
    for pair in pairs.chunks_exact(2).rev() {
        let at = pair[1].span;
        inner = match pair[0].as_keyword().map(|key| key.as_str()) {
            Some("when") => list(vec![core("if", at), pair[1].clone(), inner, gathered.clone()], span),
            Some("let") => list(vec![core("let", at), pair[1].clone(), inner], span),
            Some(_) => return Err("`for` knows `:when` and `:let` between its names"),
            None => {
                let seq = list(vec![core("seq", at), pair[1].clone()], at);
                let step = list(vec![core("uncons", at), rest.clone()], at);
                let found = list(vec![core("tuple", span), item.clone(), more.clone()], span);
                let bound = Form::vector(vec![pair[0].clone(), item.clone()], span);
                let each = list(vec![core("let", span), bound, inner], span);
                let arms = [
                    list(vec![core("None", span), gathered.clone()], span),
                    list(
                        vec![
                            list(vec![core("Some", span), found], span),
                            list(vec![core("recur", span), each, more.clone()], span),
                        ],
                        span,
                    ),
                ];
                let [none, some] = arms;
                let binds = Form::vector(vec![gathered.clone(), gathered.clone(), rest.clone(), seq], span);
                list(
                    vec![core("loop", span), binds, list(vec![core("match", span), step, none, some], span)],
                    span,
                )
            }
        };
    }
    let start = Form::vector(vec![gathered, Form::vector(Vec::new(), span)], span);
    Ok(list(vec![core("let", span), start, inner], span))
}

/// `(case x 1 a (2 3) b c)`: a match on literals; a list holds several, and the last form is for all others.
fn case(span: Span, args: &[Form]) -> Result<Form, &'static str> {
    let Some((value, clauses)) = args.split_first() else {
        return Err("`case` takes a value, then pairs of a literal and what it gives");
    };
    let mut arms = vec![core("match", span), value.clone()];
    for clause in clauses.chunks(2) {
        arms.push(match clause {
            [literal, result] => {
                let pattern = match literal.as_list() {
                    Some(several) if !several.is_empty() && !literal.is_call("quote") => {
                        with_head(core("or", literal.span), several, literal.span)
                    }
                    _ => literal.clone(),
                };
                let binds = |form: &Form| {
                    form.as_symbol().is_some_and(|name| !crate::scope::starts_upper(name.name()))
                };
                if binds(literal)
                    || literal.as_list().is_some_and(|all| !literal.is_call("quote") && all.iter().any(binds))
                {
                    return Err("`case` compares with literals and variants; `match` binds names");
                }
                list(vec![pattern, result.clone()], literal.span.to(result.span))
            }
            rest => list(vec![Form::symbol("_", rest[0].span), rest[0].clone()], rest[0].span),
        });
    }
    if arms.len() == 2 {
        return Err("`case` takes a value, then pairs of a literal and what it gives");
    }
    Ok(list(arms, span))
}

/// A failed `assert` shows the test.
fn assert(span: Span, args: &[Form]) -> Result<Form, &'static str> {
    let (test, message) = match args {
        [test] => (test, Form::string(format!("assertion failed: {test}"), span)),
        [test, message] => (test, message.clone()),
        _ => return Err("`assert` takes a test, and a message where the test does not say enough"),
    };
    let failed = Form::symbol("wat.kernel/assert_failed", span);
    let failed = list(vec![failed, message], span);
    Ok(list(vec![core("if", span), test.clone(), Form::nil(span), failed], span))
}

/// `(< n 0) "neg"  :else "pos"` for the clauses of another Lisp: `((< n 0) "neg") (else "pos")`.
fn without_pairs(args: &[Form]) -> Option<String> {
    let clause = |arg: &Form| match arg.as_list() {
        Some([test, value]) if test.as_list().is_some() || test.as_bool().is_some() || is_rest(test) => {
            let test = if is_rest(test) { ":else".to_string() } else { test.to_string() };
            Some(format!("{test} {value}"))
        }
        _ => None,
    };
    let clauses: Option<Vec<String>> = args.iter().map(clause).collect();
    clauses.map(|clauses| clauses.join("  "))
}

fn is_rest(test: &Form) -> bool {
    test.is_keyword("else") || test.is_symbol("else")
}
