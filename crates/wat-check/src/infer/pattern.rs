//! Patterns: what they take apart and bind, and `match`. Whether a match covers everything is decided later.

use super::Infer;
use super::tree::{A, E, K, P, Pk, Want, Why};
use crate::head::bad_syntax;
use crate::hir::LocalId;
use crate::scope::{Item, starts_upper};
use crate::special::Special;
use crate::unify::{Con, Open, Shape, T};
use wat_source::{Code, Diagnostic, Span, Symbol};
use wat_syntax::{Form, FormKind};

/// The names a pattern binds. In all alternatives of `(or …)` but the first they are those of the first.
#[derive(Default)]
struct Names {
    bound: Vec<(Symbol, LocalId, Span)>,
    reuse: Option<Vec<(Symbol, LocalId)>>,
}

impl Infer<'_, '_> {
    /// A pattern for values of a type; the names it binds are in scope afterwards.
    pub fn pattern(&mut self, form: &Form, ty: T) -> P {
        let mut names = Names::default();
        let pattern = self.part(form, ty, &mut names);
        for (name, id, _) in names.bound {
            self.names.push(name, id);
        }
        pattern
    }

    fn bad(&mut self, span: Span, title: impl Into<String>) -> P {
        self.report(Diagnostic::new(Code::BadPattern, title).at(span));
        self.broken(span)
    }

    fn broken(&mut self, span: Span) -> P {
        P { kind: Pk::Error, ty: self.types.error(), span }
    }

    fn bind_name(&mut self, name: Symbol, ty: T, span: Span, names: &mut Names) -> Option<LocalId> {
        if names.bound.iter().any(|(other, ..)| *other == name) {
            self.report(
                Diagnostic::new(Code::BadPattern, format!("`{name}` is bound twice in one pattern")).at(span),
            );
            return None;
        }
        let id = match &names.reuse {
            None => self.local(name, ty, span),
            Some(first) => match first.iter().find(|(other, _)| *other == name) {
                Some((_, id)) => {
                    let id = *id;
                    let wanted = self.locals[id.0 as usize].ty;
                    let why = Why::Init(self.locals[id.0 as usize].span);
                    let e = E { kind: K::Error, ty, span };
                    self.meet(e, Want::of(wanted, why));
                    id
                }
                None => {
                    self.report(
                        Diagnostic::new(
                            Code::BadPattern,
                            format!("`{name}` is not bound by every alternative"),
                        )
                        .label(span, "the first alternative does not bind it"),
                    );
                    return None;
                }
            },
        };
        names.bound.push((name, id, span));
        Some(id)
    }

    /// The type of a pattern is that of the values it is given.
    fn fit(&mut self, found: T, ty: T, span: Span) -> bool {
        let before = self.out.len();
        // The pattern asks; what it is given is what was found.
        if let Err(clash) = self.types.unify(ty, found) {
            let e = E { kind: K::Error, ty, span };
            self.pattern_mismatch(&e, found, clash);
        }
        self.out.len() == before
    }

    fn part(&mut self, form: &Form, ty: T, names: &mut Names) -> P {
        let span = form.span;
        match &form.kind {
            FormKind::Error => self.broken(span),
            FormKind::Symbol(name) => self.name_pattern(*name, ty, span, names),
            FormKind::Vector(items) => {
                let item = self.types.fresh();
                let vector = self.types.con(Con::Vector, &[item]);
                self.fit(vector, ty, span);
                let (before, rest) = match items.iter().position(|form| form.is_symbol("&")) {
                    Some(at) => (&items[..at], Some(&items[at + 1..])),
                    None => (&items[..], None),
                };
                let parts: Vec<P> = before.iter().map(|form| self.part(form, item, names)).collect();
                let rest = match rest {
                    None => None,
                    Some([rest]) => Some(Box::new(self.part(rest, vector, names))),
                    Some(_) => return self.bad(span, "one name belongs after `&`, at the end"),
                };
                P { kind: Pk::Vector { items: parts, rest }, ty, span }
            }
            FormKind::Map(entries) => self.map_pattern(entries, ty, span, names),
            FormKind::List(items) => self.list_pattern(items, ty, span, names),
            FormKind::Set(_) | FormKind::Tagged(..) => {
                self.bad(span, format!("{} is no pattern", form.describe()))
            }
            _ => match self.scalar(form) {
                Some((lit, found)) => {
                    if self.fit(found, ty, span) {
                        if !matches!(lit, crate::hir::Lit::Nil | crate::hir::Lit::Bool(_)) {
                            self.require("Eq", ty, span, "match");
                        }
                        P { kind: Pk::Lit(lit), ty, span }
                    } else {
                        self.broken(span)
                    }
                }
                None => self.broken(span),
            },
        }
    }

