//! Vectors: a flat buffer while unique or short, else a radix tree, so that sharing never costs more than
//! O(log32 n) a step and a vector that nobody shares is an array.
//!
//! Ownership is said by each function; elements are raw slots with the representation of the element type. A flat
//! vector that is shared and longer than [`SHARED_FLAT`] becomes a tree when it is changed, which copies nothing: the
//! tree has a window over the flat cell. Dropping elements at the front of a unique flat vector moves its start, so
//! walking one by `[first & rest]` costs O(1) a step. Slices and concatenation are logarithmic; up to [`COPIED`]
//! elements are copied instead, which is no slower and keeps nothing else alive.

pub mod cells;
mod relaxed;
pub mod sort;
mod tree;

use crate::desc::DescRef;
use crate::fail::Fail;
use crate::heap::{Mem, usable};
use crate::object::{Obj, retain};
use cells::{FLAT, FLAT_HEAD, ROOT, TREE, buffer, capacity, set_flat, start};
use wat_abi::desc::Kind;
use wat_abi::layout::HEADER;

pub use cells::count;

/// The longest flat vector that is copied flat when it is shared and changed.
const SHARED_FLAT: usize = 64;
/// The most elements that a slice or a concatenation of flat vectors copies; fewer in the tests, so that random
/// operations meet windows.
const COPIED: usize = if cfg!(test) { 256 } else { 4096 };
/// Most elements of a vector: shared halves make one of any length without memory for it.
const MOST: usize = 1 << 40;
/// Most elements of a flat vector.
const FLAT_MAX: usize = u32::MAX as usize;

/// A unique vector of type `desc` without elements and with room for `n`.
pub fn with_capacity(mem: Mem, desc: DescRef, n: usize) -> Result<Obj, Fail> {
    if n > FLAT_MAX / 2 {
        return Err(Fail::out_of_memory());
    }
    let bytes = usable(HEADER + 8 * (FLAT_HEAD + n));
    let object = mem.alloc(bytes)?;
    object.set_header(desc, FLAT);
    set_flat(object, 0, (bytes - HEADER) / 8 - FLAT_HEAD, 0);
    Ok(object)
}

/// A unique vector of these elements, which it takes over.
pub fn from_slots(mem: Mem, desc: DescRef, elements: &[u64]) -> Result<Obj, Fail> {
    let object = with_capacity(mem, desc, elements.len())?;
    object.slots_mut(FLAT_HEAD, elements.len()).copy_from_slice(elements);
    object.set(0, elements.len() as u64);
    Ok(object)
}

/// The elements from position `i` to the end of the piece of memory in which it stands; empty only at the end.
#[inline]
pub fn run<'a>(vector: Obj, i: usize) -> &'a [u64] {
    let count = count(vector);
    if i >= count {
        return &[];
    }
    if vector.tag() == FLAT {
        return vector.slots(FLAT_HEAD + start(vector) + i, count - i);
    }
    tree::run(vector, i)
}

/// Element `i`, which exists; the vector keeps it.
#[inline]
pub fn get(vector: Obj, i: usize) -> u64 {
    debug_assert!(i < count(vector));
    if vector.tag() == FLAT { vector.get(FLAT_HEAD + start(vector) + i) } else { tree::run(vector, i)[0] }
}

/// All elements in order; the vector keeps them.
pub fn iter(vector: Obj) -> impl Iterator<Item = u64> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let run = run(vector, at);
        at += run.len();
        (!run.is_empty()).then_some(run)
    })
    .flatten()
    .copied()
}

/// Appends an element. Consumes both.
#[inline]
pub fn push(mem: Mem, vector: Obj, element: u64) -> Result<Obj, Fail> {
    let count = count(vector);
    if vector.tag() == FLAT && vector.is_unique() && start(vector) + count < capacity(vector) {
        vector.set(FLAT_HEAD + start(vector) + count, element);
        vector.set(0, count as u64 + 1);
        return Ok(vector);
    }
    push_slow(mem, vector, element)
}

