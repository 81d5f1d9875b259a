//! The radix tree under a long vector: five bits of the index a level, full leaves, and a tail that takes pushes.
//! Every function that changes a tree copies the nodes on the path that are shared and writes to those that are not.

use super::cells::{
    BRANCH, FLAT_HEAD, LEAF, NODE_SLOTS, ROOT, SHIFT, TAIL, TREE, TREE_SLOTS, WIDTH, count, start,
};
use crate::fail::Fail;
use crate::heap::Mem;
use crate::object::{Obj, retain};

const BITS: usize = 5;
const MASK: usize = WIDTH - 1;

/// The position of the tail's first element in a tree of `count` elements, of which there is at least one.
fn tail_start(count: usize) -> usize {
    (count - 1) & !MASK
}

/// The leaf's elements from position `i` on.
#[inline]
pub fn run<'a>(tree: Obj, i: usize) -> &'a [u64] {
    let leaf = if i >= tail_start(count(tree)) {
        Obj::of(tree.get(TAIL))
    } else {
        let mut shift = tree.get(SHIFT) as usize;
        let mut node = Obj::of(tree.get(ROOT));
        while shift > 0 {
            node = Obj::of(node.get(1 + (i >> shift & MASK)));
            shift -= BITS;
        }
        node
    };
    let at = i & MASK;
    leaf.slots(1 + at, count(leaf) - at)
}

/// A tree of the elements of a flat vector, which is not empty and is consumed.
pub fn of_flat(mem: Mem, flat: Obj) -> Result<Obj, Fail> {
    let elements = flat.slots(FLAT_HEAD + start(flat), count(flat));
    if flat.desc().arg0().is_pointer() {
        elements.iter().for_each(|&element| retain(element));
    }
    let tree = mem.object_of(flat.desc(), TREE, &[0, BITS as u64, 0, 0])?;
    debug_assert_eq!(TREE_SLOTS, 4);
    for piece in elements.chunks(WIDTH) {
        let leaf = node(mem, flat, LEAF, piece)?;
        let tail = tree.get(TAIL);
        if tail != 0 {
            hang(mem, tree, Obj::of(tail))?;
        }
        tree.set(TAIL, leaf.slot());
        tree.set(0, tree.get(0) + piece.len() as u64);
    }
    mem.drop(flat.slot());
    Ok(tree)
}

/// Appends an element. Consumes both.
pub fn push(mem: Mem, tree: Obj, element: u64) -> Result<Obj, Fail> {
    let tree = mem.unshare(tree)?;
    let length = count(tree);
    if length - tail_start(length) < WIDTH {
        let tail = mem.unshare(Obj::of(tree.get(TAIL)))?;
        let end = count(tail);
        tail.set(1 + end, element);
        tail.set(0, end as u64 + 1);
        tree.set(TAIL, tail.slot());
    } else {
        let leaf = node(mem, tree, LEAF, &[element])?;
        hang(mem, tree, Obj::of(tree.get(TAIL)))?;
        tree.set(TAIL, leaf.slot());
    }
    tree.set(0, length as u64 + 1);
    Ok(tree)
}

/// Replaces element `i`, which exists. Consumes the tree and the element.
pub fn assoc(mem: Mem, tree: Obj, i: usize, element: u64) -> Result<Obj, Fail> {
    let tree = mem.unshare(tree)?;
    let mut parent = tree;
    let mut at = TAIL;
    if i < tail_start(count(tree)) {
        at = ROOT;
        let mut shift = tree.get(SHIFT) as usize;
        while shift > 0 {
            let branch = mem.unshare(Obj::of(parent.get(at)))?;
            parent.set(at, branch.slot());
            (parent, at) = (branch, 1 + (i >> shift & MASK));
            shift -= BITS;
        }
    }
    let leaf = mem.unshare(Obj::of(parent.get(at)))?;
    parent.set(at, leaf.slot());
    let old = std::mem::replace(&mut leaf.slots_mut(1 + (i & MASK), 1)[0], element);
    mem.drop_as(old, tree.desc().arg0());
    Ok(tree)
}

/// Moves a full leaf, until now the tail, under the root of a unique tree, which makes room where it must.
fn hang(mem: Mem, tree: Obj, leaf: Obj) -> Result<(), Fail> {
    let first = tail_start(count(tree));
    let shift = tree.get(SHIFT) as usize;
    let root = tree.get(ROOT);
    if root == 0 {
        let root = node(mem, tree, BRANCH, &[leaf.slot()])?;
        tree.set(ROOT, root.slot());
    } else if first >> shift >= WIDTH {
        let path = path(mem, tree, shift, leaf)?;
        let above = node(mem, tree, BRANCH, &[root, path.slot()])?;
        tree.set(ROOT, above.slot());
        tree.set(SHIFT, (shift + BITS) as u64);
    } else {
        let mut shift = shift;
        let mut branch = mem.unshare(Obj::of(root))?;
        tree.set(ROOT, branch.slot());
        loop {
            let at = first >> shift & MASK;
            if at == count(branch) {
                let child = path(mem, tree, shift - BITS, leaf)?;
                branch.set(1 + at, child.slot());
                branch.set(0, at as u64 + 1);
                return Ok(());
            }
            let child = mem.unshare(Obj::of(branch.get(1 + at)))?;
            branch.set(1 + at, child.slot());
            (branch, shift) = (child, shift - BITS);
        }
    }
    Ok(())
}

/// Branches of one child down to the leaf, so that the top one stands at `shift`; the leaf itself at 0.
fn path(mem: Mem, tree: Obj, shift: usize, leaf: Obj) -> Result<Obj, Fail> {
    (0..shift / BITS).try_fold(leaf, |below, _| node(mem, tree, BRANCH, &[below.slot()]))
}

fn node(mem: Mem, of: Obj, tag: u8, items: &[u64]) -> Result<Obj, Fail> {
    let node = mem.object(of.desc(), tag, NODE_SLOTS)?;
    node.set(0, items.len() as u64);
    node.slots_mut(1, items.len()).copy_from_slice(items);
    Ok(node)
}
