//! Types as every phase after inference sees them: no inference variables.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;
use wat_source::Symbol;

/// A type. Aliases are expanded; structs and enums stand by full name (`user/Point`, `wat.core/Option`).
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Ty {
    Nil,
    Bool,
    I64,
    F64,
    Char,
    Keyword,
    Symbol,
    BigInt,
    Decimal,
    Str,
    Bytes,
    Instant,
    Duration,
    Uuid,
    /// What the library holds of the machine or of a crate.
    Resource,
    /// Any EDN value.
    Edn,
    Vector(Arc<Ty>),
    Map(Arc<Ty>, Arc<Ty>),
    Set(Arc<Ty>),
    Seq(Arc<Ty>),
    Tuple(Arc<[Ty]>),
    Fn(Arc<[Ty]>, Arc<Ty>),
    Program(Arc<Ty>, Arc<Ty>),
    Peer(Arc<Ty>, Arc<Ty>),
    Sender(Arc<Ty>),
    Receiver(Arc<Ty>),
    /// A struct or enum and its arguments. Option and Result are enums of wat.core.
    Named(Symbol, Arc<[Ty]>),
    /// A type variable of the definition's signature.
    Var(Symbol),
}

impl Ty {
    pub fn named(name: &str, args: &[Ty]) -> Ty {
        Ty::Named(Symbol::new(name), args.into())
    }
    pub fn option(t: Ty) -> Ty {
        Ty::named("wat.core/Option", &[t])
    }
    pub fn result(t: Ty, e: Ty) -> Ty {
        Ty::named("wat.core/Result", &[t, e])
    }
    pub fn crash() -> Ty {
        Ty::named("wat.kernel/Crash", &[])
    }

    /// What it is made of directly.
    pub fn parts(&self) -> Vec<&Ty> {
        match self {
            Ty::Vector(t) | Ty::Set(t) | Ty::Seq(t) | Ty::Sender(t) | Ty::Receiver(t) => vec![t],
            Ty::Map(a, b) | Ty::Program(a, b) | Ty::Peer(a, b) => vec![a, b],
            Ty::Tuple(ts) | Ty::Named(_, ts) => ts.iter().collect(),
            Ty::Fn(ps, r) => ps.iter().chain([&**r]).collect(),
            _ => Vec::new(),
        }
    }

    /// Has it at most so many parts, itself counted? The walk ends where the answer is known.
    pub fn is_within(&self, most: usize) -> bool {
        let (mut todo, mut count) = (vec![self], 0);
        while let Some(ty) = todo.pop() {
            count += 1;
            if count > most {
                return false;
            }
            todo.extend(ty.parts());
        }
        true
    }

    /// How many types stand in one another at the deepest place; 0 of one without parts.
    pub fn depth(&self) -> usize {
        self.parts().into_iter().map(|part| part.depth() + 1).max().unwrap_or(0)
    }

    /// At what depth a variable stands, for each place where it does.
    pub fn depths(&self, variable: Symbol, found: &mut Vec<usize>) {
        self.depths_below(variable, 0, found);
    }

    fn depths_below(&self, variable: Symbol, depth: usize, found: &mut Vec<usize>) {
        if *self == Ty::Var(variable) {
            found.push(depth);
        }
        for part in self.parts() {
            part.depths_below(variable, depth + 1, found);
        }
    }

    /// The type with each variable replaced by `f`.
    pub fn subst(&self, f: &dyn Fn(Symbol) -> Ty) -> Ty {
        let go = |t: &Arc<Ty>| Arc::new(t.subst(f));
        let all = |ts: &Arc<[Ty]>| ts.iter().map(|t| t.subst(f)).collect();
        match self {
            Ty::Var(v) => f(*v),
            Ty::Vector(t) => Ty::Vector(go(t)),
            Ty::Map(k, v) => Ty::Map(go(k), go(v)),
            Ty::Set(t) => Ty::Set(go(t)),
            Ty::Seq(t) => Ty::Seq(go(t)),
            Ty::Tuple(ts) => Ty::Tuple(all(ts)),
            Ty::Fn(ps, r) => Ty::Fn(all(ps), go(r)),
            Ty::Program(i, o) => Ty::Program(go(i), go(o)),
            Ty::Peer(i, o) => Ty::Peer(go(i), go(o)),
            Ty::Sender(t) => Ty::Sender(go(t)),
            Ty::Receiver(t) => Ty::Receiver(go(t)),
            Ty::Named(n, ts) => Ty::Named(*n, all(ts)),
            scalar => scalar.clone(),
        }
    }
}

/// As a reader of wat writes it: `(Vector i64)`, `(Fn [i64] -> bool)`, `Point`.
impl fmt::Display for Ty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |f: &mut fmt::Formatter<'_>, head: &str, args: &[&Ty]| -> fmt::Result {
            write!(f, "({head}")?;
            for a in args {
                write!(f, " {a}")?;
            }
            f.write_str(")")
        };
        match self {
            Ty::Nil => f.write_str("nil"),
            Ty::Bool => f.write_str("bool"),
            Ty::I64 => f.write_str("i64"),
            Ty::F64 => f.write_str("f64"),
            Ty::Char => f.write_str("char"),
            Ty::Keyword => f.write_str("keyword"),
            Ty::Symbol => f.write_str("Symbol"),
            Ty::BigInt => f.write_str("BigInt"),
            Ty::Decimal => f.write_str("Decimal"),
            Ty::Str => f.write_str("String"),
            Ty::Bytes => f.write_str("Bytes"),
            Ty::Instant => f.write_str("Instant"),
            Ty::Duration => f.write_str("Duration"),
            Ty::Uuid => f.write_str("Uuid"),
            Ty::Resource => f.write_str("Resource"),
            Ty::Edn => f.write_str("Edn"),
            Ty::Vector(t) => list(f, "Vector", &[t]),
            Ty::Map(k, v) => list(f, "Map", &[k, v]),
            Ty::Set(t) => list(f, "Set", &[t]),
            Ty::Seq(t) => list(f, "Seq", &[t]),
            Ty::Tuple(ts) => list(f, "Tuple", &ts.iter().collect::<Vec<_>>()),
            Ty::Fn(ps, r) => {
                f.write_str("(Fn [")?;
                for (i, p) in ps.iter().enumerate() {
                    write!(f, "{}{p}", if i == 0 { "" } else { " " })?;
                }
                write!(f, "] -> {r})")
            }
            Ty::Program(i, o) => list(f, "Program", &[i, o]),
            Ty::Peer(i, o) => list(f, "Peer", &[i, o]),
            Ty::Sender(t) => list(f, "Sender", &[t]),
            Ty::Receiver(t) => list(f, "Receiver", &[t]),
            Ty::Named(n, ts) => {
                let name = n.as_str();
                let short = name.rsplit_once('/').map_or(name, |(_, s)| s);
                if ts.is_empty() {
                    f.write_str(short)
                } else {
                    list(f, short, &ts.iter().collect::<Vec<_>>())
                }
            }
            Ty::Var(v) => f.write_str(v.as_str()),
        }
    }
}
