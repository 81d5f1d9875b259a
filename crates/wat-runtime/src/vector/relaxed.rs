//! Concatenation and slices of trees in logarithmic time, after Bagwell and Rompf, *RRB-Trees* (2011).
//!
//! Only the nodes along the seam or the cut are made anew. What keeps trees low is one rule: of two neighbours under
//! one parent the items are more than 32 together, so that a branch has more than 16 grandchildren for each pair of
//! children and the height stays below log16 of the count. It departs from the paper, which moves items along a whole
//! level until few slots are empty: [`join`] alone merges, and only neighbours that fit into one node.

use super::cells::{FIRST, ROOT, SHIFT, TAIL, WIDTH, WINDOW, buffer, count};
use super::tree::{
    BITS, branch, child_of, children, elements, hang, items, leaf, shift_of, size, tail_start, window,
};
use crate::fail::Fail;
use crate::heap::Mem;
use crate::object::{Obj, retain};

/// The elements of both trees. Consumes the first, keeps the second.
pub fn concat(mem: Mem, tree: Obj, other: Obj) -> Result<Obj, Fail> {
    let tree = mem.unshare(tree)?;
    let total = count(tree) + count(other);
    hang(mem, tree, Obj::of(tree.get(TAIL)))?;
    retain(other.get(TAIL));
    tree.set(TAIL, other.get(TAIL));
    tree.set(0, total as u64);
    if other.get(ROOT) != 0 {
        retain(other.get(ROOT));
        let (left, right) = (tree.get(SHIFT) as usize, other.get(SHIFT) as usize);
        let nodes = seam(mem, Obj::of(tree.get(ROOT)), left, Obj::of(other.get(ROOT)), right)?;
        let shift = left.max(right);
        set_root(mem, tree, shift, &nodes)?;
    }
    Ok(tree)
}

/// The elements `from..to`, more than two leaves of them. Consumes the tree.
pub fn slice(mem: Mem, tree: Obj, from: usize, to: usize) -> Result<Obj, Fail> {
    debug_assert!(to - from > 2 * WIDTH);
    let tree = mem.unshare(tree)?;
    // Walking one by `[first & rest]` moves the window on.
    let root = Obj::of(tree.get(ROOT));
    if to == count(tree) && root.tag() == WINDOW && root.is_unique() && from < count(root) {
        let root = part(mem, root, from, count(root))?;
        tree.set(ROOT, root.slot());
        tree.set(0, (to - from) as u64);
        return Ok(tree);
    }
    let (first, shift) = (tail_start(tree), tree.get(SHIFT) as usize);
    let mut root = Obj::of(tree.get(ROOT));
    let mut end = first;
    if to > first {
        let tail = cut_right(mem, Obj::of(tree.get(TAIL)), 0, to - first)?;
        tree.set(TAIL, tail.slot());
    } else {
        mem.drop(tree.get(TAIL));
        root = cut_right(mem, root, shift, to)?;
        let leaf = last_leaf(mem, root, shift)?;
        tree.set(TAIL, leaf.slot());
        end = to - count(leaf);
        root = cut_right(mem, root, shift, end)?;
    }
    debug_assert!(from < end);
    let root = cut_left(mem, root, shift, from)?;
    tree.set(0, (to - from) as u64);
    set_root(mem, tree, shift, &[root.slot()])?;
    Ok(tree)
}

/// Puts one or two nodes of a level under a tree, as low as they go.
fn set_root(mem: Mem, tree: Obj, mut shift: usize, nodes: &[u64]) -> Result<(), Fail> {
    let mut root = match nodes {
        [one] => Obj::of(*one),
        _ => {
            shift += BITS;
            branch(mem, tree, shift, nodes)?
        }
    };
    if buffer(root).is_some() {
        shift = shift_of(count(root));
    }
    while shift > BITS && buffer(root).is_none() && count(root) == 1 {
        let child = Obj::of(root.get(1));
        child.retain();
        mem.drop(root.slot());
        (root, shift) = (child, shift - BITS);
    }
    tree.set(ROOT, root.slot());
    tree.set(SHIFT, shift as u64);
    Ok(())
}