    fn name_pattern(&mut self, name: Symbol, ty: T, span: Span, names: &mut Names) -> P {
        if name == "_" {
            return P { kind: Pk::Wild, ty, span };
        }
        if name.namespace().is_some() || starts_upper(name.as_str()) {
            return match self.resolve(name, span) {
                Some(Item::Variant { ty: of, index }) => {
                    self.variant_pattern(of, index, &[], ty, span, names)
                }
                Some(_) => self.bad(span, format!("`{name}` is no constructor")),
                None => self.broken(span),
            };
        }
        match self.bind_name(name, ty, span, names) {
            Some(id) => P { kind: Pk::Bind(id), ty, span },
            None => self.broken(span),
        }
    }

    fn list_pattern(&mut self, items: &[Form], ty: T, span: Span, names: &mut Names) -> P {
        let Some((head, args)) = items.split_first() else {
            return self.bad(span, "an empty list is no pattern");
        };
        let Some(name) = head.as_symbol() else {
            return self
                .bad(head.span, "a pattern in brackets begins with a constructor, `tuple`, `or` or `as`");
        };
        let short = name.as_str().strip_prefix("wat.core/").unwrap_or(name.as_str());
        match Special::by_name(short) {
            Some(Special::Tuple) => {
                let types: Vec<T> = args.iter().map(|_| self.types.fresh()).collect();
                let tuple = self.types.con(Con::Tuple, &types);
                self.fit(tuple, ty, span);
                let parts = args.iter().zip(types).map(|(form, ty)| self.part(form, ty, names)).collect();
                return P { kind: Pk::Tuple(parts), ty, span };
            }
            Some(Special::Or) if !args.is_empty() => return self.or_pattern(args, ty, span, names),
            Some(Special::Quote) => {
                if let [Form { kind: FormKind::Symbol(symbol), .. }] = args {
                    let found = self.types.scalar(Con::Symbol);
                    self.fit(found, ty, span);
                    return P { kind: Pk::Lit(crate::hir::Lit::Symbol(*symbol)), ty, span };
                }
            }
            _ if short == "as" => {
                return match args {
                    [inner, Form { kind: FormKind::Symbol(name), span: at }] => {
                        let inner = self.part(inner, ty, names);
                        match self.bind_name(*name, ty, *at, names) {
                            Some(id) => P { kind: Pk::As(Box::new(inner), id), ty, span },
                            None => self.broken(span),
                        }
                    }
                    _ => self.bad(span, "`as` takes a pattern and a name: (as (Some x) whole)"),
                };
            }
            _ => {}
        }
        match self.resolve(name, head.span) {
            Some(Item::Variant { ty: of, index }) => self.variant_pattern(of, index, args, ty, span, names),
            Some(_) => {
                let broken = self.bad(head.span, format!("`{name}` is no constructor"));
                let capital = match name.as_str() {
                    "some" => Some("Some"),
                    "ok" => Some("Ok"),
                    "err" => Some("Err"),
                    _ => None,
                };
                if let (Some(capital), Some(told)) = (capital, self.out.last_mut()) {
                    *told = told.clone().suggest(format!("write `{capital}`"), head.span, capital);
                }
                broken
            }
            None => {
                // Its names are bound all the same, so that the body has no mistakes of its own.
                for form in args {
                    let error = self.types.error();
                    self.part(form, error, names);
                }
                self.broken(span)
            }
        }
    }

    fn or_pattern(&mut self, args: &[Form], ty: T, span: Span, names: &mut Names) -> P {
        let mut parts = Vec::new();
        let mut first: Option<Vec<(Symbol, LocalId)>> = None;
        for form in args {
            let reuse = match (&first, &names.reuse) {
                (Some(first), _) => Some(first.clone()),
                (None, outer) => outer.clone(),
            };
            let mut inner = Names { bound: Vec::new(), reuse };
            let said = self.out.len();
            parts.push(self.part(form, ty, &mut inner));
            match &first {
                None => {
                    first = Some(inner.bound.iter().map(|(name, id, _)| (*name, *id)).collect());
                    names.bound.extend(inner.bound);
                }
                Some(wanted) => {
                    let missing =
                        wanted.iter().find(|(name, _)| !inner.bound.iter().any(|(n, ..)| n == name));
                    if let Some((name, _)) = missing
                        && self.out.len() == said
                        && !matches!(parts.last(), Some(P { kind: Pk::Error, .. }))
                    {
                        self.report(
                            Diagnostic::new(
                                Code::BadPattern,
                                format!("`{name}` is not bound by every alternative"),
                            )
                            .label(form.span, format!("this one does not bind `{name}`")),
                        );
                    }
                }
            }
        }
        P { kind: Pk::Or(parts), ty, span }
    }

