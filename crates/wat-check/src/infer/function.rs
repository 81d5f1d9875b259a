//! Function literals, `loop`, `recur`, `try`.

use super::tree::{E, K, L, P, Want, Why};
use super::{Capture, Infer, ProgramFrame};
use crate::head::{self, Attributes, bad_syntax};
use crate::hir::LocalId;
use crate::unify::{Con, Open, T};
use wat_source::{Code, Diagnostic, Span, Symbol};
use wat_syntax::Form;

impl Infer<'_, '_> {
    /// `(fn name? {attributes}? [params] -> T body…)`; `args` is what follows `fn`.
    pub fn lambda(&mut self, form: &Form, args: &[Form], want: Want, is_thread: bool) -> E {
        let span = form.span;
        let mut rest = args;
        let mut own = None;
        if let [name, after @ ..] = rest
            && let Some(symbol) = name.as_symbol()
        {
            own = Some((symbol, name.span));
            rest = after;
        }
        let mut attributes = Attributes::default();
        if let [map, after @ ..] = rest
            && map.as_map().is_some()
        {
            attributes = Attributes::of(Some(map));
            attributes.check("fn", &["in", "out"], &mut self.out);
            rest = after;
        }
        let [params_form, body @ ..] = rest else {
            return self.wrong(bad_syntax(span, "`fn` takes its parameters in a vector: (fn [x] …)"), span);
        };
        let Some(items) = params_form.as_vector() else {
            if params_form.is_error() {
                return self.error(span);
            }
            let mut diagnostic =
                bad_syntax(params_form.span, "`fn` takes its parameters in a vector: (fn [x] …)");
            if let Some(names) = params_form.as_list()
                && names.iter().all(|name| name.as_symbol().is_some())
            {
                let names: Vec<String> = names.iter().map(Form::to_string).collect();
                let vector = format!("[{}]", names.join(" "));
                diagnostic = diagnostic.suggest(format!("write `{vector}`"), params_form.span, vector);
            }
            return self.wrong(diagnostic, span);
        };
        let declared = attributes.has("in") || attributes.has("out");
        let in_program_place = want.ty.is_some_and(|ty| self.types.is(ty, Con::Program));
        let contract = (declared || in_program_place).then(|| {
            let mut side = |key| match attributes.get(key) {
                Some(form) => {
                    let ty = self.read_type(form);
                    self.require("Wire", ty, form.span, "fn");
                    ty
                }
                None => self.types.scalar(Con::Edn),
            };
            (side("in"), side("out"))
        });
        let mut params = head::params(items, &mut self.out);
        if let Some(rest) = params.iter().find(|param| param.is_rest) {
            let diagnostic = Diagnostic::new(Code::UnsupportedForm, "a `fn` has no rest parameter")
                .at(rest.pattern.span)
                .help("define it with `defn`");
            self.report(diagnostic);
            params.retain(|param| !param.is_rest);
        }
        if contract.is_some() && !params.is_empty() {
            self.report(bad_syntax(params_form.span, "a program takes no parameters; it reads its input"));
        }
        let wanted = match want.ty.filter(|ty| self.types.is(*ty, Con::Fn)) {
            Some(ty) => self.types.args(ty),
            None => Vec::new(),
        };
        let fits = wanted.len() == params.len() + 1;
        let types: Vec<T> = params
            .iter()
            .enumerate()
            .map(|(n, param)| match param.ty {
                Some(form) => {
                    let ty = self.read_type(form);
                    let e = E { kind: K::Error, ty, span: form.span };
                    if fits { self.meet(e, Want::of(wanted[n], want.why)).ty } else { ty }
                }
                None if fits => wanted[n],
                None => self.types.fresh(),
            })
            .collect();
        let (body, written) = match body {
            [arrow, ty, body @ ..] if arrow.is_symbol("->") => (body, Some(ty)),
            _ => (body, None),
        };
        let (result, why) = match (written, contract) {
            (Some(form), _) => (self.read_type(form), Why::Written(form.span)),
            (None, Some(_)) => (self.types.scalar(Con::Nil), Why::Nothing),
            (None, None) if fits => {
                let why = match want.why {
                    Why::Arg { callee, span, .. } => Why::Given { callee, span },
                    why => why,
                };
                (wanted[params.len()], why)
            }
            (None, None) => (self.types.fresh(), Why::Nothing),
        };
        let patterns: Vec<&Form> = params.iter().map(|param| param.pattern).collect();
        let program = contract.map(|contract| ProgramFrame {
            contract,
            is_thread,
            captured: Vec::new(),
            is_literal: true,
        });
        let (lambda, function) = self.lambda_body(own, &patterns, types, result, why, program, body, span);
        let ty = match contract {
            Some((input, output)) => self.types.con(Con::Program, &[input, output]),
            None => function,
        };
        self.meet(E { kind: K::Lambda(Box::new(lambda)), ty, span }, want)
    }

