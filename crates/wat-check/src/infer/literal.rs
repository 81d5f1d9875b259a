//! Literals: scalars, vectors, maps, sets; maps that build structs; literals where Edn is wanted.

use super::Infer;
use super::tree::{E, K, Want, Why};
use crate::hir::Lit;
use crate::unify::{Con, Open, T};
use std::sync::Arc;
use wat_source::{Code, Diagnostic, Span, Symbol, suggest};
use wat_syntax::{Form, FormKind};

impl Infer<'_, '_> {
    pub fn literal(&mut self, form: &Form, want: Want) -> E {
        let edn = want.ty.is_some_and(|ty| self.types.is(ty, Con::Edn));
        if edn {
            return self.edn_literal(form);
        }
        match &form.kind {
            FormKind::Vector(items) => self.vector(items, form.span, want),
            FormKind::Set(items) => self.set(items, form.span, want),
            FormKind::Map(entries) => self.map(entries, form.span, want),
            FormKind::Keyword(name) if want.ty.is_some_and(|ty| self.types.is(ty, Con::Fn)) => {
                self.field_function(*name, form.span, want)
            }
            FormKind::Tagged(tag, _) => self.wrong(
                Diagnostic::new(
                    Code::UnsupportedForm,
                    format!("a program has no literals with the tag `#{tag}`"),
                )
                .at(form.span)
                .note("a struct is built by its name: (Point :x 1)"),
                form.span,
            ),
            _ => match self.scalar(form) {
                Some((lit, ty)) => {
                    let e = E { kind: K::Lit(lit), ty, span: form.span };
                    self.meet(e, want)
                }
                None => self.error(form.span),
            },
        }
    }

    /// A literal that is no collection, with its type.
    pub fn scalar(&mut self, form: &Form) -> Option<(Lit, T)> {
        let (lit, con) = match &form.kind {
            FormKind::Nil => (Lit::Nil, Con::Nil),
            FormKind::Bool(value) => (Lit::Bool(*value), Con::Bool),
            FormKind::Int(value) => return Some((Lit::Int(*value), self.types.open(Open::Int))),
            FormKind::Float(value) => return Some((Lit::Float(*value), self.types.open(Open::Float))),
            FormKind::BigInt(value) => (Lit::BigInt(Arc::from(value.to_string())), Con::BigInt),
            FormKind::Decimal(_) => {
                let text = wat_syntax::print(form);
                (Lit::Decimal(Arc::from(text.trim_end_matches('M'))), Con::Decimal)
            }
            FormKind::Str(text) => (Lit::Str(Arc::from(text.as_str())), Con::Str),
            FormKind::Char(value) => (Lit::Char(*value), Con::Char),
            FormKind::Keyword(name) => (Lit::Keyword(*name), Con::Keyword),
            FormKind::Uuid(value) => (Lit::Uuid(*value), Con::Uuid),
            FormKind::Inst(text) => match instant(text) {
                Some(nanos) => (Lit::Instant(nanos), Con::Instant),
                None => {
                    self.report(
                        Diagnostic::new(Code::BadLiteral, "an instant lies between the years 1678 and 2262")
                            .at(form.span),
                    );
                    return None;
                }
            },
            _ => return None,
        };
        Some((lit, self.types.scalar(con)))
    }

    /// All elements have one type.
    fn elements(&mut self, forms: &[&Form], ty: T) -> Vec<E> {
        let mut why = Why::Nothing;
        let mut items = Vec::new();
        for form in forms {
            let item = self.check(form, Want::of(ty, why));
            if matches!(why, Why::Nothing) {
                why = Why::Element(item.span);
            }
            items.push(item);
        }
        items
    }

    /// The arguments of the wanted type, where its constructor is this one; else new ones.
    fn wanted_args(&mut self, want: Want, con: Con, count: usize) -> Vec<T> {
        match want.ty.filter(|ty| self.types.is(*ty, con)) {
            Some(ty) => self.types.args(ty),
            None => (0..count).map(|_| self.types.fresh()).collect(),
        }
    }

