//! Walking the entries of a map or set in its order: by hash, then by key.

use super::cells::{Fragments, LEVELS, NODE, SORTED_HEAD, Shape, TRIE, count};
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
    /// The cells from the top to the current one, with the next fragment or entry of each.
    stack: [(u64, u32); LEVELS as usize + 1],
    depth: usize,
}

impl Entries {
    pub fn of(map: Obj) -> Entries {
        let stride = Shape::of(map.desc()).stride();
        let top = if map.tag() == TRIE { map.get(1) } else { map.slot() };
        let mut stack = [(0, 0); LEVELS as usize + 1];
        stack[0] = (top, 0);
        Entries { stride, stack, depth: 1 }
    }

    fn entry(&self, object: Obj, slot: usize) -> Entry {
        let value = if self.stride == 3 { object.get(slot + 2) } else { 0 };
        Entry { hash: object.get(slot), key: object.get(slot + 1), value }
    }
}

impl Iterator for Entries {
    type Item = Entry;

    fn next(&mut self) -> Option<Entry> {
        while self.depth > 0 {
            let (slot, at) = self.stack[self.depth - 1];
            let object = Obj::of(slot);
            if object.tag() != NODE {
                if (at as usize) < count(object) {
                    self.stack[self.depth - 1].1 += 1;
                    return Some(self.entry(object, SORTED_HEAD + self.stride * at as usize));
                }
                self.depth -= 1;
                continue;
            }
            let fragments = Fragments::of(object);
            let rest = (u64::from(fragments.entries | fragments.nodes) >> at) as u32;
            if rest == 0 {
                self.depth -= 1;
                continue;
            }
            let place = at + rest.trailing_zeros();
            let bit = 1 << place;
            self.stack[self.depth - 1].1 = place + 1;
            if fragments.entries & bit != 0 {
                return Some(self.entry(object, fragments.entry_slot(bit, self.stride)));
            }
            self.stack[self.depth] = (object.get(fragments.node_slot(bit, self.stride)), 0);
            self.depth += 1;
        }
        None
    }
}
