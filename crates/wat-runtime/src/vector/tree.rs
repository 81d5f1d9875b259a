//! The radix tree under a long vector: up to 32 children a branch, and a tail that takes pushes. Every function that
//! changes a tree copies the nodes on the path that are shared and writes to those that are not. `relaxed.rs` takes
//! trees apart and puts them together.
//!
//! In a plain branch every child but the last is full, so the child of element `i` is five bits of `i`; that is
//! Clojure's persistent vector (Bagwell and Hickey). What slices and concatenation leave is a sized branch, which holds
//! how many elements come up to the end of each child (Bagwell and Rompf, *RRB-Trees*, 2011); the search begins where
//! the five bits point.
//!
//! A flat vector becomes a tree by a window over its cell, which costs the same however long it is. A window is taken
//! apart into windows one level lower where a change leads through it, so what is changed pays for the nodes on its way
//! alone. The cell lives as long as a window over it, with all its elements.

use super::cells::{
    BRANCH, FLAT_HEAD, LEAF, NODE_SLOTS, ROOT, SHIFT, SIZED, SIZED_SLOTS, SIZES, TAIL, TREE, TREE_SLOTS,
    WIDTH, WINDOW, buffer, count, start,
};
use crate::fail::Fail;
use crate::heap::Mem;
use crate::object::{Obj, retain};

pub const BITS: usize = 5;

/// The position of the tail's first element.
pub fn tail_start(tree: Obj) -> usize {
    count(tree) - count(Obj::of(tree.get(TAIL)))
}

/// Which child of a branch at `shift` holds its element `i`, and how many elements come before that child.
#[inline]
pub fn child_of(branch: Obj, shift: usize, i: usize) -> (usize, usize) {
    let mut at = i >> shift;
    if branch.tag() != SIZED {
        return (at, at << shift);
    }
    // No child holds more than 32 to the power of its height, so the one sought is no further to the left.
    while branch.get(SIZES + at) as usize <= i {
        at += 1;
    }
    (at, if at == 0 { 0 } else { branch.get(SIZES + at - 1) as usize })
}

/// The elements from position `i` to the end of the leaf or the window in which it stands.
#[inline]
pub fn run<'a>(tree: Obj, mut i: usize) -> &'a [u64] {
    let first = tail_start(tree);
    let leaf = if i >= first {
        i -= first;
        Obj::of(tree.get(TAIL))
    } else {
        let mut shift = tree.get(SHIFT) as usize;
        let mut node = Obj::of(tree.get(ROOT));
        while shift > 0 && matches!(node.tag(), BRANCH | SIZED) {
            let (at, before) = child_of(node, shift, i);
            node = Obj::of(node.get(1 + at));
            i -= before;
            shift -= BITS;
        }
        node
    };
    &elements(leaf)[i..]
}

/// The elements of a leaf or a window.
#[inline(always)]
pub fn elements<'a>(leaf: Obj) -> &'a [u64] {
    let (cell, first) = if leaf.tag() == LEAF { (leaf, 1) } else { buffer(leaf).unwrap_or((leaf, 1)) };
    cell.slots(first, count(leaf))
}

/// A tree of the elements of a flat vector, which is not empty and is consumed.
pub fn of_flat(mem: Mem, flat: Obj) -> Result<Obj, Fail> {
    of_part(mem, flat, 0, count(flat))
}

/// A tree of the elements `from..to`, at least one, of a flat vector, which is consumed.
pub fn of_part(mem: Mem, flat: Obj, from: usize, to: usize) -> Result<Obj, Fail> {
    let first = FLAT_HEAD + start(flat);
    let end = from + (to - from - 1) / WIDTH * WIDTH;
    let tail = leaf(mem, flat, flat.slots(first + end, to - end))?;
    debug_assert_eq!(TREE_SLOTS, 4);
    let tree = mem.object_of(flat.desc(), TREE, &[(to - from) as u64, BITS as u64, 0, tail.slot()])?;
    if end > from {
        tree.set(ROOT, window(mem, flat, first + from, end - from)?.slot());
        tree.set(SHIFT, shift_of(end - from) as u64);
    }
    mem.drop(flat.slot());
    Ok(tree)
}

/// The least shift at which one branch holds so many elements.
pub fn shift_of(elements: usize) -> usize {
    let mut shift = BITS;
    while elements > WIDTH << shift {
        shift += BITS;
    }
    shift
}

/// A window over elements of a flat cell, which it keeps alive and its caller keeps.
pub fn window(mem: Mem, cell: Obj, first: usize, elements: usize) -> Result<Obj, Fail> {
    cell.retain();
    mem.object_of(cell.desc(), WINDOW, &[elements as u64, first as u64, cell.slot()])
}

