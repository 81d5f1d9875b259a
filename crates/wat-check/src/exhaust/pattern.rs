//! Patterns as exhaustiveness sees them: constructors and their parts, without names, types and places. And cases
//! that no pattern takes, as a person would write them.

use crate::hir::{Defs, Lit, Pattern, PatternKind, TypeDef};
use crate::ty::Ty;
use wat_source::Symbol;

/// What a pattern demands of a value.
#[derive(Clone, Debug)]
pub(super) enum Pat {
    /// Anything.
    Any,
    /// This constructor, and this of its parts.
    Con(Con, Vec<Pat>),
    /// One of these; nothing at all where there is none.
    Or(Vec<Pat>),
}

/// The outermost shape of a value.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Con {
    Nil,
    Bool(bool),
    /// A struct is the only variant of its type.
    Variant {
        of: Symbol,
        index: u32,
    },
    Tuple(usize),
    /// So many items; `open`: at least so many, and nothing is demanded of those that follow.
    Vector {
        len: usize,
        open: bool,
    },
    /// One value of a type that has too many to list.
    Lit(Lit),
}

/// What tells a shape from the others of its type: equal where one covers the other.
#[derive(PartialEq, Eq, Hash, Debug)]
pub(super) enum Key {
    Index(u32),
    /// A literal as it is written.
    Lit(String),
}

/// A case that no pattern takes.
#[derive(Clone, Debug)]
pub(super) enum Case {
    Any,
    Con(Con, Vec<Case>),
}

impl Pat {
    pub(super) fn of(pattern: &Pattern) -> Pat {
        match &pattern.kind {
            PatternKind::Wild | PatternKind::Bind(_) => Pat::Any,
            PatternKind::As(inner, _) => Pat::of(inner),
            PatternKind::Lit(lit) => literal(lit, &pattern.ty),
            PatternKind::Variant { variant, fields } => match &pattern.ty {
                Ty::Named(of, _) => Pat::Con(Con::Variant { of: *of, index: *variant }, all(fields)),
                _ => Pat::Or(Vec::new()),
            },
            PatternKind::Tuple(items) => Pat::Con(Con::Tuple(items.len()), all(items)),
            PatternKind::Vector { items, rest } => vector(all(items), rest.as_deref()),
            PatternKind::Or(parts) => Pat::Or(all(parts)),
        }
    }

    pub(super) fn is_any(&self) -> bool {
        matches!(self, Pat::Any)
    }
}

fn all(patterns: &[Pattern]) -> Vec<Pat> {
    patterns.iter().map(Pat::of).collect()
}

/// The pattern of the rest becomes part of the vector's, so that what follows the items is free.
fn vector(mut items: Vec<Pat>, rest: Option<&Pattern>) -> Pat {
    let Some(rest) = rest else {
        return Pat::Con(Con::Vector { len: items.len(), open: false }, items);
    };
    match &rest.kind {
        PatternKind::Wild | PatternKind::Bind(_) => {
            Pat::Con(Con::Vector { len: items.len(), open: true }, items)
        }
        PatternKind::As(inner, _) => vector(items, Some(inner)),
        PatternKind::Vector { items: more, rest } => {
            items.extend(more.iter().map(Pat::of));
            vector(items, rest.as_deref())
        }
        PatternKind::Or(parts) => {
            Pat::Or(parts.iter().map(|part| vector(items.clone(), Some(part))).collect())
        }
        PatternKind::Lit(_) | PatternKind::Variant { .. } | PatternKind::Tuple(_) => Pat::Or(Vec::new()),
    }
}

/// Literals that `=` holds for become the same one.
fn literal(lit: &Lit, ty: &Ty) -> Pat {
    let con = match (lit, ty) {
        (Lit::Nil, Ty::Nil) => Con::Nil,
        (Lit::Bool(b), Ty::Bool) => Con::Bool(*b),
        (Lit::Float(x), _) if x.is_nan() => return Pat::Or(Vec::new()),
        (Lit::Float(x), _) if *x == 0.0 => Con::Lit(Lit::Float(0.0)),
        (Lit::BigInt(digits), _) => Con::Lit(Lit::BigInt(without_zeros(digits).into())),
        (Lit::Decimal(digits), _) if !digits.contains(['e', 'E']) => {
            let whole = without_zeros(digits);
            let plain = match whole.contains('.') {
                true => whole.trim_end_matches('0').trim_end_matches('.'),
                false => &whole,
            };
            Con::Lit(Lit::Decimal(if matches!(plain, "-" | "" | "-0") { "0" } else { plain }.into()))
        }
        (lit, _) => Con::Lit(lit.clone()),
    };
    Pat::Con(con, Vec::new())
}

