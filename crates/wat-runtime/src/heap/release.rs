//! The end of objects: when the last reference goes, the object's cell is freed and what it alone held follows. A
//! list of pending objects takes the place of recursion, so that a list of a million nodes ends like any other.

use super::{Mem, shape};
use crate::desc::DescRef;
use crate::handles;
use crate::mutation::removed;
use crate::object::Obj;

impl Mem {
    /// Consumes what a `P` slot holds.
    #[inline]
    pub fn drop(self, slot: u64) {
        let Some(object) = Obj::maybe(slot) else { return };
        match object.count() {
            1 => self.release(object),
            count if count > 1 => object.set_count(count - 1),
            _ => {}
        }
    }

    /// Consumes what a slot of this type holds.
    #[inline]
    pub fn drop_as(self, slot: u64, desc: DescRef) {
        if desc.is_pointer() {
            self.drop(slot);
        }
    }

    /// Ends a unique object and what it alone holds.
    pub fn release(self, object: Obj) {
        let mut pending = std::mem::take(&mut self.heap().pending);
        let mut next = Some(object);
        while let Some(object) = next {
            let bytes = shape::size_of(object);
            shape::each_pointer(object, |slot| {
                let child = Obj::of(*slot);
                match child.count() {
                    1 if removed("drop-list") => self.release(child),
                    1 => pending.push(child.slot()),
                    count if count > 1 => child.set_count(count - 1),
                    _ => {}
                }
            });
            if shape::is_handle(object.desc()) {
                handles::end(self.heap(), object);
            }
            self.free(object, bytes);
            next = pending.pop().map(Obj::of);
        }
        // A wide value may have left much room.
        if pending.capacity() <= 4096 {
            self.heap().pending = pending;
        }
    }

    /// Frees a unique object's own cell; the caller has moved out what its slots held.
    #[inline]
    pub fn free_cell(self, object: Obj) {
        self.free(object, shape::size_of(object));
    }
}