/// What a node at `shift`, which is above leaves, consists of, each with a reference of its own. Consumes the node.
pub fn children(mem: Mem, node: Obj, shift: usize) -> Result<Vec<u64>, Fail> {
    let all = match buffer(node) {
        Some((cell, first)) => (0..count(node))
            .step_by(1 << shift)
            .map(|at| Ok(window(mem, cell, first + at, (count(node) - at).min(1 << shift))?.slot()))
            .collect::<Result<_, Fail>>()?,
        None => {
            let all = node.slots(1, count(node));
            all.iter().for_each(|&child| retain(child));
            all.to_vec()
        }
    };
    mem.drop(node.slot());
    Ok(all)
}

/// How many items a node has or, taken apart, would have.
pub fn items(node: Obj, shift: usize) -> usize {
    if buffer(node).is_some() { count(node).div_ceil(1 << shift) } else { count(node) }
}

/// A node that nobody shares and that has its items in it. Consumes the node.
fn own(mem: Mem, node: Obj, shift: usize) -> Result<Obj, Fail> {
    if buffer(node).is_none() {
        return mem.unshare(node);
    }
    let own = if shift == 0 {
        leaf(mem, node, elements(node))?
    } else {
        node.retain();
        branch(mem, node, shift, &children(mem, node, shift)?)?
    };
    mem.drop(node.slot());
    Ok(own)
}

/// Takes apart the window in a slot of a node, shared or not: the elements stay the same, and so those who share the node
/// pay for it once.
fn settle(mem: Mem, node: Obj, slot: usize, shift: usize) -> Result<(), Fail> {
    if shift > 0 && buffer(node).is_none() && !node.is_immortal() {
        let child = Obj::of(node.get(slot));
        if buffer(child).is_some() {
            node.set(slot, own(mem, child, shift)?.slot());
        }
    }
    Ok(())
}

/// Appends an element. Consumes both.
pub fn push(mem: Mem, tree: Obj, element: u64) -> Result<Obj, Fail> {
    let tree = mem.unshare(tree)?;
    let tail = Obj::of(tree.get(TAIL));
    if count(tail) < WIDTH {
        let tail = mem.unshare(tail)?;
        let end = count(tail);
        tail.set(1 + end, element);
        tail.set(0, end as u64 + 1);
        tree.set(TAIL, tail.slot());
    } else {
        let leaf = node(mem, tree, LEAF, &[element])?;
        hang(mem, tree, tail)?;
        tree.set(TAIL, leaf.slot());
    }
    tree.set(0, count(tree) as u64 + 1);
    Ok(tree)
}

/// Replaces element `i`, which exists. Consumes the tree and the element.
pub fn assoc(mem: Mem, tree: Obj, mut i: usize, element: u64) -> Result<Obj, Fail> {
    let first = tail_start(tree);
    let mut shift = tree.get(SHIFT) as usize;
    if i < first {
        settle(mem, tree, ROOT, shift)?;
    }
    let tree = mem.unshare(tree)?;
    let mut parent = tree;
    let mut slot = TAIL;
    if i < first {
        slot = ROOT;
        while shift > 0 {
            let mut node = Obj::of(parent.get(slot));
            if buffer(node).is_some() {
                node = own(mem, node, shift)?;
            }
            let (at, before) = child_of(node, shift, i);
            settle(mem, node, 1 + at, shift - BITS)?;
            let branch = mem.unshare(node)?;
            parent.set(slot, branch.slot());
            (parent, slot) = (branch, 1 + at);
            i -= before;
            shift -= BITS;
        }
    } else {
        i -= first;
    }
    let leaf = own(mem, Obj::of(parent.get(slot)), 0)?;
    parent.set(slot, leaf.slot());
    let old = std::mem::replace(&mut leaf.slots_mut(1 + i, 1)[0], element);
    mem.drop_as(old, tree.desc().arg0());
    Ok(tree)
}

/// Moves a leaf, until now the tail, to the end of what is under the root of a unique tree, which makes room where it
/// must. The tree's own count is not looked at.
pub fn hang(mem: Mem, tree: Obj, leaf: Obj) -> Result<(), Fail> {
    let shift = tree.get(SHIFT) as usize;
    let root = tree.get(ROOT);
    if root == 0 {
        let root = branch(mem, tree, BITS, &[leaf.slot()])?;
        tree.set(ROOT, root.slot());
        tree.set(SHIFT, BITS as u64);
    } else if has_room(Obj::of(root), shift) {
        let root = add(mem, Obj::of(root), shift, leaf)?;
        tree.set(ROOT, root.slot());
    } else {
        let path = path(mem, tree, shift, leaf)?;
        let above = branch(mem, tree, shift + BITS, &[root, path.slot()])?;
        tree.set(ROOT, above.slot());
        tree.set(SHIFT, (shift + BITS) as u64);
    }
    Ok(())
}

