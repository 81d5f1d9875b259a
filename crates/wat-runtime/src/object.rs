//! Raw access to objects: header, slots, bytes. No ownership is decided here and no object is made.
//!
//! **Rule of this module.** An [`Obj`] is made only of a `P` slot that compiled code, a descriptor-directed walk or
//! the allocator vouches for: it points at a live, 16-byte-aligned cell of wat's heap or of an image, and the cell
//! is as large as its descriptor and contents say. Each access below relies on this and on the slot's index lying
//! within that size; the collections' layouts (`vector`, `map`) say which slots exist. A unit's heap is used by one
//! thread at a time; objects shared between threads are immortal and not written.

use crate::desc::{DescRef, VariantRef};
use std::marker::PhantomData;
use wat_abi::layout::{HEADER, IMMEDIATE_END, IMMORTAL, desc_of_word, word};

/// A pointer to an object.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Obj(*mut u8, PhantomData<*mut u64>);

impl Obj {
    /// The object a `P` slot points at. The slot is no immediate.
    #[inline(always)]
    pub fn of(slot: u64) -> Obj {
        debug_assert!(slot >= IMMEDIATE_END && slot.is_multiple_of(16), "{slot:#x} is no object");
        Obj(slot as *mut u8, PhantomData)
    }

    /// The object of a slot, or nothing for an immediate.
    #[inline(always)]
    pub fn maybe(slot: u64) -> Option<Obj> {
        (slot >= IMMEDIATE_END).then(|| Obj::of(slot))
    }

    #[inline(always)]
    pub fn slot(self) -> u64 {
        self.0 as u64
    }

    #[inline(always)]
    pub fn addr(self) -> *mut u8 {
        self.0
    }

    #[inline(always)]
    pub fn count(self) -> i32 {
        // SAFETY: the module's rule; the header begins with the count.
        unsafe { self.0.cast::<i32>().read() }
    }

    #[inline(always)]
    pub fn set_count(self, count: i32) {
        // SAFETY: the module's rule; the cell is this unit's own (immortals are never written).
        unsafe { self.0.cast::<i32>().write(count) }
    }

    /// Whether this reference is the only one: the object may be changed in place.
    #[inline(always)]
    pub fn is_unique(self) -> bool {
        self.count() == 1
    }

    #[inline(always)]
    pub fn is_immortal(self) -> bool {
        self.count() < 0
    }

    #[inline(always)]
    pub fn set_immortal(self) {
        self.set_count(IMMORTAL);
    }

    /// One reference more.
    #[inline(always)]
    pub fn retain(self) {
        let count = self.count();
        if count >= 0 {
            self.set_count(count + 1);
        }
    }

    #[inline(always)]
    pub fn word(self) -> u32 {
        // SAFETY: the module's rule; the reference word follows the count.
        unsafe { self.0.cast::<u32>().add(1).read() }
    }

    #[inline(always)]
    pub fn desc(self) -> DescRef {
        DescRef(desc_of_word(self.word()))
    }

    /// The variant number of an enum value; of a collection's cell, which of its forms it is.
    #[inline(always)]
    pub fn tag(self) -> u8 {
        self.word() as u8
    }

    /// The fields of a struct, tuple, enum variant, closure or program.
    #[inline(always)]
    pub fn variant(self) -> VariantRef {
        self.desc().variant(usize::from(self.tag()))
    }

    /// Makes the cell a unique object of this type.
    #[inline(always)]
    pub fn set_header(self, desc: DescRef, tag: u8) {
        let header = u64::from(word(desc.0, tag)) << 32 | 1;
        // SAFETY: the module's rule; a cell has at least a header.
        unsafe { self.0.cast::<u64>().write(header) }
    }

    #[inline(always)]
    pub fn slot_ptr(self, i: usize) -> *mut u64 {
        // SAFETY: the module's rule: slot `i` lies within the cell (or just past it, and is not accessed).
        unsafe { self.0.add(HEADER).cast::<u64>().add(i) }
    }

    #[inline(always)]
    pub fn get(self, i: usize) -> u64 {
        // SAFETY: the module's rule: slot `i` lies within the cell and has been written.
        unsafe { self.slot_ptr(i).read() }
    }

    #[inline(always)]
    pub fn set(self, i: usize, value: u64) {
        // SAFETY: the module's rule: slot `i` lies within the cell, which is this unit's own.
        unsafe { self.slot_ptr(i).write(value) }
    }

    /// Slots `from..from + n` as a slice. The caller keeps the object alive and unwritten meanwhile.
    #[inline(always)]
    pub fn slots<'a>(self, from: usize, n: usize) -> &'a [u64] {
        // SAFETY: the module's rule; the range lies within the cell and has been written.
        unsafe { std::slice::from_raw_parts(self.slot_ptr(from), n) }
    }

    /// Slots `from..from + n`, to be changed. The caller has the only reference and no other slice of them.
    #[inline(always)]
    pub fn slots_mut<'a>(self, from: usize, n: usize) -> &'a mut [u64] {
        // SAFETY: the module's rule; the range lies within the cell, which is this unit's own.
        unsafe { std::slice::from_raw_parts_mut(self.slot_ptr(from), n) }
    }

    /// Copies `n` slots of `other` from its slot `from` to this object's slot `to`. Ranges may overlap.
    #[inline(always)]
    pub fn copy_slots(self, to: usize, other: Obj, from: usize, n: usize) {
        // SAFETY: the module's rule; both ranges lie within their cells; `ptr::copy` allows overlap.
        unsafe { std::ptr::copy(other.slot_ptr(from), self.slot_ptr(to), n) }
    }

    /// The bytes from slot `slot` on.
    #[inline(always)]
    pub fn bytes<'a>(self, slot: usize, length: usize) -> &'a [u8] {
        // SAFETY: the module's rule; the bytes lie within the cell and have been written.
        unsafe { std::slice::from_raw_parts(self.slot_ptr(slot).cast::<u8>(), length) }
    }

    /// The bytes from slot `slot` on, to be filled. The cell is new.
    #[inline(always)]
    pub fn bytes_mut<'a>(self, slot: usize, length: usize) -> &'a mut [u8] {
        // SAFETY: the module's rule; the bytes lie within the cell, which is new and this unit's own; any bit
        // pattern is a byte and callers write before they read.
        unsafe { std::slice::from_raw_parts_mut(self.slot_ptr(slot).cast::<u8>(), length) }
    }
}

/// One reference more to what a `P` slot holds.
#[inline(always)]
pub fn retain(slot: u64) {
    if let Some(object) = Obj::maybe(slot) {
        object.retain();
    }
}

/// One reference more to what a slot of this type holds.
#[inline(always)]
pub fn retain_as(slot: u64, desc: DescRef) {
    if desc.is_pointer() {
        retain(slot);
    }
}