/// `-007` as `-7`, `+0` as `0`.
fn without_zeros(digits: &str) -> String {
    let (sign, digits) = match digits.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", digits.strip_prefix('+').unwrap_or(digits)),
    };
    match digits.trim_start_matches('0') {
        "" => "0".to_string(),
        rest if rest.starts_with('.') => format!("{sign}0{rest}"),
        rest => format!("{sign}{rest}"),
    }
}

impl Con {
    /// How many parts a value of this shape has.
    pub(super) fn arity(&self, defs: &dyn Defs) -> usize {
        match self {
            Con::Nil | Con::Bool(_) | Con::Lit(_) => 0,
            Con::Tuple(n) => *n,
            Con::Vector { len, .. } => *len,
            Con::Variant { of, index } => defs
                .type_def(*of)
                .and_then(|def| def.variants.get(*index as usize))
                .map_or(0, |variant| variant.fields.len()),
        }
    }

    /// None for vectors, whose shapes overlap.
    pub(super) fn key(&self) -> Option<Key> {
        match self {
            Con::Nil | Con::Tuple(_) => Some(Key::Index(0)),
            Con::Bool(b) => Some(Key::Index(u32::from(*b))),
            Con::Variant { index, .. } => Some(Key::Index(*index)),
            Con::Lit(lit) => Some(Key::Lit(format!("{lit:?}"))),
            Con::Vector { .. } => None,
        }
    }

    /// Does every value of shape `other`, one of [`Con::siblings`], have this shape?
    pub(super) fn covers(&self, other: &Con) -> bool {
        match (self, other) {
            (Con::Vector { len: least, open: true }, Con::Vector { len, .. }) => least <= len,
            _ => self == other,
        }
    }

    /// All shapes of the type whose values have these; None where there is no end of them.
    pub(super) fn siblings(heads: &[&Con], defs: &dyn Defs) -> Option<Vec<Con>> {
        let literal = heads.iter().find(|head| matches!(head, Con::Lit(_)));
        match literal.or(heads.first())? {
            Con::Nil => Some(vec![Con::Nil]),
            Con::Bool(_) => Some(vec![Con::Bool(true), Con::Bool(false)]),
            Con::Tuple(n) => Some(vec![Con::Tuple(*n)]),
            Con::Variant { of, .. } => {
                let count = defs.type_def(*of)?.variants.len() as u32;
                Some((0..count).map(|index| Con::Variant { of: *of, index }).collect())
            }
            Con::Vector { .. } => {
                // Every length that some pattern tells from the others, and all beyond.
                let top = heads
                    .iter()
                    .map(|head| match head {
                        Con::Vector { len, open } => len + usize::from(!open),
                        _ => 0,
                    })
                    .max()
                    .unwrap_or(0);
                let exact = (0..top).map(|len| Con::Vector { len, open: false });
                Some(exact.chain([Con::Vector { len: top, open: true }]).collect())
            }
            Con::Lit(_) => None,
        }
    }
}

impl Case {
    /// The case as a pattern is written: `(Some _)`, `Light/Amber`, `[_ & _]`.
    pub(super) fn show(&self, defs: &dyn Defs) -> String {
        let Case::Con(con, parts) = self else { return "_".to_string() };
        let mut parts = parts.iter().map(|part| part.show(defs));
        match con {
            Con::Nil => "nil".to_string(),
            Con::Bool(b) => b.to_string(),
            Con::Lit(_) => "_".to_string(),
            Con::Tuple(_) => call("tuple".to_string(), parts),
            Con::Vector { open, .. } => {
                let mut items: Vec<String> = parts.by_ref().collect();
                if *open {
                    items.extend(["&".to_string(), "_".to_string()]);
                }
                format!("[{}]", items.join(" "))
            }
            Con::Variant { of, index } => {
                let head = defs.type_def(*of).map_or("_".to_string(), |def| constructor(def, *index));
                match parts.len() {
                    0 => head,
                    _ => call(head, parts),
                }
            }
        }
    }
}

fn call(head: String, parts: impl Iterator<Item = String>) -> String {
    let words: Vec<String> = [head].into_iter().chain(parts).collect();
    format!("({})", words.join(" "))
}

/// `Point`, `Light/Amber`, `Some`.
fn constructor(def: &TypeDef, index: u32) -> String {
    let short = def.name.name();
    match def.variants.get(index as usize) {
        Some(variant) if def.name == "wat.core/Option" || def.name == "wat.core/Result" => {
            variant.name.to_string()
        }
        Some(variant) if !def.is_struct => format!("{short}/{}", variant.name),
        _ => short.to_string(),
    }
}
