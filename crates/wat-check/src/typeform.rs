//! Types as they are written: form → [`Ty`]. Aliases are expanded, names made full, arities checked.

use crate::protocol::SELF;
use crate::scope::{Env, Lookup, TypeItem};
use crate::ty::Ty;
use crate::unify::{MOST_PARTS, wrong};
use std::sync::Arc;
use wat_source::{Code, Diagnostic, Span, Symbol};
use wat_syntax::{Form, FormKind};

/// Which type variables may stand in a type.
#[derive(Debug)]
pub enum Variables<'a> {
    /// A signature: each one met is introduced.
    Introduce(&'a mut Vec<Symbol>),
    /// The inside of a definition.
    Known(&'a [Symbol]),
}

#[derive(Debug)]
pub struct TypeReader<'a> {
    pub env: &'a Env<'a>,
    pub file: usize,
    pub variables: Variables<'a>,
    pub out: &'a mut Vec<Diagnostic>,
    /// Set when an alias was met whose right side has not been read yet.
    pub waits: bool,
}

/// One capital letter, then digits.
pub fn is_variable(name: &str) -> bool {
    let mut letters = name.chars();
    letters.next().is_some_and(|c| c.is_ascii_uppercase()) && letters.all(|c| c.is_ascii_digit())
}

/// The complaint about a type with more than [`MOST_PARTS`] parts.
pub fn too_large(span: Span) -> Diagnostic {
    Diagnostic::new(Code::BadType, "this type is too large")
        .label(span, format!("written out it has more than {MOST_PARTS} parts"))
        .help("give a part of it a name of its own with `defstruct`")
}

