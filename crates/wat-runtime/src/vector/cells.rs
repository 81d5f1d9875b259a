//! The cells a vector is made of. Each carries the vector's descriptor; the tag says which form it is.
//!
//! | tag | slots |
//! |---|---|
//! | [`FLAT`] | count; capacity in the low and start in the high 32 bits; elements from slot `2 + start` |
//! | [`TREE`] | count; shift; root (a branch, or 0); tail (a leaf) |
//! | [`BRANCH`] | number of children; up to 32 children: branches, or leaves where the shift is 5 |
//! | [`SIZED`] | as a branch; then 32 slots: how many elements are in each child and those before it |
//! | [`LEAF`] | number of elements; up to 32 elements |
//!
//! What a tree's branches promise is told by `tree.rs`.

use crate::object::Obj;

pub const FLAT: u8 = 0;
pub const TREE: u8 = 1;
pub const BRANCH: u8 = 2;
pub const LEAF: u8 = 3;
pub const SIZED: u8 = 4;

/// Elements of a leaf and children of a branch.
pub const WIDTH: usize = 32;
/// Slots before the elements of a flat vector.
pub const FLAT_HEAD: usize = 2;
pub const TREE_SLOTS: usize = 4;
pub const NODE_SLOTS: usize = 1 + WIDTH;
/// Where the sizes of a sized branch begin.
pub const SIZES: usize = NODE_SLOTS;
pub const SIZED_SLOTS: usize = SIZES + WIDTH;

pub const SHIFT: usize = 1;
pub const ROOT: usize = 2;
pub const TAIL: usize = 3;

#[inline(always)]
pub fn count(object: Obj) -> usize {
    object.get(0) as usize
}

#[inline(always)]
pub fn capacity(flat: Obj) -> usize {
    flat.get(1) as u32 as usize
}

/// Where a flat vector's first element stands, in elements from the first place.
#[inline(always)]
pub fn start(flat: Obj) -> usize {
    (flat.get(1) >> 32) as usize
}

#[inline(always)]
pub fn set_flat(flat: Obj, count: usize, capacity: usize, start: usize) {
    flat.set(0, count as u64);
    flat.set(1, (start as u64) << 32 | capacity as u64);
}

/// Slots of a cell.
pub fn slots(object: Obj) -> usize {
    match object.tag() {
        FLAT => FLAT_HEAD + capacity(object),
        TREE => TREE_SLOTS,
        SIZED => SIZED_SLOTS,
        _ => NODE_SLOTS,
    }
}

/// Calls `f` with each slot that may hold a pointer.
pub fn pointers(object: Obj, f: impl FnMut(usize)) {
    let elements = object.desc().arg0().is_pointer();
    match object.tag() {
        FLAT if elements => {
            let first = FLAT_HEAD + start(object);
            (first..first + count(object)).for_each(f);
        }
        TREE => (ROOT..=TAIL).for_each(f),
        BRANCH | SIZED => (1..1 + count(object)).for_each(f),
        LEAF if elements => (1..1 + count(object)).for_each(f),
        _ => {}
    }
}