fn push_slow(mem: Mem, vector: Obj, element: u64) -> Result<Obj, Fail> {
    if vector.tag() == TREE {
        return tree::push(mem, vector, element);
    }
    let count = count(vector);
    if !vector.is_unique() && count > SHARED_FLAT {
        let tree = tree::of_flat(mem, vector)?;
        return tree::push(mem, tree, element);
    }
    // A shared vector that grows once may well grow no more; a unique one grows by doubling.
    let more = if vector.is_unique() { count.max(4) } else { count / 2 + 1 };
    let flat = reserve(mem, vector, more)?;
    push(mem, flat, element)
}

/// The same elements in a unique flat vector with room for `more` at its end. Consumes the vector.
fn reserve(mem: Mem, vector: Obj, more: usize) -> Result<Obj, Fail> {
    let count = count(vector);
    if vector.tag() == FLAT && vector.is_unique() {
        let (capacity, start) = (capacity(vector), start(vector));
        if start + count + more <= capacity {
            return Ok(vector);
        }
        if count + more <= capacity && start >= capacity / 2 {
            vector.copy_slots(FLAT_HEAD, vector, FLAT_HEAD + start, count);
            set_flat(vector, count, capacity, 0);
            return Ok(vector);
        }
        let larger = with_capacity(mem, vector.desc(), count + more)?;
        larger.copy_slots(FLAT_HEAD, vector, FLAT_HEAD + start, count);
        larger.set(0, count as u64);
        mem.free_cell(vector);
        return Ok(larger);
    }
    let copy = with_capacity(mem, vector.desc(), count + more)?;
    append(copy, vector);
    mem.drop(vector.slot());
    Ok(copy)
}

/// Appends the elements of `other` one by one. Consumes the first, keeps the second.
fn push_all(mem: Mem, vector: Obj, other: Obj) -> Result<Obj, Fail> {
    let pointers = vector.desc().arg0().is_pointer();
    iter(other).try_fold(vector, |vector, element| {
        if pointers {
            retain(element);
        }
        push(mem, vector, element)
    })
}

/// Copies the elements of `other` behind those of a unique flat vector that has the room.
fn append(flat: Obj, other: Obj) {
    let pointers = flat.desc().arg0().is_pointer();
    let mut at = 0;
    while at < count(other) {
        let run = run(other, at);
        if pointers {
            run.iter().for_each(|&element| retain(element));
        }
        let end = count(flat);
        flat.slots_mut(FLAT_HEAD + start(flat) + end, run.len()).copy_from_slice(run);
        flat.set(0, (end + run.len()) as u64);
        at += run.len();
    }
}

/// Of a flat vector's cell or a window over one: a flat cell with the same elements and no room to spare, for a copier
/// that sees to what the slots hold. Of other cells nothing.
pub(crate) fn copy_without_room(mem: Mem, object: Obj) -> Result<Option<Obj>, Fail> {
    if !matches!(object.desc().kind(), Kind::Vector | Kind::List) {
        return Ok(None);
    }
    let Some((cell, first)) = buffer(object) else { return Ok(None) };
    let n = count(object);
    let copy = with_capacity(mem, object.desc(), n)?;
    copy.copy_slots(FLAT_HEAD, cell, first, n);
    copy.set(0, n as u64);
    Ok(Some(copy))
}

/// The same elements in a unique flat vector. Consumes the vector.
pub fn flatten(mem: Mem, vector: Obj) -> Result<Obj, Fail> {
    reserve(mem, vector, 0)
}

/// The elements of a unique flat vector.
pub fn elements_mut<'a>(flat: Obj) -> &'a mut [u64] {
    debug_assert!(flat.tag() == FLAT && flat.is_unique());
    flat.slots_mut(FLAT_HEAD + start(flat), count(flat))
}

/// Replaces element `i`. Consumes the vector and the element.
pub fn assoc(mem: Mem, vector: Obj, i: i64, element: u64) -> Result<Obj, Fail> {
    let count = count(vector);
    let at = position(i, count)?;
    if vector.tag() == FLAT {
        let flat = if vector.is_unique() || count <= SHARED_FLAT {
            flatten(mem, vector)?
        } else {
            return tree::assoc(mem, tree::of_flat(mem, vector)?, at, element);
        };
        let old = std::mem::replace(&mut elements_mut(flat)[at], element);
        mem.drop_as(old, flat.desc().arg0());
        return Ok(flat);
    }
    tree::assoc(mem, vector, at, element)
}

