//! Maps and sets: up to sixteen entries a sorted slice, above that a hash trie, both in the order of (hash, key).
//! So the order of entries depends on the keys alone, at every size, in every process and on every machine.
//!
//! The hash is the one of [`crate::value::hash`]; keys are the same when [`compare`](crate::value::compare::compare)
//! says so: NaN is one key, 0.0 and -0.0 are one, and so are Decimals that differ in trailing zeros. A set is a map
//! without values; functions here serve both. Ownership is said by each function.

pub mod cells;
mod collision;
mod entries;
mod sorted;
mod trie;

use crate::desc::DescRef;
use crate::fail::Fail;
use crate::heap::{Mem, shape};
use crate::object::{Obj, retain, retain_as};
use crate::value::hash::hash;
use cells::{SMALL, SMALL_MAX, Shape, TRIE};

pub use cells::count;
pub use entries::{Entries, Entry};

/// A unique collection of type `desc` without entries.
pub fn empty(mem: Mem, desc: DescRef) -> Result<Obj, Fail> {
    sorted::with_capacity(mem, Shape::of(desc), SMALL, 0)
}

/// The entries in order; the collection keeps them.
pub fn entries(map: Obj) -> Entries {
    Entries::of(map)
}

/// The key's entry; the collection keeps it, and the caller the key.
pub fn get(map: Obj, key: u64) -> Option<Entry> {
    let shape = Shape::of(map.desc());
    let (cell, slot) = find(map, shape, hash(key, shape.key), key)?;
    Some(sorted::read(cell, shape, slot))
}

fn find(map: Obj, shape: Shape, hash: u64, key: u64) -> Option<(Obj, usize)> {
    if map.tag() == TRIE {
        return trie::find(Obj::of(map.get(1)), shape, hash, key);
    }
    Some((map, sorted::slot(shape, sorted::find(map, shape, hash, key).ok()?)))
}

/// Maps `key` to `value` (0 in sets). The key that is there stays. Consumes all three.
pub fn insert(mem: Mem, map: Obj, key: u64, value: u64) -> Result<Obj, Fail> {
    let shape = Shape::of(map.desc());
    let entry = Entry { hash: hash(key, shape.key), key, value };
    let map = if map.tag() == SMALL {
        match sorted::find(map, shape, entry.hash, key) {
            Ok(at) => return replace_value(mem, map, shape, sorted::slot(shape, at), entry),
            Err(at) if count(map) < SMALL_MAX => return sorted::insert(mem, map, shape, at, entry),
            Err(_) => to_trie(mem, map, shape)?,
        }
    } else {
        mem.unshare(map)?
    };
    let (top, added) = trie::insert(mem, Obj::of(map.get(1)), shape, 0, entry)?;
    map.set(1, top.slot());
    map.set(0, map.get(0) + u64::from(added));
    Ok(map)
}

/// Takes the key out if it is there. Consumes the collection, keeps the key.
pub fn remove(mem: Mem, map: Obj, key: u64) -> Result<Obj, Fail> {
    let shape = Shape::of(map.desc());
    let hash = hash(key, shape.key);
    if map.tag() == SMALL {
        return match sorted::find(map, shape, hash, key) {
            Ok(at) => sorted::remove(mem, map, shape, at),
            Err(_) => Ok(map),
        };
    }
    if find(map, shape, hash, key).is_none() {
        return Ok(map);
    }
    let map = mem.unshare(map)?;
    let top = trie::remove(mem, Obj::of(map.get(1)), shape, hash, key)?;
    map.set(1, top.slot());
    map.set(0, map.get(0) - 1);
    if count(map) > SMALL_MAX { Ok(map) } else { to_small(mem, map, shape) }
}

fn to_trie(mem: Mem, small: Obj, shape: Shape) -> Result<Obj, Fail> {
    let mut top = trie::empty(mem, shape)?;
    for entry in entries(small) {
        retain_entry(shape, entry);
        (top, _) = trie::insert(mem, top, shape, 0, entry)?;
    }
    let map = mem.object_of(shape.desc, TRIE, &[small.get(0), top.slot()])?;
    mem.drop(small.slot());
    Ok(map)
}

fn to_small(mem: Mem, map: Obj, shape: Shape) -> Result<Obj, Fail> {
    let small = sorted::with_capacity(mem, shape, SMALL, count(map))?;
    for (i, entry) in entries(map).enumerate() {
        retain_entry(shape, entry);
        sorted::write(small, shape, sorted::slot(shape, i), entry);
    }
    small.set(0, map.get(0));
    mem.drop(map.slot());
    Ok(small)
}

fn retain_entry(shape: Shape, entry: Entry) {
    retain_as(entry.key, shape.key);
    if let Some(value) = shape.value {
        retain_as(entry.value, value);
    }
}

fn drop_entry(mem: Mem, shape: Shape, entry: Entry) {
    mem.drop_as(entry.key, shape.key);
    if let Some(value) = shape.value {
        mem.drop_as(entry.value, value);
    }
}

/// Gives the entry at `slot` of `cell` the value of `entry`. Consumes the cell and the entry.
fn replace_value(mem: Mem, cell: Obj, shape: Shape, slot: usize, entry: Entry) -> Result<Obj, Fail> {
    mem.drop_as(entry.key, shape.key);
    let Some(value) = shape.value else { return Ok(cell) };
    let cell = mem.unshare(cell)?;
    let old = cell.get(slot + 2);
    cell.set(slot + 2, entry.value);
    mem.drop_as(old, value);
    Ok(cell)
}

/// Ends a reference to a cell whose slots have been copied to another: they are moved when it was the last one and
/// duplicated when not.
fn retire(mem: Mem, cell: Obj) {
    if cell.is_unique() {
        return mem.free_cell(cell);
    }
    shape::each_pointer(cell, |slot| retain(*slot));
    mem.drop(cell.slot());
}

#[cfg(test)]
mod tests;
