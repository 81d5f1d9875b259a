//! The hash trie under a large collection. Its shape depends on its keys alone: a node below the top never holds
//! one lone entry. Functions that change a node consume it; shared nodes on the path are copied, others written to.
//! Recursion here is as deep as the trie, at most [`LEVELS`] and one.

use super::cells::{COLLISION, ENTRY, Fragments, LEVELS, NODE, NODE_HEAD, Shape, count, fragment};
use super::collision;
use super::entries::Entry;
use super::sorted;
use crate::fail::Fail;
use crate::heap::Mem;
use crate::object::Obj;
use crate::value::compare::compare;
use std::cmp::Ordering;

/// The cell and slot of the key's entry.
#[inline]
pub fn find(top: Obj, shape: Shape, hash: u64, key: u64) -> Option<(Obj, usize)> {
    let stride = shape.stride();
    let mut node = top;
    let mut level = 0;
    while node.tag() == NODE {
        let bit = fragment(hash, level);
        let fragments = Fragments::of(node);
        if fragments.nodes & bit != 0 {
            node = Obj::of(node.get(fragments.node_slot(bit, stride)));
            level += 1;
            continue;
        }
        if fragments.entries & bit == 0 {
            return None;
        }
        let slot = fragments.entry_slot(bit, stride);
        let same = node.get(slot) == hash && compare(node.get(slot + 1), key, shape.key) == Ordering::Equal;
        return same.then_some((node, slot));
    }
    let same = node.get(ENTRY) == hash;
    same.then(|| collision::find(node, shape, key)).flatten().map(|found| (found, ENTRY))
}

/// A top node without entries.
pub fn empty(mem: Mem, shape: Shape) -> Result<Obj, Fail> {
    mem.object_of(shape.desc, NODE, &[0])
}

/// The node with the entry put in, or its value replaced; and whether there is one more. Consumes node and entry.
pub fn insert(mem: Mem, node: Obj, shape: Shape, level: u32, entry: Entry) -> Result<(Obj, bool), Fail> {
    if node.tag() == COLLISION {
        return collision::insert(mem, node, shape, entry);
    }
    let stride = shape.stride();
    let bit = fragment(entry.hash, level);
    let fragments = Fragments::of(node);
    if fragments.nodes & bit != 0 {
        let node = mem.unshare(node)?;
        let slot = fragments.node_slot(bit, stride);
        let (child, added) = insert(mem, Obj::of(node.get(slot)), shape, level + 1, entry)?;
        node.set(slot, child.slot());
        return Ok((node, added));
    }
    if fragments.entries & bit == 0 {
        let grown =
            rebuild(mem, node, shape, Fragments { entries: fragments.entries | bit, ..fragments }, bit)?;
        sorted::write(grown, shape, fragments.entry_slot(bit, stride), entry);
        return Ok((grown, true));
    }
    let slot = fragments.entry_slot(bit, stride);
    let present = sorted::read(node, shape, slot);
    if present.hash == entry.hash && compare(present.key, entry.key, shape.key) == Ordering::Equal {
        return Ok((super::replace_value(mem, node, shape, slot, entry)?, false));
    }
    let split = Fragments { entries: fragments.entries & !bit, nodes: fragments.nodes | bit };
    let grown = rebuild(mem, node, shape, split, bit)?;
    let child = pair(mem, shape, level + 1, present, entry)?;
    grown.set(split.node_slot(bit, stride), child.slot());
    Ok((grown, true))
}

/// What is left of a node after an entry has gone.
enum Rest {
    Node(Obj),
    /// It would be alone in the node, which is gone.
    Lone(Entry),
}

/// The top node without the key's entry, which is there. Consumes the node, keeps the key.
pub fn remove(mem: Mem, top: Obj, shape: Shape, hash: u64, key: u64) -> Result<Obj, Fail> {
    match remove_below(mem, top, shape, 0, hash, key)? {
        Rest::Node(node) => Ok(node),
        Rest::Lone(entry) => {
            let bit = fragment(entry.hash, 0);
            let node = mem.object(shape.desc, NODE, NODE_HEAD + shape.stride())?;
            node.set(0, Fragments { entries: bit, nodes: 0 }.word());
            sorted::write(node, shape, NODE_HEAD, entry);
            Ok(node)
        }
    }
}