    fn variant_pattern(
        &mut self,
        of: Symbol,
        index: u32,
        args: &[Form],
        ty: T,
        span: Span,
        names: &mut Names,
    ) -> P {
        let env = self.env;
        let def = env.type_def(of).expect("a name that was looked up");
        let variant = &def.variants[index as usize];
        let targs: Vec<T> = def.params.iter().map(|_| self.types.fresh()).collect();
        let found = self.types.con(Con::Named(of), &targs);
        let fits = self.fit(found, ty, span);
        let types: Vec<T> =
            variant.fields.iter().map(|(_, ty)| self.field_type(ty, &def.params, &targs)).collect();
        if variant.fields.iter().any(|(name, _)| *name == crate::declare::UNKNOWN) {
            for form in args {
                let error = self.types.error();
                self.part(form, error, names);
            }
            return self.broken(span);
        }
        let n = types.len();
        let keyed =
            n > 0 && args.len() == 2 * n && args.iter().step_by(2).all(|key| key.as_keyword().is_some());
        let mut fields: Vec<Option<P>> = types.iter().map(|_| None).collect();
        if keyed {
            for pair in args.chunks_exact(2) {
                let key = pair[0].as_keyword().expect("tested above");
                match variant.fields.iter().position(|(name, _)| *name == key) {
                    Some(at) => fields[at] = Some(self.part(&pair[1], types[at], names)),
                    None => self.unknown_field(of, key, pair[0].span),
                }
            }
        } else {
            for (at, form) in args.iter().enumerate() {
                let ty = match types.get(at) {
                    Some(ty) => *ty,
                    None => self.types.error(),
                };
                let part = self.part(form, ty, names);
                if at < n {
                    fields[at] = Some(part);
                }
            }
            if args.len() != n {
                let listed: Vec<&str> = variant.fields.iter().map(|(name, _)| name.as_str()).collect();
                let count = if n == 1 { "one field".to_string() } else { format!("{n} fields") };
                let mut diagnostic = Diagnostic::new(
                    Code::BadPattern,
                    format!("`{}` has {count}, and the pattern has {}", variant.name, args.len()),
                )
                .at(span);
                if n > 0 {
                    diagnostic = diagnostic.note(format!("its fields are {}", listed.join(", ")));
                }
                self.report(diagnostic);
                return self.broken(span);
            }
        }
        if !fits {
            return self.broken(span);
        }
        let fields = fields
            .into_iter()
            .zip(types)
            .map(|(field, ty)| field.unwrap_or(P { kind: Pk::Wild, ty, span }))
            .collect();
        P { kind: Pk::Variant { variant: index, fields }, ty, span }
    }

    /// `{:x x}` and `{:keys [x y]}` on structs.
    fn map_pattern(&mut self, entries: &[(Form, Form)], ty: T, span: Span, names: &mut Names) -> P {
        if self.types.is_open(ty) {
            self.pending();
        }
        let env = self.env;
        let def = match self.types.head(ty) {
            Some(Con::Named(name)) => env.type_def(name).filter(|def| def.is_struct),
            _ => None,
        };
        let mut wanted: Vec<(Symbol, Form, Span)> = Vec::new();
        for (key, value) in entries {
            match (key.as_keyword(), value.as_vector()) {
                (Some(name), Some(items)) if name == "keys" => {
                    for item in items {
                        match item.as_symbol() {
                            Some(field) => wanted.push((field, item.clone(), item.span)),
                            None => {
                                self.bad(item.span, "`:keys` takes names of fields");
                            }
                        }
                    }
                }
                (Some(name), _) => wanted.push((name, value.clone(), key.span)),
                _ => {
                    self.bad(key.span, "a pattern in braces names fields by keywords");
                }
            }
        }
        let Some(def) = def else {
            if matches!(self.types.shape(ty), Shape::Open(Open::Any | Open::Never)) {
                let fields = wanted
                    .iter()
                    .map(|(name, form, at)| {
                        let (field, ty) = self.pending_field(ty, *name, *at);
                        (field, self.part(form, ty, names))
                    })
                    .collect();
                return P { kind: Pk::Fields(fields), ty, span };
            }
            let silent = self.types.is_error(ty);
            let error = self.types.error();
            for (_, form, _) in &wanted {
                self.part(form, error, names);
            }
            if silent {
                return self.broken(span);
            }
            let shown = self.types.show(ty);
            return self.bad(
                span,
                format!("a pattern in braces takes apart a struct, not {}", super::call::a(&shown)),
            );
        };
        let targs = self.types.args(ty);
        let types: Vec<T> =
            def.variants[0].fields.iter().map(|(_, ty)| self.field_type(ty, &def.params, &targs)).collect();
        let mut fields: Vec<Option<P>> = types.iter().map(|_| None).collect();
        for (name, form, at) in &wanted {
            match def.variants[0].fields.iter().position(|(field, _)| field == name) {
                Some(index) => fields[index] = Some(self.part(form, types[index], names)),
                None => {
                    self.unknown_field(def.name, *name, *at);
                    let error = self.types.error();
                    self.part(form, error, names);
                }
            }
        }
        let fields = fields
            .into_iter()
            .zip(types)
            .map(|(field, ty)| field.unwrap_or(P { kind: Pk::Wild, ty, span }))
            .collect();
        P { kind: Pk::Variant { variant: 0, fields }, ty, span }
    }