/// Two nodes side by side, as one or two of the higher level. Consumes both.
fn seam(mem: Mem, left: Obj, ls: usize, right: Obj, rs: usize) -> Result<Vec<u64>, Fail> {
    let shift = ls.max(rs);
    if shift == 0 {
        return join(mem, 0, vec![left.slot(), right.slot()]);
    }
    let (mut all, mut after) = (Vec::new(), Vec::new());
    let (mut inner_left, mut inner_right) = (left, right);
    if ls == shift {
        all = children(mem, left, shift)?;
        inner_left = Obj::of(all.pop().expect("a branch has a child"));
    }
    if rs == shift {
        after = children(mem, right, shift)?;
        inner_right = Obj::of(after.remove(0));
    }
    let below = |own: usize| if own == shift { shift - BITS } else { own };
    let middle = seam(mem, inner_left, below(ls), inner_right, below(rs))?;
    all.extend(middle);
    all.extend(after);
    let all = join(mem, shift - BITS, all)?;
    let of = Obj::of(all[0]);
    all.chunks(WIDTH).map(|some| Ok(branch(mem, of, shift, some)?.slot())).collect()
}

/// Neighbours at a level, those that fit into one node made one.
fn join(mem: Mem, shift: usize, nodes: Vec<u64>) -> Result<Vec<u64>, Fail> {
    let mut joined: Vec<u64> = Vec::with_capacity(nodes.len());
    for next in nodes {
        let next = Obj::of(next);
        match joined.last_mut() {
            Some(last) if items(Obj::of(*last), shift) + items(next, shift) <= WIDTH => {
                *last = merge(mem, Obj::of(*last), next, shift)?.slot();
            }
            _ => joined.push(next.slot()),
        }
    }
    Ok(joined)
}

/// The items of two nodes of a level in one. Consumes both.
fn merge(mem: Mem, left: Obj, right: Obj, shift: usize) -> Result<Obj, Fail> {
    if shift > 0 {
        let of = right.desc();
        let mut all = children(mem, left, shift)?;
        all.extend(children(mem, right, shift)?);
        debug_assert!(Obj::of(all[0]).desc() == of);
        return branch(mem, Obj::of(all[0]), shift, &all);
    }
    let both = leaf(mem, left, &[elements(left), elements(right)].concat())?;
    mem.drop(left.slot());
    mem.drop(right.slot());
    Ok(both)
}

/// Some of the elements of a leaf or a window, as another. Consumes the node.
fn part(mem: Mem, node: Obj, from: usize, to: usize) -> Result<Obj, Fail> {
    if node.tag() == WINDOW && node.is_unique() {
        node.set(FIRST, node.get(FIRST) + from as u64);
        node.set(0, (to - from) as u64);
        return Ok(node);
    }
    let part = match buffer(node) {
        Some((cell, first)) => window(mem, cell, first + from, to - from)?,
        None => leaf(mem, node, &elements(node)[from..to])?,
    };
    mem.drop(node.slot());
    Ok(part)
}

/// The first `keep` elements under a node, of which there are at least as many and one. Consumes the node.
fn cut_right(mem: Mem, node: Obj, shift: usize, keep: usize) -> Result<Obj, Fail> {
    if keep == size(node, shift) {
        return Ok(node);
    }
    if shift == 0 || buffer(node).is_some() {
        return part(mem, node, 0, keep);
    }
    let (at, before) = child_of(node, shift, keep - 1);
    let mut all = children(mem, node, shift)?;
    all.drain(at + 1..).for_each(|child| mem.drop(child));
    all[at] = cut_right(mem, Obj::of(all[at]), shift - BITS, keep - before)?.slot();
    let all = join(mem, shift - BITS, all)?;
    branch(mem, Obj::of(all[0]), shift, &all)
}

/// All but the first `skip` elements under a node, which has more. Consumes the node.
fn cut_left(mem: Mem, node: Obj, shift: usize, skip: usize) -> Result<Obj, Fail> {
    if skip == 0 {
        return Ok(node);
    }
    if shift == 0 || buffer(node).is_some() {
        return part(mem, node, skip, count(node));
    }
    let (at, before) = child_of(node, shift, skip);
    let mut all = children(mem, node, shift)?;
    all.drain(..at).for_each(|child| mem.drop(child));
    all[0] = cut_left(mem, Obj::of(all[0]), shift - BITS, skip - before)?.slot();
    let all = join(mem, shift - BITS, all)?;
    branch(mem, Obj::of(all[0]), shift, &all)
}

/// The last leaf under a node, with a reference of its own; a copy of as much of a window.
fn last_leaf(mem: Mem, node: Obj, shift: usize) -> Result<Obj, Fail> {
    if buffer(node).is_some() {
        let all = elements(node);
        return leaf(mem, node, &all[(all.len() - 1) / WIDTH * WIDTH..]);
    }
    if shift > 0 {
        return last_leaf(mem, Obj::of(node.get(count(node))), shift - BITS);
    }
    node.retain();
    Ok(node)
}
