//! Which types implement which protocols. Of the language's own, structs and enums have what their parts have, and
//! `Ord` only where they derive it; of recursive types the greatest solution is taken. All others are implemented
//! where an `extend` says so and its bounds hold.

use crate::protocol::is_defined;
use crate::scope::Env;
use crate::ty::Ty;
use crate::wire::{self, MOST_TYPES, field_at};
use wat_source::Symbol;

/// What is missing: the innermost part without the protocol.
#[derive(Debug)]
pub struct Lack {
    pub part: Ty,
    /// The one asked for, or one that an implementation of it asks for.
    pub protocol: Symbol,
    /// Would `{:derive …}` help?
    pub derivable: bool,
    /// The implementation that asks for another protocol of this part: its own, and for which types it is.
    pub by: Option<(Symbol, Ty)>,
}

impl Lack {
    fn of(part: &Ty, protocol: Symbol) -> Lack {
        Lack { part: part.clone(), protocol, derivable: false, by: None }
    }
}

/// Does the type implement the protocol, given the bounds of the signature?
pub fn implements(ty: &Ty, protocol: Symbol, env: &Env<'_>, given: &[(Symbol, Symbol)]) -> Result<(), Lack> {
    let question = Question { protocol: protocol.as_str(), env, given };
    if is_defined(protocol) { question.implemented(ty, protocol) } else { question.ask(ty, &mut Vec::new()) }
}

struct Question<'a> {
    protocol: &'a str,
    env: &'a Env<'a>,
    given: &'a [(Symbol, Symbol)],
}

/// Having the first means having the second.
fn implies(has: &str, wanted: &str) -> bool {
    has == wanted
        || match has {
            "Num" => matches!(wanted, "Eq" | "Ord" | "Hash" | "Show" | "Wire"),
            "Wire" => matches!(wanted, "Eq" | "Hash" | "Show"),
            "Ord" | "Hash" => wanted == "Eq",
            _ => false,
        }
}

impl Question<'_> {
    /// By an `extend`. It ends, for bounds are about parts of the type.
    fn implemented(&self, ty: &Ty, protocol: Symbol) -> Result<(), Lack> {
        if let Ty::Var(name) = ty {
            let known = *name == "?" || self.given.iter().any(|(p, v)| *p == protocol && v == name);
            return if known { Ok(()) } else { Err(Lack::of(ty, protocol)) };
        }
        let Some((implementation, targs)) = self.env.implementation(protocol, ty) else {
            return Err(Lack::of(ty, protocol));
        };
        for (wanted, variable) in &implementation.bounds {
            if let Some(at) = implementation.generics.iter().position(|v| v == variable) {
                implements(&targs[at], *wanted, self.env, self.given).map_err(|lack| match lack.by {
                    None if *wanted != protocol => {
                        Lack { by: Some((protocol, implementation.ty.clone())), ..lack }
                    }
                    _ => lack,
                })?;
            }
        }
        Ok(())
    }

    fn ask(&self, ty: &Ty, seen: &mut Vec<Ty>) -> Result<(), Lack> {
        let no = |derivable| Err(Lack { derivable, ..Lack::of(ty, Symbol::new(self.protocol)) });
        if let Ty::Var(name) = ty {
            let known = *name == "?"
                || self.given.iter().any(|(p, v)| v == name && implies(p.as_str(), self.protocol));
            return if known { Ok(()) } else { no(false) };
        }
        match self.protocol {
            "Num" => match ty {
                Ty::I64 | Ty::F64 | Ty::BigInt | Ty::Decimal => Ok(()),
                _ => no(false),
            },
            "Ord" => match ty {
                Ty::I64
                | Ty::F64
                | Ty::BigInt
                | Ty::Decimal
                | Ty::Duration
                | Ty::Char
                | Ty::Str
                | Ty::Keyword => Ok(()),
                Ty::Bool | Ty::Instant => Ok(()),
                Ty::Vector(t) => self.ask(t, seen),
                Ty::Tuple(ts) => ts.iter().try_for_each(|t| self.ask(t, seen)),
                Ty::Named(name, args) => {
                    let derives = self.env.type_def(*name).is_some_and(|def| def.derives_ord);
                    if derives { self.fields(ty, *name, args, seen) } else { no(true) }
                }
                _ => no(false),
            },
            "Wire" => match wire::wire(ty, self.env) {
                Ok(()) => Ok(()),
                // A variable inside: does the signature say that it is data?
                Err(Ty::Var(_)) => self.parts(ty, seen),
                Err(part) => Err(Lack::of(&part, Symbol::new("Wire"))),
            },
            _ => match ty {
                Ty::Fn(..) | Ty::Seq(_) | Ty::Program(..) => no(false),
                Ty::Peer(..) | Ty::Sender(_) | Ty::Receiver(_) | Ty::Resource => no(false),
                _ => self.parts(ty, seen),
            },
        }
    }

    fn parts(&self, ty: &Ty, seen: &mut Vec<Ty>) -> Result<(), Lack> {
        match ty {
            Ty::Vector(t) | Ty::Set(t) => self.ask(t, seen),
            Ty::Map(k, v) => {
                self.ask(k, seen)?;
                self.ask(v, seen)
            }
            Ty::Tuple(ts) => ts.iter().try_for_each(|t| self.ask(t, seen)),
            Ty::Named(name, args) => self.fields(ty, *name, args, seen),
            _ => Ok(()),
        }
    }

    fn fields(&self, ty: &Ty, name: Symbol, args: &[Ty], seen: &mut Vec<Ty>) -> Result<(), Lack> {
        if seen.contains(ty) || seen.len() > MOST_TYPES {
            return Ok(());
        }
        seen.push(ty.clone());
        let Some(def) = self.env.type_def(name) else { return Ok(()) };
        let fields = def.variants.iter().flat_map(|variant| &variant.fields);
        for (_, field) in fields {
            self.ask(&field_at(field, def, args), seen)?;
        }
        Ok(())
    }
}
