//! The parts of a compound value, one after another: fields, elements, entries (key, value, key, value …).

use super::{is_sum, tag_of};
use crate::desc::{DescRef, VariantRef};
use crate::map::{self, Entries};
use crate::object::Obj;
use crate::vector;
use wat_abi::desc::{Builtin, Kind};
use wat_abi::layout::IMMEDIATE_END;

/// The rest of a value's parts. The value lives and is unchanged meanwhile.
pub struct Cursor(Parts);

enum Parts {
    None,
    Fields {
        object: Obj,
        fields: VariantRef,
        next: usize,
    },
    Tagged {
        object: Obj,
        next: usize,
    },
    Elements {
        run: &'static [u64],
        at: usize,
        vector: Obj,
        element: DescRef,
    },
    /// Keys and values; the value of the last key is kept back.
    Entries {
        entries: Box<Entries>,
        key: DescRef,
        value: Option<DescRef>,
        pending: Option<u64>,
        hash: u64,
    },
}

impl Cursor {
    /// The parts of a value that is not a scalar or text; of those, none.
    pub fn of(slot: u64, desc: DescRef) -> Cursor {
        if slot < IMMEDIATE_END || !desc.is_pointer() {
            return Cursor(Parts::None);
        }
        let object = Obj::of(slot);
        let kind = desc.kind();
        Cursor(match kind {
            Kind::Struct | Kind::Tuple => Parts::Fields { object, fields: desc.variant(0), next: 0 },
            _ if is_sum(kind) => Parts::Fields { object, fields: desc.variant(tag_of(slot, desc)), next: 0 },
            Kind::Tagged => Parts::Tagged { object, next: 0 },
            Kind::Vector | Kind::List => {
                Parts::Elements { run: &[], at: 0, vector: object, element: desc.arg0() }
            }
            Kind::Map => Parts::Entries {
                entries: Box::new(map::entries(object)),
                key: desc.arg0(),
                value: Some(desc.arg1()),
                pending: None,
                hash: 0,
            },
            Kind::Set => Parts::Entries {
                entries: Box::new(map::entries(object)),
                key: desc.arg0(),
                value: None,
                pending: None,
                hash: 0,
            },
            _ => Parts::None,
        })
    }

    /// Whether the part answered last is a key or an element of a set.
    #[inline]
    pub fn at_key(&self) -> bool {
        match &self.0 {
            Parts::Entries { value, pending, .. } => value.is_none() || pending.is_some(),
            _ => false,
        }
    }

    /// The hash of the part answered last, if that is a key.
    #[inline]
    pub fn key_hash(&self) -> Option<u64> {
        match &self.0 {
            Parts::Entries { hash, .. } if self.at_key() => Some(*hash),
            _ => None,
        }
    }

    /// Whether no part can follow, as far as is known without looking: lets a walk down a list keep no trail.
    #[inline]
    pub fn is_spent(&self) -> bool {
        match &self.0 {
            Parts::None => true,
            Parts::Fields { fields, next, .. } => *next == fields.len(),
            Parts::Tagged { next, .. } => *next >= 2,
            Parts::Elements { run, at, vector, .. } => run.is_empty() && *at == vector::count(*vector),
            Parts::Entries { .. } => false,
        }
    }
}

impl Iterator for Cursor {
    type Item = (u64, DescRef);

    /// The next part and its type.
    #[inline]
    fn next(&mut self) -> Option<(u64, DescRef)> {
        match &mut self.0 {
            Parts::None => None,
            Parts::Fields { object, fields, next } => {
                let i = *next;
                if i == fields.len() {
                    return None;
                }
                *next += 1;
                Some((object.get(i), fields.field(i)))
            }
            Parts::Tagged { object, next } => {
                let i = *next;
                *next += 1;
                let ty = if i == 0 { Builtin::Symbol } else { Builtin::Edn };
                (i < 2).then(|| (object.get(i), DescRef::builtin(ty)))
            }
            Parts::Elements { run, at, vector, element } => {
                if run.is_empty() {
                    *run = vector::run(*vector, *at);
                    *at += run.len();
                }
                let (first, rest) = run.split_first()?;
                *run = rest;
                Some((*first, *element))
            }
            Parts::Entries { entries, key, value, pending, hash } => {
                if let (Some(held), Some(value)) = (pending.take(), *value) {
                    return Some((held, value));
                }
                let entry = entries.next()?;
                *hash = entry.hash;
                *pending = value.map(|_| entry.value);
                Some((entry.key, *key))
            }
        }
    }
}
