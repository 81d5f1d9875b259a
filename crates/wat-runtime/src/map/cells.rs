//! The cells a map or set is made of. Each carries the collection's descriptor; the tag says which form it is. An
//! *entry* is two slots in a set (hash, key) and three in a map (hash, key, value).
//!
//! | tag | slots |
//! |---|---|
//! | [`SMALL`] | count; capacity; entries by (hash, key) |
//! | [`TRIE`] | count; top node |
//! | [`NODE`] | which fragments have an entry (low 32 bits) and which a node (high 32); entries; nodes, both by fragment |
//! | [`COLLISION`] | size; left and right tree or 0; one entry: a node of the tree of entries with one hash |
//!
//! The root is `SMALL` up to [`SMALL_MAX`] entries and a `TRIE` above. The trie is a CHAMP (Steindorfer and Vinju,
//! OOPSLA 2015) that takes the hash five bits a level *from the top*, so that walking a node's fragments in order,
//! entries and nodes alike, visits entries in the order of their hashes.

use crate::desc::DescRef;
use crate::object::Obj;
use wat_abi::desc::Kind;

pub const SMALL: u8 = 0;
pub const TRIE: u8 = 1;
pub const NODE: u8 = 2;
pub const COLLISION: u8 = 3;

/// Most entries of a collection that is one sorted slice.
pub const SMALL_MAX: usize = 16;
/// Slots before the entries of `SMALL`.
pub const SORTED_HEAD: usize = 2;
/// Slots of `COLLISION`.
pub const LEFT: usize = 1;
pub const RIGHT: usize = 2;
pub const ENTRY: usize = 3;
/// Slots before the entry of `COLLISION`.
pub const TREE_HEAD: usize = 3;
/// Slots before the entries of `NODE`.
pub const NODE_HEAD: usize = 1;
/// Levels of nodes before all 64 bits are used.
pub const LEVELS: u32 = 13;

/// What an operation needs to know of the collection's type.
#[derive(Clone, Copy)]
pub struct Shape {
    pub desc: DescRef,
    pub key: DescRef,
    /// Of a map.
    pub value: Option<DescRef>,
}

impl Shape {
    #[inline]
    pub fn of(desc: DescRef) -> Shape {
        let value = (desc.kind() == Kind::Map).then(|| desc.arg1());
        Shape { desc, key: desc.arg0(), value }
    }

    /// Slots of an entry.
    #[inline(always)]
    pub fn stride(self) -> usize {
        2 + usize::from(self.value.is_some())
    }
}

/// The maps of a node.
#[derive(Clone, Copy)]
pub struct Fragments {
    pub entries: u32,
    pub nodes: u32,
}

impl Fragments {
    #[inline(always)]
    pub fn of(node: Obj) -> Fragments {
        let word = node.get(0);
        Fragments { entries: word as u32, nodes: (word >> 32) as u32 }
    }

    #[inline(always)]
    pub fn word(self) -> u64 {
        u64::from(self.nodes) << 32 | u64::from(self.entries)
    }

    /// Slot of the entry at `bit`, whether it is there or not.
    #[inline(always)]
    pub fn entry_slot(self, bit: u32, stride: usize) -> usize {
        NODE_HEAD + stride * (self.entries & (bit - 1)).count_ones() as usize
    }

    /// Slot of the node at `bit`, whether it is there or not.
    #[inline(always)]
    pub fn node_slot(self, bit: u32, stride: usize) -> usize {
        self.first_node(stride) + (self.nodes & (bit - 1)).count_ones() as usize
    }

    #[inline(always)]
    pub fn first_node(self, stride: usize) -> usize {
        NODE_HEAD + stride * self.entries.count_ones() as usize
    }

    #[inline(always)]
    pub fn slots(self, stride: usize) -> usize {
        self.first_node(stride) + self.nodes.count_ones() as usize
    }
}

/// The bit of `hash` at `level` in a node's maps. The last level has four bits of its own; the fifth is one that
/// all its entries share, which keeps their order.
#[inline(always)]
pub fn fragment(hash: u64, level: u32) -> u32 {
    1 << (hash.rotate_left(5 * (level + 1)) & 31)
}

#[inline(always)]
pub fn count(object: Obj) -> usize {
    object.get(0) as usize
}

#[inline(always)]
pub fn capacity(sorted: Obj) -> usize {
    sorted.get(1) as usize
}

/// Slots of a cell.
pub fn slots(object: Obj) -> usize {
    let stride = Shape::of(object.desc()).stride();
    match object.tag() {
        TRIE => 2,
        NODE => Fragments::of(object).slots(stride),
        COLLISION => TREE_HEAD + stride,
        _ => SORTED_HEAD + stride * capacity(object),
    }
}

/// Calls `f` with each slot that may hold a pointer.
pub fn pointers(object: Obj, f: &mut impl FnMut(usize)) {
    let shape = Shape::of(object.desc());
    let stride = shape.stride();
    let (first, entries) = match object.tag() {
        TRIE => return f(1),
        NODE => {
            let fragments = Fragments::of(object);
            (fragments.first_node(stride)..fragments.slots(stride)).for_each(&mut *f);
            (NODE_HEAD, fragments.entries.count_ones() as usize)
        }
        COLLISION => {
            f(LEFT);
            f(RIGHT);
            (ENTRY, 1)
        }
        _ => (SORTED_HEAD, count(object)),
    };
    if shape.key.is_pointer() {
        (0..entries).for_each(|i| f(first + stride * i + 1));
    }
    if shape.value.is_some_and(DescRef::is_pointer) {
        (0..entries).for_each(|i| f(first + stride * i + 2));
    }
}
