//! The cells a vector is made of. Each carries the vector's descriptor; the tag says which form it is.
//!
//! | tag | slots |
//! |---|---|
//! | [`FLAT`] | count; capacity in the low and start in the high 32 bits; elements from slot `2 + start` |
//! | [`TREE`] | count; shift; root (a branch, or 0); tail (a leaf) |
//! | [`BRANCH`] | number of children; up to 32 children: branches, or leaves where the shift is 5 |
//! | [`SIZED`] | as a branch; then 32 slots: how many elements are in each child and those before it |
//! | [`LEAF`] | number of elements; up to 32 elements |
//! | [`WINDOW`] | number of elements; the slot of the first of them in a flat vector's cell; that cell |
//!
//! A window stands in a tree for a leaf or for a branch of any height, and so does the flat cell that is left of one
//! when it is copied.
//!
//! What a tree's branches promise is told by `tree.rs`.

use crate::object::Obj;

pub const FLAT: u8 = 0;
pub const TREE: u8 = 1;
pub const BRANCH: u8 = 2;
pub const LEAF: u8 = 3;
pub const SIZED: u8 = 4;
pub const WINDOW: u8 = 5;

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

pub const FIRST: usize = 1;
pub const CELL: usize = 2;
pub const WINDOW_SLOTS: usize = 3;

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

/// Where the elements of a flat cell or of a window stand: a flat cell, and the slot of the first in it. Nothing of other
/// cells.
#[inline(always)]
pub fn buffer(object: Obj) -> Option<(Obj, usize)> {
    match object.tag() {
        WINDOW => Some((Obj::of(object.get(CELL)), object.get(FIRST) as usize)),
        FLAT => Some((object, FLAT_HEAD + start(object))),
        _ => None,
    }
}

/// Slots of a cell.
pub fn slots(object: Obj) -> usize {
    match object.tag() {
        FLAT => FLAT_HEAD + capacity(object),
        TREE => TREE_SLOTS,
        SIZED => SIZED_SLOTS,
        WINDOW => WINDOW_SLOTS,
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
        WINDOW => (CELL..=CELL).for_each(f),
        BRANCH | SIZED => (1..1 + count(object)).for_each(f),
        LEAF if elements => (1..1 + count(object)).for_each(f),
        _ => {}
    }
}