fn remove_below(mem: Mem, node: Obj, shape: Shape, level: u32, hash: u64, key: u64) -> Result<Rest, Fail> {
    if node.tag() == COLLISION {
        let rest = collision::remove(mem, node, shape, key)?;
        if count(rest) > 1 {
            return Ok(Rest::Node(rest));
        }
        // What is left may be a node that another version holds too.
        let rest = mem.unshare(rest)?;
        let lone = sorted::read(rest, shape, ENTRY);
        mem.free_cell(rest);
        return Ok(Rest::Lone(lone));
    }
    let stride = shape.stride();
    let bit = fragment(hash, level);
    let fragments = Fragments::of(node);
    if fragments.entries & bit != 0 {
        let gone = sorted::read(node, shape, fragments.entry_slot(bit, stride));
        let left = Fragments { entries: fragments.entries & !bit, ..fragments };
        let rest = rebuild(mem, node, shape, left, bit)?;
        super::drop_entry(mem, shape, gone);
        return Ok(if left.nodes == 0 && left.entries.count_ones() == 1 && level > 0 {
            let lone = sorted::read(rest, shape, NODE_HEAD);
            mem.free_cell(rest);
            Rest::Lone(lone)
        } else {
            Rest::Node(rest)
        });
    }
    let node = mem.unshare(node)?;
    let slot = fragments.node_slot(bit, stride);
    match remove_below(mem, Obj::of(node.get(slot)), shape, level + 1, hash, key)? {
        Rest::Node(child) => {
            node.set(slot, child.slot());
            Ok(Rest::Node(node))
        }
        Rest::Lone(entry) if fragments.entries == 0 && fragments.nodes == bit && level > 0 => {
            mem.free_cell(node);
            Ok(Rest::Lone(entry))
        }
        Rest::Lone(entry) => {
            let inline = Fragments { entries: fragments.entries | bit, nodes: fragments.nodes & !bit };
            let rest = rebuild(mem, node, shape, inline, bit)?;
            sorted::write(rest, shape, inline.entry_slot(bit, stride), entry);
            Ok(Rest::Node(rest))
        }
    }
}

/// A node with the maps `to`, which differ from those of `node` at `bit` only; what stands at `bit` in the new node
/// is the caller's to write, and what stood there is the caller's to keep. Consumes the node.
fn rebuild(mem: Mem, node: Obj, shape: Shape, to: Fragments, bit: u32) -> Result<Obj, Fail> {
    let stride = shape.stride();
    let from = Fragments::of(node);
    let new = mem.object(shape.desc, NODE, to.slots(stride))?;
    new.set(0, to.word());
    let copy = |new_at: usize, old_at: usize, n: usize| new.copy_slots(new_at, node, old_at, n);
    let (old_entry, new_entry) = (from.entry_slot(bit, stride), to.entry_slot(bit, stride));
    copy(NODE_HEAD, NODE_HEAD, old_entry - NODE_HEAD);
    let old_after = old_entry + if from.entries & bit != 0 { stride } else { 0 };
    let new_after = new_entry + if to.entries & bit != 0 { stride } else { 0 };
    copy(new_after, old_after, from.first_node(stride) - old_after);
    let (old_node, new_node) = (from.node_slot(bit, stride), to.node_slot(bit, stride));
    copy(to.first_node(stride), from.first_node(stride), old_node - from.first_node(stride));
    let old_after = old_node + usize::from(from.nodes & bit != 0);
    let new_after = new_node + usize::from(to.nodes & bit != 0);
    copy(new_after, old_after, from.slots(stride) - old_after);
    super::retire(mem, node);
    Ok(new)
}

/// A node, at `level`, of two entries with different keys.
fn pair(mem: Mem, shape: Shape, level: u32, a: Entry, b: Entry) -> Result<Obj, Fail> {
    let stride = shape.stride();
    if level == LEVELS {
        let one = collision::one(mem, shape, a)?;
        return Ok(collision::insert(mem, one, shape, b)?.0);
    }
    let (bit_a, bit_b) = (fragment(a.hash, level), fragment(b.hash, level));
    if bit_a == bit_b {
        let child = pair(mem, shape, level + 1, a, b)?;
        let maps = Fragments { entries: 0, nodes: bit_a };
        return mem.object_of(shape.desc, NODE, &[maps.word(), child.slot()]);
    }
    let maps = Fragments { entries: bit_a | bit_b, nodes: 0 };
    let node = mem.object(shape.desc, NODE, maps.slots(stride))?;
    node.set(0, maps.word());
    sorted::write(node, shape, maps.entry_slot(bit_a, stride), a);
    sorted::write(node, shape, maps.entry_slot(bit_b, stride), b);
    Ok(node)
}