    /// The inside of a function literal; also gives its function type.
    #[allow(clippy::too_many_arguments, reason = "the parts of one form, each used once")]
    fn lambda_body(
        &mut self,
        own: Option<(Symbol, Span)>,
        patterns: &[&Form],
        types: Vec<T>,
        result: T,
        why: Why,
        program: Option<ProgramFrame>,
        body: &[Form],
        span: Span,
    ) -> (L, T) {
        let mark = self.names.mark();
        let contract = program.as_ref().map(|program| program.contract);
        let function = self.types.function(&types, result);
        self.open_frame(types.clone(), result, program);
        let own = own.map(|(name, at)| self.bind(name, function, at));
        let (params, binds) = self.parameters(patterns, &types);
        let body = self.body(body, span, Want::of(result, why).tail());
        let body = self.wrap(binds, body);
        self.names.truncate(mark);
        let frame = self.frames.pop().expect("opened above");
        if let Some(program) = frame.program.filter(|program| program.is_literal) {
            for (local, span) in program.captured {
                self.captured.push(Capture { local, span, is_thread: program.is_thread });
            }
        }
        (L { own, params, body, captures: frame.captures, contract }, function)
    }

    pub fn loop_form(&mut self, span: Span, args: &[Form], want: Want) -> E {
        let Some((pairs, body)) =
            args.split_first().and_then(|(first, body)| Some((first.as_vector()?, body)))
        else {
            return self.wrong(
                bad_syntax(span, "`loop` takes a vector of names and first values: (loop [i 0] …)"),
                span,
            );
        };
        if pairs.iter().any(Form::is_error) {
            return self.error(span);
        }
        if pairs.len() % 2 == 1 {
            self.report(bad_syntax(pairs[pairs.len() - 1].span, "a value is missing for this name"));
        }
        let mark = self.names.mark();
        let mut params: Vec<(LocalId, E)> = Vec::new();
        let mut binds: Vec<(P, E)> = Vec::new();
        let mut later = Vec::new();
        for pair in pairs.chunks_exact(2) {
            let value = self.infer(&pair[1]);
            let (ids, _) = match pair[0].as_symbol() {
                Some(_) => self.parameters(&[&pair[0]], &[value.ty]),
                None => {
                    let id = self.local(Symbol::new("_"), value.ty, pair[0].span);
                    later.push((&pair[0], value.ty, id));
                    (vec![id], Vec::new())
                }
            };
            params.push((ids[0], value));
        }
        for (form, ty, id) in later {
            let value = E { kind: K::Local(id), ty, span: form.span };
            binds.push((self.pattern(form, ty), value));
        }
        let types: Vec<T> = params.iter().map(|(_, value)| value.ty).collect();
        self.frame().loops.push(types);
        let body = self.body(body, span, want.tail());
        let body = self.wrap(binds, body);
        self.frame().loops.pop();
        self.names.truncate(mark);
        let ty = body.ty;
        E { kind: K::Loop { params, body: Box::new(body) }, ty, span }
    }