    fn vector(&mut self, items: &[Form], span: Span, want: Want) -> E {
        if want.ty.is_some_and(|ty| self.types.is(ty, Con::Tuple)) {
            let written: String = items.iter().map(|item| format!(" {item}")).collect();
            let shown = want.ty.map(|ty| self.types.show(ty)).unwrap_or_default();
            let title = format!("a vector stands where {} is wanted", super::call::a(&shown));
            let tuple = format!("(tuple{written})");
            let diagnostic = Diagnostic::new(Code::TypeMismatch, title).at(span);
            return self.wrong(diagnostic.suggest(format!("write `{tuple}`"), span, tuple), span);
        }
        let args = self.wanted_args(want, Con::Vector, 1);
        let items = self.elements(&items.iter().collect::<Vec<_>>(), args[0]);
        let ty = self.types.con(Con::Vector, &args);
        self.meet(E { kind: K::Vector(items), ty, span }, want)
    }

    fn set(&mut self, items: &[Form], span: Span, want: Want) -> E {
        let args = self.wanted_args(want, Con::Set, 1);
        let items = self.elements(&items.iter().collect::<Vec<_>>(), args[0]);
        let ty = self.types.con(Con::Set, &args);
        if !items.is_empty() {
            self.require("Hash", args[0], span, "#{…}");
        }
        self.meet(E { kind: K::Set(items), ty, span }, want)
    }

    fn map(&mut self, entries: &[(Form, Form)], span: Span, want: Want) -> E {
        if let Some(ty) = want.ty
            && let Some(Con::Named(name)) = self.types.head(ty)
            && self.env.type_def(name).is_some_and(|def| def.is_struct)
            && entries.iter().all(|(key, _)| key.as_keyword().is_some())
        {
            return self.struct_of_map(name, ty, entries, span);
        }
        let args = self.wanted_args(want, Con::Map, 2);
        let (mut keys, mut values) = (Why::Nothing, Why::Nothing);
        let mut items = Vec::new();
        for (key, value) in entries {
            let said = self.out.len();
            let form = key;
            let key = self.check(key, Want::of(args[0], keys));
            if form.as_symbol().is_some() && self.is_bare_key(&key, said) {
                // The other keys are the same mistake.
                return self.error(span);
            }
            let value = self.check(value, Want::of(args[1], values));
            if items.is_empty() {
                (keys, values) = (Why::Element(key.span), Why::Element(value.span));
            }
            items.push((key, value));
        }
        let ty = self.types.con(Con::Map, &args);
        if !items.is_empty() {
            self.require("Hash", args[0], span, "{…}");
        }
        self.meet(E { kind: K::Map(items), ty, span }, want)
    }

    /// A key that was to be a keyword is no name, or that of a function: then it is told.
    fn is_bare_key(&mut self, key: &E, said: usize) -> bool {
        let help = |name: &str| format!("a keyword begins with a colon: :{name}");
        if let Some(told) = self.out[said..].iter_mut().find(|told| told.code == Code::UnboundName) {
            let name = told.title.trim_start_matches("unknown name ").trim_matches('`').to_string();
            told.help.clear();
            *told = told.clone().help(help(&name));
            return true;
        }
        let K::Def(super::tree::Callee::Known { name, .. }) = &key.kind else { return false };
        if !self.types.is(key.ty, Con::Fn) {
            return false;
        }
        let diagnostic = Diagnostic::new(Code::MissingBound, "a function is no key of a map")
            .label(key.span, format!("`{}` is a function", name.name()))
            .help(help(name.name()));
        self.report(diagnostic);
        true
    }

