//! The shape of objects: how large each is and which of its slots are pointers. Dropping, freezing, copying and
//! counting all walk values through this one description.

use crate::desc::DescRef;
use crate::map::cells as map_cells;
use crate::object::Obj;
use crate::vector::cells as vector_cells;
use wat_abi::desc::Kind;
use wat_abi::layout::{HEADER, IMMEDIATE_END};

/// Slots of a handle cell: its number in the handle table, and the cells acquired before and after it.
pub const HANDLE_SLOTS: usize = 3;
/// Slots before the text of a String, Bytes, keyword or symbol: length and hash.
pub const TEXT_HEAD: usize = 2;

/// Bytes asked for when the object was made, header included.
#[inline]
pub fn size_of(object: Obj) -> usize {
    HEADER + 8 * slots_of(object)
}

fn slots_of(object: Obj) -> usize {
    match object.desc().kind() {
        Kind::Struct | Kind::Tuple | Kind::Enum | Kind::Option | Kind::Result => object.variant().len(),
        Kind::Closure | Kind::Program | Kind::Seq => 1 + object.variant().len(),
        Kind::Str | Kind::Bytes | Kind::Keyword | Kind::Symbol => {
            TEXT_HEAD + (object.get(0) as usize).div_ceil(8)
        }
        Kind::Vector | Kind::List => vector_cells::slots(object),
        Kind::Map | Kind::Set => map_cells::slots(object),
        Kind::BigInt => 1 + (object.get(0) as i64).unsigned_abs() as usize,
        Kind::Decimal => 2 + (object.get(1) as i64).unsigned_abs() as usize,
        Kind::Uuid | Kind::Tagged => 2,
        Kind::Peer | Kind::Sender | Kind::Receiver | Kind::Resource => HANDLE_SLOTS,
        Kind::Box => 1,
        Kind::Nil
        | Kind::Bool
        | Kind::I64
        | Kind::F64
        | Kind::Char
        | Kind::Instant
        | Kind::Duration
        | Kind::Edn => {
            unreachable!("no object's header names a scalar")
        }
    }
}

/// Calls `f` with each slot of the object that points at another object.
#[inline]
pub fn each_pointer(object: Obj, mut f: impl FnMut(&mut u64)) {
    let mut at = |i: usize| {
        if object.get(i) >= IMMEDIATE_END {
            f(&mut object.slots_mut(i, 1)[0]);
        }
    };
    match object.desc().kind() {
        Kind::Struct | Kind::Tuple | Kind::Enum | Kind::Option | Kind::Result => {
            let fields = object.variant();
            (0..fields.len()).filter(|&i| fields.field(i).is_pointer()).for_each(at);
        }
        Kind::Closure | Kind::Program | Kind::Seq => {
            let captures = object.variant();
            (0..captures.len()).filter(|&i| captures.field(i).is_pointer()).for_each(|i| at(1 + i));
        }
        Kind::Tagged => (0..2).for_each(at),
        Kind::Vector | Kind::List => vector_cells::pointers(object, at),
        Kind::Map | Kind::Set => map_cells::pointers(object, &mut at),
        _ => {}
    }
}

/// Whether an object of this kind is an entry of its heap's resource list.
pub fn is_handle(desc: DescRef) -> bool {
    matches!(desc.kind(), Kind::Peer | Kind::Sender | Kind::Receiver | Kind::Resource)
}