/// Whether a leaf finds room at the right edge of a branch.
fn has_room(branch: Obj, shift: usize) -> bool {
    // Taken apart, a window has leaves that are full, but for the last.
    if buffer(branch).is_some() {
        return count(branch).div_ceil(WIDTH) < 1 << shift;
    }
    count(branch) < WIDTH || shift > BITS && has_room(last(branch), shift - BITS)
}

fn last(branch: Obj) -> Obj {
    Obj::of(branch.get(count(branch)))
}

/// The branch with a leaf at its right edge, where there is room. Consumes both.
fn add(mem: Mem, branch: Obj, shift: usize, leaf: Obj) -> Result<Obj, Fail> {
    let more = count(leaf) as u64;
    let branch = if buffer(branch).is_some() { own(mem, branch, shift)? } else { branch };
    let n = count(branch);
    let deeper = shift > BITS && has_room(last(branch), shift - BITS);
    // A plain branch whose last child stays short where another follows becomes a sized one.
    let becomes_sized = !deeper && branch.tag() == BRANCH && size(last(branch), shift - BITS) < 1 << shift;
    if becomes_sized {
        let path = path(mem, branch, shift - BITS, leaf)?;
        let mut children = children(mem, branch, shift)?;
        children.push(path.slot());
        return self::branch(mem, path, shift, &children);
    }
    let branch = mem.unshare(branch)?;
    if deeper {
        let child = add(mem, last(branch), shift - BITS, leaf)?;
        branch.set(n, child.slot());
        if branch.tag() == SIZED {
            branch.set(SIZES + n - 1, branch.get(SIZES + n - 1) + more);
        }
    } else {
        let path = path(mem, branch, shift - BITS, leaf)?;
        branch.set(1 + n, path.slot());
        branch.set(0, n as u64 + 1);
        if branch.tag() == SIZED {
            branch.set(SIZES + n, branch.get(SIZES + n - 1) + more);
        }
    }
    Ok(branch)
}

/// Branches of one child down to the leaf, so that the top one stands at `shift`; the leaf itself at 0.
fn path(mem: Mem, of: Obj, shift: usize, leaf: Obj) -> Result<Obj, Fail> {
    (0..shift / BITS).try_fold(leaf, |below, _| node(mem, of, BRANCH, &[below.slot()]))
}

/// How many elements are under a node; `shift` is 0 for a leaf.
pub fn size(node: Obj, shift: usize) -> usize {
    match node.tag() {
        SIZED => node.get(SIZES + count(node) - 1) as usize,
        BRANCH => ((count(node) - 1) << shift) + size(last(node), shift - BITS),
        _ => count(node),
    }
}

/// A branch of 1 to 32 children, which it takes over: a plain one where it can be.
pub fn branch(mem: Mem, of: Obj, shift: usize, children: &[u64]) -> Result<Obj, Fail> {
    let sizes = children.iter().map(|&child| size(Obj::of(child), shift - BITS));
    if sizes.clone().rev().skip(1).all(|size| size == 1 << shift) {
        return node(mem, of, BRANCH, children);
    }
    let branch = mem.object(of.desc(), SIZED, SIZED_SLOTS)?;
    branch.set(0, children.len() as u64);
    branch.slots_mut(1, children.len()).copy_from_slice(children);
    let mut end = 0;
    for (n, size) in sizes.enumerate() {
        end += size;
        branch.set(SIZES + n, end as u64);
    }
    Ok(branch)
}

/// A leaf of elements that their owner keeps.
pub fn leaf(mem: Mem, of: Obj, elements: &[u64]) -> Result<Obj, Fail> {
    if of.desc().arg0().is_pointer() {
        elements.iter().for_each(|&element| retain(element));
    }
    node(mem, of, LEAF, elements)
}

/// A leaf or a plain branch of these items, which it takes over.
pub fn node(mem: Mem, of: Obj, tag: u8, items: &[u64]) -> Result<Obj, Fail> {
    let node = mem.object(of.desc(), tag, NODE_SLOTS)?;
    node.set(0, items.len() as u64);
    node.slots_mut(1, items.len()).copy_from_slice(items);
    Ok(node)
}
