//! Immortality for `def` values, and the unique copy that an update in place needs.

use super::{Mem, shape};
use crate::fail::Fail;
use crate::object::{Obj, retain};

impl Mem {
    /// Makes a value and all it reaches immortal: from here on nothing writes to it and threads may share it.
    pub fn freeze(self, slot: u64) {
        let mut pending = vec![slot];
        while let Some(slot) = pending.pop() {
            let Some(object) = Obj::maybe(slot) else { continue };
            if object.is_immortal() {
                continue;
            }
            object.set_immortal();
            self.heap().frozen += 1;
            shape::each_pointer(object, |slot| pending.push(*slot));
        }
    }

    /// The object itself when it is unique, else a copy one level deep. Consumes the argument. Not for collections
    /// and handles, whose cells link to more than their slots say.
    pub fn unshare(self, object: Obj) -> Result<Obj, Fail> {
        if object.is_unique() {
            return Ok(object);
        }
        let bytes = shape::size_of(object);
        let copy = self.alloc(bytes)?;
        copy.set_header(object.desc(), object.tag());
        copy.copy_slots(0, object, 0, (bytes - 8) / 8);
        shape::each_pointer(copy, |slot| retain(*slot));
        self.drop(object.slot());
        Ok(copy)
    }
}
