//! Entries with one hash: a tree balanced by weight (Nievergelt and Reingold; the factors 3 and 2 are those proved
//! by Hirai and Yamamoto, JFP 2011), ordered by the total order of keys. Keys chosen to collide cost O(log n) each.
//!
//! Functions that change a tree consume it; shared nodes on the path are copied, others written to. Recursion here
//! is as deep as the tree, below 2.5 times the binary logarithm of its size.

use super::cells::{COLLISION, ENTRY, LEFT, RIGHT, Shape, TREE_HEAD, count};
use super::entries::Entry;
use super::sorted;
use crate::fail::Fail;
use crate::heap::Mem;
use crate::object::Obj;
use crate::value::compare::compare;
use std::cmp::Ordering;

/// How many times heavier one side may be.
const WEIGHT: u64 = 3;
/// From how many times the weight of the outer grandchild a double rotation is due.
const INNER: u64 = 2;

/// A tree of one entry, which it takes over.
pub fn one(mem: Mem, shape: Shape, entry: Entry) -> Result<Obj, Fail> {
    let node = mem.object(shape.desc, COLLISION, TREE_HEAD + shape.stride())?;
    node.slots_mut(0, TREE_HEAD).copy_from_slice(&[1, 0, 0]);
    sorted::write(node, shape, ENTRY, entry);
    Ok(node)
}

/// The node of the key's entry.
pub fn find(tree: Obj, shape: Shape, key: u64) -> Option<Obj> {
    let mut next = Some(tree);
    while let Some(node) = next {
        next = match compare(key, node.get(ENTRY + 1), shape.key) {
            Ordering::Less => Obj::maybe(node.get(LEFT)),
            Ordering::Greater => Obj::maybe(node.get(RIGHT)),
            Ordering::Equal => return Some(node),
        };
    }
    None
}

/// The tree with the entry put in, or its value replaced; and whether there is one more. Consumes tree and entry.
pub fn insert(mem: Mem, tree: Obj, shape: Shape, entry: Entry) -> Result<(Obj, bool), Fail> {
    let side = match compare(entry.key, tree.get(ENTRY + 1), shape.key) {
        Ordering::Less => LEFT,
        Ordering::Greater => RIGHT,
        Ordering::Equal => return Ok((super::replace_value(mem, tree, shape, ENTRY, entry)?, false)),
    };
    let node = mem.unshare(tree)?;
    let (child, added) = match Obj::maybe(node.get(side)) {
        Some(child) => insert(mem, child, shape, entry)?,
        None => (one(mem, shape, entry)?, true),
    };
    node.set(side, child.slot());
    Ok((balance(mem, node)?, added))
}

/// The tree without the key's entry, which is there and not the only one. Consumes the tree, keeps the key.
pub fn remove(mem: Mem, tree: Obj, shape: Shape, key: u64) -> Result<Obj, Fail> {
    Ok(Obj::of(remove_from(mem, tree, shape, key)?))
}

/// As [`remove`]; 0 when nothing is left.
fn remove_from(mem: Mem, tree: Obj, shape: Shape, key: u64) -> Result<u64, Fail> {
    let node = mem.unshare(tree)?;
    let side = match compare(key, node.get(ENTRY + 1), shape.key) {
        Ordering::Less => LEFT,
        Ordering::Greater => RIGHT,
        Ordering::Equal => {
            super::drop_entry(mem, shape, sorted::read(node, shape, ENTRY));
            let (left, right) = (node.get(LEFT), node.get(RIGHT));
            if left == 0 || right == 0 {
                mem.free_cell(node);
                return Ok(left | right);
            }
            let (rest, first) = remove_first(mem, Obj::of(right), shape)?;
            sorted::write(node, shape, ENTRY, first);
            node.set(RIGHT, rest);
            return Ok(balance(mem, node)?.slot());
        }
    };
    let rest = remove_from(mem, Obj::of(node.get(side)), shape, key)?;
    node.set(side, rest);
    Ok(balance(mem, node)?.slot())
}

/// The tree without its first entry, and that entry. Consumes the tree.
fn remove_first(mem: Mem, tree: Obj, shape: Shape) -> Result<(u64, Entry), Fail> {
    let node = mem.unshare(tree)?;
    let Some(left) = Obj::maybe(node.get(LEFT)) else {
        let (rest, first) = (node.get(RIGHT), sorted::read(node, shape, ENTRY));
        mem.free_cell(node);
        return Ok((rest, first));
    };
    let (rest, first) = remove_first(mem, left, shape)?;
    node.set(LEFT, rest);
    Ok((balance(mem, node)?.slot(), first))
}

fn size(slot: u64) -> u64 {
    Obj::maybe(slot).map_or(0, |node| count(node) as u64)
}

fn measure(node: Obj) {
    node.set(0, 1 + size(node.get(LEFT)) + size(node.get(RIGHT)));
}

/// Restores the balance and size of a unique node one of whose sides has gained or lost an entry.
fn balance(mem: Mem, node: Obj) -> Result<Obj, Fail> {
    let weight = |side: usize| size(node.get(side)) + 1;
    if weight(RIGHT) > WEIGHT * weight(LEFT) {
        rotate(mem, node, RIGHT, LEFT)
    } else if weight(LEFT) > WEIGHT * weight(RIGHT) {
        rotate(mem, node, LEFT, RIGHT)
    } else {
        measure(node);
        Ok(node)
    }
}

/// Lifts the child at `heavy` above the unique node, after lifting its inner child above it where that is due.
fn rotate(mem: Mem, node: Obj, heavy: usize, light: usize) -> Result<Obj, Fail> {
    let mut child = mem.unshare(Obj::of(node.get(heavy)))?;
    if size(child.get(light)) + 1 >= INNER * (size(child.get(heavy)) + 1) {
        let inner = mem.unshare(Obj::of(child.get(light)))?;
        child.set(light, inner.get(heavy));
        measure(child);
        inner.set(heavy, child.slot());
        child = inner;
    }
    node.set(heavy, child.get(light));
    measure(node);
    child.set(light, node.slot());
    measure(child);
    Ok(child)
}
