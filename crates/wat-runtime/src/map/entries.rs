//! Walking the entries of a map or set in its order: by hash, then by key.

use super::cells::{COLLISION, ENTRY, Fragments, LEFT, NODE, RIGHT, SORTED_HEAD, Shape, TRIE, count};
use crate::object::Obj;

/// An entry; the collection keeps what its slots hold.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    pub hash: u64,
    pub key: u64,
    /// 0 in sets.
    pub value: u64,
}

/// The entries of a collection, which lives and is unchanged meanwhile.
pub struct Entries {
    stride: usize,
    /// The cell being walked, 0 at the end, and its next entry, fragment or side.
    cell: u64,
    at: u32,
    /// The cells around it.
    around: Vec<(u64, u32)>,
}

impl Entries {
    pub fn of(map: Obj) -> Entries {
        let stride = Shape::of(map.desc()).stride();
        let cell = if map.tag() == TRIE { map.get(1) } else { map.slot() };
        Entries { stride, cell, at: 0, around: Vec::new() }
    }

    fn entry(&self, object: Obj, slot: usize) -> Entry {
        let value = if self.stride == 3 { object.get(slot + 2) } else { 0 };
        Entry { hash: object.get(slot), key: object.get(slot + 1), value }
    }

    fn leave(&mut self) {
        (self.cell, self.at) = self.around.pop().unwrap_or((0, 0));
    }

    fn go_into(&mut self, cell: u64) {
        self.around.push((self.cell, self.at));
        (self.cell, self.at) = (cell, 0);
    }

    /// The next entry of the node's own, or nothing after moving to another cell.
    fn in_node(&mut self, node: Obj) -> Option<Entry> {
        let fragments = Fragments::of(node);
        let rest = (u64::from(fragments.entries | fragments.nodes) >> self.at) as u32;
        if rest == 0 {
            self.leave();
            return None;
        }
        let place = self.at + rest.trailing_zeros();
        let bit = 1 << place;
        self.at = place + 1;
        if fragments.entries & bit != 0 {
            return Some(self.entry(node, fragments.entry_slot(bit, self.stride)));
        }
        self.go_into(node.get(fragments.node_slot(bit, self.stride)));
        None
    }

    /// The same in a tree of entries with one hash: left, entry, right.
    fn in_tree(&mut self, node: Obj) -> Option<Entry> {
        self.at += 1;
        match self.at {
            1 if node.get(LEFT) != 0 => self.go_into(node.get(LEFT)),
            2 => return Some(self.entry(node, ENTRY)),
            3 if node.get(RIGHT) != 0 => self.go_into(node.get(RIGHT)),
            4 => self.leave(),
            _ => {}
        }
        None
    }
}

impl Iterator for Entries {
    type Item = Entry;

    fn next(&mut self) -> Option<Entry> {
        while let Some(object) = Obj::maybe(self.cell) {
            let found = match object.tag() {
                NODE => self.in_node(object),
                COLLISION => self.in_tree(object),
                _ if (self.at as usize) < count(object) => {
                    self.at += 1;
                    return Some(self.entry(object, SORTED_HEAD + self.stride * (self.at as usize - 1)));
                }
                _ => return None,
            };
            if found.is_some() {
                return found;
            }
        }
        None
    }
}
