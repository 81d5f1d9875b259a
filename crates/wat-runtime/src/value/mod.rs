//! What can be asked of any value, by its descriptor: its parts ([`cursor`]), equality, order, hash. None of these
//! recurses with the value: deep values cost memory, not stack.

pub mod compare;
pub mod cursor;
pub mod equal;
pub mod hash;

use crate::desc::DescRef;
use crate::object::Obj;
use wat_abi::desc::Kind;
use wat_abi::layout::Repr;

/// A slot of dynamic type as what it holds: the scalar in a box, or the object by its own type. Other slots as they
/// are.
#[inline]
pub fn resolve(slot: u64, desc: DescRef) -> (u64, DescRef) {
    if desc.kind() != Kind::Edn {
        return (slot, desc);
    }
    let Some(object) = Obj::maybe(slot) else { return (0, DescRef::NIL) };
    let own = object.desc();
    if own.kind() == Kind::Box { (object.get(0), own.arg0()) } else { (slot, own) }
}

/// The variant number of an enum value, whatever its representation.
#[inline]
pub fn tag_of(slot: u64, desc: DescRef) -> usize {
    if desc.repr() == Repr::I {
        return slot as usize;
    }
    match Obj::maybe(slot) {
        Some(object) => usize::from(object.tag()),
        None => slot as usize,
    }
}

/// Whether values of this kind are sums, told apart by a tag.
pub fn is_sum(kind: Kind) -> bool {
    matches!(kind, Kind::Enum | Kind::Option | Kind::Result)
}

#[cfg(test)]
mod tests;