impl TypeReader<'_> {
    pub fn read(&mut self, form: &Form) -> Ty {
        match &form.kind {
            FormKind::Nil => Ty::Nil,
            FormKind::Error => wrong(),
            FormKind::Symbol(name) => self.name(*name, &[], form.span),
            FormKind::List(items) if self.is_bare_arrow(items) => {
                let title = "a function type begins with Fn";
                let mut diagnostic = Diagnostic::new(Code::BadType, title).at(form.span);
                if let [params @ .., arrow, result] = &items[..]
                    && arrow.is_symbol("->")
                {
                    let params: Vec<String> = params.iter().map(Form::to_string).collect();
                    let text = format!("(Fn [{}] -> {result})", params.join(" "));
                    diagnostic = diagnostic.suggest(format!("write `{text}`"), form.span, text);
                }
                self.out.push(diagnostic);
                wrong()
            }
            FormKind::List(items) => match items.first().and_then(Form::as_symbol) {
                Some(head) => self.name(head, items, form.span),
                None => self.bad(form.span, "a type in brackets begins with its name: (Vector i64)"),
            },
            _ => {
                let title = format!("{} is not a type", form.describe());
                let diagnostic = Diagnostic::new(Code::BadType, title).at(form.span);
                self.out.push(match &form.kind {
                    FormKind::Vector(items) if items.len() == 1 && !items[0].has_error() => {
                        let text = format!("(Vector {})", items[0]);
                        diagnostic.suggest(format!("write `{text}`"), form.span, text)
                    }
                    FormKind::Vector(items) if items.len() > 1 && !items.iter().any(Form::has_error) => {
                        let parts: String = items.iter().map(|item| format!(" {item}")).collect();
                        let text = format!("(Tuple{parts})");
                        diagnostic.suggest(format!("write `{text}`"), form.span, text)
                    }
                    FormKind::Keyword(name) => {
                        diagnostic.suggest(format!("write `{name}`"), form.span, name.as_str())
                    }
                    _ => diagnostic,
                });
                wrong()
            }
        }
    }

    /// `(A -> B)`: a function type of another language.
    fn is_bare_arrow(&self, items: &[Form]) -> bool {
        let begins = |name| self.env.marks.meaning(self.file, name).1.name() == "Fn";
        items.iter().skip(1).any(|item| item.is_symbol("->")) && !items[0].as_symbol().is_some_and(begins)
    }

    fn bad(&mut self, span: Span, title: &str) -> Ty {
        self.out.push(Diagnostic::new(Code::BadType, title).at(span));
        wrong()
    }

    /// `items` is the whole list; empty where the name stands alone.
    fn name(&mut self, name: Symbol, items: &[Form], span: Span) -> Ty {
        if name == SELF && items.is_empty() && self.knows_self() {
            return Ty::Var(name);
        }
        let found = self.env.ty(self.file, name);
        let span_name = items.first().map_or(span, |head| head.span);
        match found {
            Lookup::Found(TypeItem::Builtin(builtin)) => self.builtin(builtin, items, span),
            Lookup::Found(TypeItem::Type(full)) => {
                let count = self.env.type_def(full).map_or(0, |def| def.params.len());
                match self.args(name, items, count, span) {
                    Some(args) => Ty::Named(full, args.into()),
                    None => wrong(),
                }
            }
            Lookup::Found(TypeItem::Alias(full)) => {
                let alias = self.env.alias(full).expect("a name that was looked up");
                let (params, ty) = (alias.params.clone(), alias.ty.clone());
                let Some(args) = self.args(name, items, params.len(), span) else { return wrong() };
                match ty {
                    Some(ty) => ty.subst(&|v| match params.iter().position(|p| *p == v) {
                        Some(at) => args[at].clone(),
                        None => Ty::Var(v),
                    }),
                    None => {
                        self.waits = true;
                        wrong()
                    }
                }
            }
            _ if is_variable(name.as_str()) && items.is_empty() => self.variable(name, span),
            Lookup::Missing if is_variable(name.as_str()) => {
                self.bad(span, "a type variable takes no arguments")
            }
            other => {
                let lookup = match other {
                    Lookup::Unread => return wrong(),
                    Lookup::Private(name) => Lookup::Private(name),
                    Lookup::NoNamespace(q) => Lookup::NoNamespace(q),
                    Lookup::Found(_) | Lookup::Missing => Lookup::Missing,
                };
                if let Lookup::Found(protocol) = self.env.protocol(self.file, name) {
                    return self.protocol(protocol, span_name);
                }
                let known = std::iter::empty();
                self.out.push(self.env.unbound(self.file, name, span_name, true, lookup, known));
                for item in items.iter().skip(1).filter(|item| item.as_vector().is_none()) {
                    self.read(item);
                }
                wrong()
            }
        }
    }

    fn knows_self(&self) -> bool {
        match &self.variables {
            Variables::Introduce(known) => known.iter().any(|v| *v == SELF),
            Variables::Known(known) => known.iter().any(|v| *v == SELF),
        }
    }

    fn protocol(&mut self, name: Symbol, span: Span) -> Ty {
        let short = name.name();
        self.out.push(
            Diagnostic::new(Code::BadType, format!("`{short}` is a protocol, not a type"))
                .at(span)
                .help(format!("any type with it is a type variable: {{:where [({short} T)]}} [x <- T]")),
        );
        wrong()
    }

    fn variable(&mut self, name: Symbol, span: Span) -> Ty {
        match &mut self.variables {
            Variables::Introduce(known) => {
                if !known.contains(&name) {
                    known.push(name);
                }
                Ty::Var(name)
            }
            Variables::Known(known) if known.contains(&name) => Ty::Var(name),
            Variables::Known(_) => {
                self.out.push(
                    Diagnostic::new(Code::UnknownTypeVariable, format!("`{name}` is no type variable here"))
                        .label(span, "the signature does not mention it"),
                );
                wrong()
            }
        }
    }

    fn args(&mut self, name: Symbol, items: &[Form], count: usize, span: Span) -> Option<Vec<Ty>> {
        let given = items.len().saturating_sub(1);
        let args: Vec<Ty> = items.iter().skip(1).map(|item| self.read(item)).collect();
        if given == count && (count > 0 || items.is_empty()) {
            return Some(args);
        }
        let title = match count {
            0 => format!("`{name}` is a type without arguments"),
            1 => format!("`{name}` takes one type"),
            n => format!("`{name}` takes {n} types"),
        };
        self.bad(span, &title);
        if let (Some(told), true) = (self.out.last_mut(), given == 0 && count > 0) {
            let parts = if name == "Map" { " K V".to_string() } else { " T".repeat(count) };
            let note = format!("written ({name}{parts}), with a type for each letter");
            *told = told.clone().help(note);
        }
        None
    }

    fn builtin(&mut self, name: &'static str, items: &[Form], span: Span) -> Ty {
        let symbol = Symbol::new(name);
        let scalar = match name {
            "nil" => Ty::Nil,
            "bool" => Ty::Bool,
            "i64" => Ty::I64,
            "f64" => Ty::F64,
            "char" => Ty::Char,
            "keyword" => Ty::Keyword,
            "Symbol" => Ty::Symbol,
            "BigInt" => Ty::BigInt,
            "Decimal" => Ty::Decimal,
            "String" => Ty::Str,
            "Bytes" => Ty::Bytes,
            "Instant" => Ty::Instant,
            "Duration" => Ty::Duration,
            "Uuid" => Ty::Uuid,
            "Resource" => Ty::Resource,
            "Edn" => Ty::Edn,
            "Fn" => return self.function(items, span),
            "Tuple" => {
                if items.len() < 2 {
                    return self.bad(span, "`Tuple` takes at least one type");
                }
                return Ty::Tuple(items[1..].iter().map(|item| self.read(item)).collect());
            }
            _ => {
                let count = if matches!(name, "Map" | "Program" | "Peer") { 2 } else { 1 };
                let Some(args) = self.args(symbol, items, count, span) else { return wrong() };
                let mut args = args.into_iter().map(Arc::new);
                let mut next = || args.next().expect("as many as counted");
                return match name {
                    "Vector" => Ty::Vector(next()),
                    "Set" => Ty::Set(next()),
                    "Seq" => Ty::Seq(next()),
                    "Sender" => Ty::Sender(next()),
                    "Receiver" => Ty::Receiver(next()),
                    "Map" => {
                        let key = next();
                        Ty::Map(key, next())
                    }
                    "Program" => {
                        let input = next();
                        Ty::Program(input, next())
                    }
                    _ => {
                        let input = next();
                        Ty::Peer(input, next())
                    }
                };
            }
        };
        self.args(symbol, items, 0, span).map_or_else(wrong, |_| scalar)
    }

    /// `(Fn [A B] -> C)`
    fn function(&mut self, items: &[Form], span: Span) -> Ty {
        match items {
            [_, params, arrow, result] if arrow.is_symbol("->") && params.as_vector().is_some() => {
                let params = params.as_vector().unwrap_or(&[]).iter().map(|param| self.read(param)).collect();
                Ty::Fn(params, Arc::new(self.read(result)))
            }
            _ => self.bad(span, "a function type is written (Fn [A B] -> C)"),
        }
    }
}