    // ---- match

    /// The pattern of an arm; one with fields but without brackets of its own is told as that.
    fn arm_pattern(&mut self, pattern: &Form, body: &[Form], ty: T) -> P {
        if let Some(name) = pattern.as_symbol().filter(|name| starts_upper(name.name()))
            && !body.is_empty()
            && let crate::scope::Lookup::Found(Item::Variant { ty: of, index }) =
                self.env.value(self.file, name)
        {
            let env = self.env;
            let fields = env.type_def(of).map_or(&[][..], |def| &def.variants[index as usize].fields);
            if !fields.is_empty() {
                let listed: String = fields.iter().map(|(field, _)| format!(" {field}")).collect();
                return self.bad(
                    pattern.span,
                    format!("a pattern with fields stands in brackets: (({name}{listed}) …)"),
                );
            }
        }
        self.pattern(pattern, ty)
    }

    pub fn match_form(&mut self, span: Span, args: &[Form], want: Want) -> E {
        let Some((scrutinee, rest)) = args.split_first() else {
            return self.wrong(bad_syntax(span, "`match` takes a value and arms"), span);
        };
        let (rest, want) = self.result_type(rest, want);
        let scrutinee = self.infer(scrutinee);
        let mut want = self.branches(want);
        let ty = self.wanted(want);
        let mut arms = Vec::new();
        let is_arm = |form: &&Form| form.is_error() || form.as_list().is_some_and(|items| !items.is_empty());
        if let Some(form) = rest.iter().find(|form| !is_arm(form)) {
            // Patterns and values side by side: none of it can be told apart.
            let next = rest.iter().skip_while(|other| other.span != form.span).nth(1);
            let before = rest.iter().take_while(|other| other.span != form.span).last();
            let pattern = before.filter(|form| form.head().is_some_and(|head| starts_upper(head.name())));
            let help = match (form.as_vector(), next) {
                _ if pattern.is_some() => {
                    let pattern = pattern.map(Form::to_string).unwrap_or_default();
                    format!("pattern and value stand in parentheses of their own: ({pattern} {form})")
                }
                (Some([pattern, body]), _) => format!("an arm stands in parentheses: ({pattern} {body})"),
                (None, Some(body)) if body.as_list().is_none() => {
                    format!("an arm stands in parentheses: ({form} {body})")
                }
                _ => "an arm is a pattern and what it gives: ((Some x) x)".to_string(),
            };
            return self.wrong(bad_syntax(form.span, "an arm of `match` is a list").help(help), span);
        }
        for form in rest {
            let Some((pattern, body)) = form.as_list().and_then(|items| items.split_first()) else {
                continue;
            };
            let (mark, said) = (self.names.mark(), self.out.len());
            let pattern = self.arm_pattern(pattern, body, scrutinee.ty);
            if self.out[said..].iter().any(Diagnostic::is_error) {
                // What the body says follows from names that are not what they should be.
                self.names.truncate(mark);
                let body = self.error(form.span);
                arms.push(A { pattern, guard: None, body, span: form.span });
                continue;
            }
            let (guard, body) = match body {
                [when, test, body @ ..] if when.is_keyword("when") => {
                    let boolean = self.types.scalar(Con::Bool);
                    (Some(self.check(test, Want::of(boolean, Why::Test))), body)
                }
                _ => (None, body),
            };
            let body = if body.is_empty() {
                self.wrong(bad_syntax(form.span, "this arm of `match` gives nothing"), form.span)
            } else {
                self.body(body, form.span, want)
            };
            self.names.truncate(mark);
            if matches!(want.why, Why::Nothing) {
                want.why = Why::Branch(body.span);
            }
            arms.push(A { pattern, guard, body, span: form.span });
        }
        E { kind: K::Match { scrutinee: Box::new(scrutinee), arms }, ty, span }
    }
}