    /// `{:timeout (seconds 5)}` where a struct is wanted; Option fields may be absent or given bare.
    fn struct_of_map(&mut self, name: Symbol, ty: T, entries: &[(Form, Form)], span: Span) -> E {
        let env = self.env;
        let def = env.type_def(name).expect("a named type is defined");
        let fields = &def.variants[0].fields;
        let targs = self.types.args(ty);
        let types: Vec<T> =
            fields.iter().map(|(_, field)| self.field_type(field, &def.params, &targs)).collect();
        let mut slots: Vec<Option<E>> = fields.iter().map(|_| None).collect();
        // Evaluated in the order written: each value is bound first where that is not the order of the fields.
        let mut order = Vec::new();
        for (key, value) in entries {
            let key_name = key.as_keyword().expect("the caller saw keywords only");
            let Some(at) = fields.iter().position(|(field, _)| *field == key_name) else {
                self.unknown_field(def.name, key_name, key.span);
                self.infer(value);
                continue;
            };
            let e = self.field_value(value, types[at], key_name, def.span);
            order.push(at);
            slots[at] = Some(e);
        }
        let mut missing = Vec::new();
        for (at, slot) in slots.iter_mut().enumerate() {
            if slot.is_some() {
                continue;
            }
            if self.is_option(types[at]) {
                *slot = Some(E { kind: K::Construct { variant: 0, args: Vec::new() }, ty: types[at], span });
            } else {
                missing.push(format!("`{}`", fields[at].0));
                *slot = Some(self.error(span));
            }
        }
        if !missing.is_empty() {
            self.report(
                Diagnostic::new(
                    Code::MissingField,
                    format!(
                        "the {} of `{}` {} missing",
                        missing.join(" and "),
                        name.name(),
                        if missing.len() == 1 { "is" } else { "are" }
                    ),
                )
                .label(span, format!("a `{}` is wanted here", name.name())),
            );
        }
        let args: Vec<E> = slots.into_iter().flatten().collect();
        self.in_order(0, args, order, ty, span)
    }

    /// A construction whose arguments were written in another order than that of the fields.
    pub fn in_order(&mut self, variant: u32, mut args: Vec<E>, order: Vec<usize>, ty: T, span: Span) -> E {
        if order.is_sorted() {
            return E { kind: K::Construct { variant, args }, ty, span };
        }
        let mut binds = Vec::new();
        for at in order {
            let (arg_ty, arg_span) = (args[at].ty, args[at].span);
            let id = self.local(Symbol::new("_"), arg_ty, arg_span);
            let local = E { kind: K::Local(id), ty: arg_ty, span: arg_span };
            let value = std::mem::replace(&mut args[at], local);
            let kind = super::tree::Pk::Bind(id);
            binds.push((super::tree::P { kind, ty: arg_ty, span: arg_span }, value));
        }
        let body = E { kind: K::Construct { variant, args }, ty, span };
        E { kind: K::Let { binds, body: Box::new(body) }, ty, span }
    }

    pub fn unknown_field(&mut self, ty: Symbol, field: Symbol, span: Span) {
        let env = self.env;
        let def = env.type_def(ty).expect("a named type is defined");
        if def.variants.iter().flat_map(|v| &v.fields).any(|(name, _)| *name == crate::declare::UNKNOWN) {
            return;
        }
        let names: Vec<&str> =
            def.variants.iter().flat_map(|v| &v.fields).map(|(name, _)| name.as_str()).collect();
        let mut diagnostic =
            Diagnostic::new(Code::UnknownField, format!("`{}` has no field `{field}`", ty.name()))
                .label(span, format!("its fields are {}", names.join(", ")));
        if let Some(near) = suggest(field.as_str(), names.iter().copied()) {
            diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
        }
        self.report(diagnostic);
    }

    pub fn is_option(&self, ty: T) -> bool {
        matches!(self.types.head(ty), Some(Con::Named(name)) if name == "wat.core/Option")
    }

    /// The value of a field in a map literal: an Option field may be given its content.
    fn field_value(&mut self, form: &Form, ty: T, field: Symbol, def: Span) -> E {
        let why = Why::Field(field, def);
        if !self.is_option(ty) {
            return self.check(form, Want::of(ty, why));
        }
        let inner = self.types.args(ty)[0];
        let is_literal = !matches!(form.kind, FormKind::Symbol(_) | FormKind::List(_));
        let e = if is_literal || self.is_fn(form) {
            self.check(form, Want::of(inner, why))
        } else {
            let e = self.infer(form);
            self.pending();
            if self.is_option(e.ty) {
                return self.meet(e, Want::of(ty, why));
            }
            self.meet(e, Want::of(inner, why))
        };
        let span = e.span;
        E { kind: K::Construct { variant: 1, args: vec![e] }, ty, span }
    }

    // ---- Edn

