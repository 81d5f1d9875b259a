//! A small collection: one cell of entries sorted by (hash, key). And how entries are read and written in any cell.

use super::cells::{SORTED_HEAD, Shape, capacity, count};
use super::entries::Entry;
use crate::fail::Fail;
use crate::heap::{Mem, usable};
use crate::object::Obj;
use crate::value::compare::compare;
use std::cmp::Ordering;
use wat_abi::layout::HEADER;

/// A unique cell without entries and with room for `n`.
pub fn with_capacity(mem: Mem, shape: Shape, tag: u8, n: usize) -> Result<Obj, Fail> {
    let bytes = usable(HEADER + 8 * (SORTED_HEAD + shape.stride() * n));
    let room = (bytes / 8 - 1 - SORTED_HEAD) / shape.stride();
    let object = mem.object(shape.desc, tag, SORTED_HEAD + shape.stride() * room)?;
    object.set(0, 0);
    object.set(1, room as u64);
    Ok(object)
}

/// The slot of entry `i`.
#[inline(always)]
pub fn slot(shape: Shape, i: usize) -> usize {
    SORTED_HEAD + shape.stride() * i
}

/// Where the key stands, or would stand.
#[inline]
pub fn find(object: Obj, shape: Shape, hash: u64, key: u64) -> Result<usize, usize> {
    let (mut low, mut high) = (0, count(object));
    while low < high {
        let middle = low + (high - low) / 2;
        let at = slot(shape, middle);
        let order = object.get(at).cmp(&hash);
        match order.then_with(|| compare(object.get(at + 1), key, shape.key)) {
            Ordering::Less => low = middle + 1,
            Ordering::Greater => high = middle,
            Ordering::Equal => return Ok(middle),
        }
    }
    Err(low)
}

/// Puts an entry at place `at`. Consumes the cell and the entry's key and value.
pub fn insert(mem: Mem, object: Obj, shape: Shape, at: usize, entry: Entry) -> Result<Obj, Fail> {
    let n = count(object);
    let stride = shape.stride();
    let grown = if object.is_unique() && n < capacity(object) {
        object.copy_slots(slot(shape, at + 1), object, slot(shape, at), stride * (n - at));
        object
    } else {
        let room = if object.is_unique() { n + n.max(1) } else { n + 1 };
        let grown = with_capacity(mem, shape, object.tag(), room)?;
        grown.copy_slots(SORTED_HEAD, object, SORTED_HEAD, stride * at);
        grown.copy_slots(slot(shape, at + 1), object, slot(shape, at), stride * (n - at));
        super::retire(mem, object);
        grown
    };
    write(grown, shape, slot(shape, at), entry);
    grown.set(0, n as u64 + 1);
    Ok(grown)
}

/// Takes entry `at` out and drops it. Consumes the cell.
pub fn remove(mem: Mem, object: Obj, shape: Shape, at: usize) -> Result<Obj, Fail> {
    let n = count(object);
    let stride = shape.stride();
    let entry = read(object, shape, slot(shape, at));
    let rest = if object.is_unique() {
        object.copy_slots(slot(shape, at), object, slot(shape, at + 1), stride * (n - at - 1));
        object
    } else {
        let rest = with_capacity(mem, shape, object.tag(), n - 1)?;
        rest.copy_slots(SORTED_HEAD, object, SORTED_HEAD, stride * at);
        rest.copy_slots(slot(shape, at), object, slot(shape, at + 1), stride * (n - at - 1));
        super::retire(mem, object);
        rest
    };
    rest.set(0, n as u64 - 1);
    super::drop_entry(mem, shape, entry);
    Ok(rest)
}

/// The entry at a slot of any cell.
#[inline(always)]
pub fn read(object: Obj, shape: Shape, slot: usize) -> Entry {
    let value = if shape.value.is_some() { object.get(slot + 2) } else { 0 };
    Entry { hash: object.get(slot), key: object.get(slot + 1), value }
}

#[inline(always)]
pub fn write(object: Obj, shape: Shape, slot: usize, entry: Entry) {
    object.set(slot, entry.hash);
    object.set(slot + 1, entry.key);
    if shape.value.is_some() {
        object.set(slot + 2, entry.value);
    }
}