    pub fn recur_form(&mut self, span: Span, args: &[Form], want: Want) -> E {
        let frame = self.frame();
        let targets = match frame.loops.last() {
            Some(types) => Some((types.clone(), "loop")),
            None if frame.is_function => Some((frame.params.clone(), "function")),
            None => None,
        };
        let Some((types, what)) = targets else {
            let title = "`recur` has no loop or function to repeat";
            return self.wrong(Diagnostic::new(Code::RecurOutsideLoop, title).at(span), span);
        };
        if !want.tail {
            for arg in args {
                self.infer(arg);
            }
            let diagnostic = Diagnostic::new(Code::RecurOutsideLoop, "`recur` is not the last step here")
                .label(
                    span,
                    format!("something is still to be done after it, so the {what} cannot start again"),
                );
            return self.wrong(diagnostic, span);
        }
        if types.len() != args.len() {
            for arg in args {
                self.infer(arg);
            }
            let title = {
                let plural = |n: usize, word: &str| format!("{n} {word}{}", if n == 1 { "" } else { "s" });
                let (names, values) = (plural(types.len(), "name"), plural(args.len(), "value"));
                format!("this {what} has {names}, and `recur` gives {values}")
            };
            return self.wrong(Diagnostic::new(Code::WrongArity, title).at(span), span);
        }
        let callee = Symbol::new("recur");
        let args: Vec<E> = args
            .iter()
            .zip(types)
            .enumerate()
            .map(|(n, (arg, ty))| {
                self.check(
                    arg,
                    Want::of(
                        ty,
                        Why::Arg { callee, index: n as u32, span: Span::NONE, first: None, alike: false },
                    ),
                )
            })
            .collect();
        let ty = self.types.open(Open::Never);
        self.meet(E { kind: K::Recur(args), ty, span }, want)
    }

    pub fn try_form(&mut self, span: Span, args: &[Form], want: Want) -> E {
        let [form] = args else {
            let mut diagnostic = bad_syntax(span, "`try` takes one expression");
            let catches = |form: &Form| {
                form.as_list().is_some_and(|items| items.first().is_some_and(|f| f.is_symbol("catch")))
            };
            if args.iter().any(catches) {
                diagnostic = diagnostic.help(
                    "(attempt (fn [] …)) gives a crash as a value: `match` it with (Ok v) and (Err crash)",
                );
            }
            return self.wrong(diagnostic, span);
        };
        let value = self.infer(form);
        if self.types.is_open(value.ty) {
            self.pending();
        }
        let frame = self.frame();
        let (result, is_function) = (frame.result, frame.is_function);
        let head = self.types.head(value.ty).or_else(|| self.types.head(result));
        let is_result = match head {
            _ if self.types.is_error(value.ty) => return self.error(span),
            Some(Con::Named(name)) if name == "wat.core/Result" => true,
            Some(Con::Named(name)) if name == "wat.core/Option" => false,
            Some(_) if !self.types.is_open(value.ty) => {
                let shown = self.types.show(value.ty);
                let title = format!("`try` takes a Result or an Option, not {}", super::call::a(&shown));
                let diagnostic = Diagnostic::new(Code::TypeMismatch, title)
                    .label(value.span, format!("this is {}", super::call::a(&shown)));
                return self.wrong(diagnostic, span);
            }
            _ => {
                let diagnostic = Diagnostic::new(
                    Code::AmbiguousType,
                    "whether this is a Result or an Option is not known",
                )
                .at(value.span);
                return self.wrong(diagnostic, span);
            }
        };
        let content = self.types.fresh();
        let ours = self.types.fresh();
        let (given, needed, kind) = if is_result {
            let error = self.types.fresh();
            let given = self.types.named("wat.core/Result", &[content, error]);
            (given, self.types.named("wat.core/Result", &[ours, error]), "Result")
        } else {
            let given = self.types.named("wat.core/Option", &[content]);
            (given, self.types.named("wat.core/Option", &[ours]), "Option")
        };
        let value = self.meet(value, Want::of(given, Why::Nothing));
        if !is_function || self.types.unify(result, needed).is_err() {
            let shown = self.types.show(result);
            let wanted = self.types.show(given);
            let mut diagnostic = Diagnostic::new(
                Code::TryOutside,
                format!(
                    "`try` returns a failure from the function around it, which must give {}",
                    super::call::a(kind)
                ),
            );
            diagnostic = if is_function {
                diagnostic
                    .label(span, format!("this function gives {}", super::call::a(&shown)))
                    .note(format!("what is tried is {}", super::call::a(&wanted)))
            } else {
                diagnostic.label(span, "there is no function around this")
            };
            if !self.types.is(result, Con::Named(Symbol::new("wat.core/Result"))) {
                diagnostic =
                    diagnostic.help("`match` looks at both cases; (unwrap … \"why\") crashes on a failure");
            }
            return self.wrong(diagnostic, span);
        }
        self.meet(E { kind: K::Try { value: Box::new(value), is_result }, ty: content, span }, want)
    }
}