/// Element `i`, with a reference of its own. The vector is kept.
pub fn nth(vector: Obj, i: i64) -> Result<u64, Fail> {
    let element = get(vector, position(i, count(vector))?);
    if vector.desc().arg0().is_pointer() {
        retain(element);
    }
    Ok(element)
}

fn position(i: i64, count: usize) -> Result<usize, Fail> {
    usize::try_from(i).ok().filter(|&at| at < count).ok_or_else(|| Fail::index(i, count))
}

/// The elements of both. Consumes the first, keeps the second.
pub fn concat(mem: Mem, vector: Obj, other: Obj) -> Result<Obj, Fail> {
    let more = count(other);
    if more == 0 {
        return Ok(vector);
    }
    if count(vector) == 0 && vector.desc() == other.desc() {
        mem.drop(vector.slot());
        other.retain();
        return Ok(other);
    }
    if count(vector) + more > MOST {
        mem.drop(vector.slot());
        return Err(Fail::new("limit", "a vector has at most 2^40 elements"));
    }
    let trees = vector.tag() == TREE || other.tag() == TREE;
    let long = count(vector) > SHARED_FLAT && more > SHARED_FLAT;
    let copied = more + if vector.is_unique() { 0 } else { count(vector) };
    if copied > COPIED || long && trees {
        let left = if vector.tag() == TREE { vector } else { tree::of_flat(mem, vector)? };
        if more <= SHARED_FLAT {
            return push_all(mem, left, other);
        }
        if other.tag() == TREE {
            return relaxed::concat(mem, left, other);
        }
        other.retain();
        let right = tree::of_flat(mem, other)?;
        let both = relaxed::concat(mem, left, right)?;
        mem.drop(right.slot());
        return Ok(both);
    }
    if vector.tag() == TREE && more < count(vector) / 2 {
        return push_all(mem, vector, other);
    }
    // Concatenating in a loop doubles the room each time it is used up.
    let room = if vector.is_unique() && more < count(vector) { count(vector) } else { more };
    let fits = vector.tag() == FLAT
        && vector.is_unique()
        && start(vector) + count(vector) + more <= capacity(vector);
    let flat = if fits { vector } else { reserve(mem, vector, room)? };
    append(flat, other);
    Ok(flat)
}

/// The elements `from..to`. Consumes the vector.
pub fn slice(mem: Mem, vector: Obj, from: i64, to: i64) -> Result<Obj, Fail> {
    let count = count(vector);
    let range = || Some((usize::try_from(from).ok()?, usize::try_from(to).ok()?));
    let Some((first, end)) = range().filter(|&(first, end)| first <= end && end <= count) else {
        return Err(Fail::range(from, to, count));
    };
    if first == 0 && end == count {
        return Ok(vector);
    }
    if vector.tag() == FLAT && vector.is_unique() {
        let elements = elements_mut(vector);
        if vector.desc().arg0().is_pointer() {
            elements[..first].iter().chain(&elements[end..]).for_each(|&element| mem.drop(element));
        }
        set_flat(vector, end - first, capacity(vector), start(vector) + first);
        return Ok(vector);
    }
    let length = end - first;
    if length > COPIED && vector.tag() == FLAT {
        return tree::of_part(mem, vector, first, end);
    }
    // A window is not worth the cell that it keeps alive where it is short.
    if vector.tag() == TREE
        && length > SHARED_FLAT
        && (length > COPIED || buffer(Obj::of(vector.get(ROOT))).is_none())
    {
        return relaxed::slice(mem, vector, first, end);
    }
    let part = with_capacity(mem, vector.desc(), end - first)?;
    let pointers = vector.desc().arg0().is_pointer();
    let mut at = first;
    while at < end {
        let run = run(vector, at);
        let run = &run[..run.len().min(end - at)];
        if pointers {
            run.iter().for_each(|&element| retain(element));
        }
        part.slots_mut(FLAT_HEAD + at - first, run.len()).copy_from_slice(run);
        at += run.len();
    }
    part.set(0, (end - first) as u64);
    mem.drop(vector.slot());
    Ok(part)
}

/// The elements from last to first. Consumes the vector.
pub fn reverse(mem: Mem, vector: Obj) -> Result<Obj, Fail> {
    let flat = flatten(mem, vector)?;
    elements_mut(flat).reverse();
    Ok(flat)
}

#[cfg(test)]
mod tests;