    /// A literal where Edn is wanted: element by element.
    fn edn_literal(&mut self, form: &Form) -> E {
        let edn = self.types.scalar(Con::Edn);
        let (kind, con) = match &form.kind {
            FormKind::Vector(items) => {
                (K::Vector(items.iter().map(|item| self.edn_element(item)).collect()), Con::Vector)
            }
            FormKind::Set(items) => {
                (K::Set(items.iter().map(|item| self.edn_element(item)).collect()), Con::Set)
            }
            FormKind::Map(entries) => {
                let entries =
                    entries.iter().map(|(k, v)| (self.edn_element(k), self.edn_element(v))).collect();
                (K::Map(entries), Con::Map)
            }
            _ => {
                let e = self.literal(form, Want::any());
                return self.edn_of(e);
            }
        };
        let args = if con == Con::Map { vec![edn, edn] } else { vec![edn] };
        let ty = self.types.con(con, &args);
        let e = E { kind, ty, span: form.span };
        self.edn_of(e)
    }

    fn edn_element(&mut self, form: &Form) -> E {
        match &form.kind {
            FormKind::Symbol(_) | FormKind::List(_) => {
                let e = self.infer(form);
                self.edn_of(e)
            }
            FormKind::Error => self.error(form.span),
            _ => self.edn_literal(form),
        }
    }

    /// `(edn e)`
    pub fn edn_of(&mut self, e: E) -> E {
        let (ty, span) = (self.types.scalar(Con::Edn), e.span);
        self.require("Wire", e.ty, span, "edn");
        E { kind: K::ToEdn(Box::new(e)), ty, span }
    }

    /// A literal that was made by hand: converted where Edn is wanted.
    pub fn edn_where_wanted(&mut self, e: E, want: Want) -> E {
        if want.ty.is_some_and(|ty| self.types.is(ty, Con::Edn)) {
            self.edn_of(e)
        } else {
            self.meet(e, want)
        }
    }
}

/// Nanoseconds since the epoch of `2024-01-31` or `2024-01-31T10:20:30.5+02:00`, as the reader let it through.
fn instant(text: &str) -> Option<i64> {
    let number = |from: usize, to: usize| text.get(from..to).and_then(|digits| digits.parse::<i64>().ok());
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let days = days_from_civil(year, month, day);
    let mut seconds = days.checked_mul(86_400)?;
    let mut nanos = 0i64;
    if text.len() > 10 {
        let rest = &text[10..];
        let zone_at = rest.rfind(['Z', 'z', '+', '-']).unwrap_or(rest.len());
        let (clock, zone) = rest.split_at(zone_at);
        let clock = clock.trim_start_matches(['T', 't', ' ']);
        let (whole, fraction) = clock.split_once('.').unwrap_or((clock, ""));
        let mut factor = 3_600;
        for part in whole.split(':') {
            seconds += part.parse::<i64>().ok()? * factor;
            factor /= 60;
        }
        let digits: String = fraction.chars().chain("000000000".chars()).take(9).collect();
        nanos = digits.parse().ok()?;
        if let Some(sign) = zone.chars().next().filter(|c| matches!(c, '+' | '-')) {
            let digits: String = zone[1..].chars().filter(char::is_ascii_digit).collect();
            let hours: i64 = digits.get(..2)?.parse().ok()?;
            let minutes: i64 = digits.get(2..4).map_or(Some(0), |m| m.parse().ok())?;
            let offset = hours * 3_600 + minutes * 60;
            seconds -= if sign == '-' { -offset } else { offset };
        }
    }
    i64::try_from(i128::from(seconds) * 1_000_000_000 + i128::from(nanos)).ok()
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar (Hinnant, "chrono-compatible date algorithms").
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::instant;

    #[test]
    fn instants_are_nanoseconds() {
        assert_eq!(instant("1970-01-01"), Some(0));
        assert_eq!(instant("1970-01-02T00:00:00Z"), Some(86_400_000_000_000));
        assert_eq!(instant("1970-01-01T01:00:00.5+01:00"), Some(500_000_000));
        assert_eq!(instant("2024-02-29T12:00:00Z"), Some(1_709_208_000_000_000_000));
        assert_eq!(instant("9999-01-01"), None);
    }
}
