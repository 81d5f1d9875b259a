//! Values on their way from one heap to another. A message owns the chunks it was copied into; the receiver adopts
//! them, or copies a small one once more and hands its chunk back at once.
//!
//! Objects with one reference are copied blindly; others through a table of what has been copied, so that sharing
//! is kept. Immortal objects are not copied. A copied handle is a second cell for the same handle.

use super::chunk::CHUNK;
use super::{CHUNK_HEAD, Heap, Mem, shape};
use crate::desc::DescRef;
use crate::fail::Fail;
use crate::handles;
use crate::object::Obj;
use crate::vector;
use rustc_hash::FxHashMap;

/// Below this many bytes a message is copied out of its chunk.
const COPIED: usize = 4096;

/// A value in memory of its own; it may go to another thread.
pub struct Message {
    heap: Box<Heap>,
    slot: u64,
    desc: DescRef,
}

impl Message {
    /// A copy of a value of type `desc`; the caller keeps the value.
    pub fn copy(slot: u64, desc: DescRef) -> Result<Message, Fail> {
        let mut heap = Heap::new(usize::MAX);
        heap.exact = true;
        let slot = copy_slot(heap.mem(), slot, desc)?;
        Ok(Message { heap, slot, desc })
    }

    /// The type it was copied by.
    pub fn desc(&self) -> DescRef {
        self.desc
    }

    /// The value, as long as the message lives: to be read, not kept.
    pub fn peek(&self) -> u64 {
        self.slot
    }

    /// Moves the value into the heap of `mem`; the caller owns it.
    pub fn adopt(self, mem: Mem) -> Result<u64, Fail> {
        let Message { heap, slot, desc } = self;
        if heap.used == 0 {
            return Ok(slot);
        }
        let carved = CHUNK - CHUNK_HEAD - (heap.bump_end - heap.bump);
        if heap.used == CHUNK && carved <= COPIED {
            return copy_slot(mem, slot, desc);
        }
        mem.heap().absorb(heap, mem.free_lists())?;
        Ok(slot)
    }
}

/// A copy, in the heap of `mem`, of a value of type `desc` in another heap; the caller keeps the original.
pub fn copy_slot(mem: Mem, slot: u64, desc: DescRef) -> Result<u64, Fail> {
    if !desc.is_pointer() {
        return Ok(slot);
    }
    let Some(object) = Obj::maybe(slot) else { return Ok(slot) };
    let mut copier = Copier { mem, copies: FxHashMap::default(), pending: Vec::new() };
    let copy = copier.copy(object)?;
    while let Some(object) = copier.pending.pop() {
        let mut failed = None;
        // The copied slots still hold the pointers of the original, which lives.
        shape::each_pointer(object, |slot| match copier.copy(Obj::of(*slot)) {
            Ok(copy) => *slot = copy,
            Err(fail) => failed = Some(fail),
        });
        if let Some(fail) = failed {
            return Err(fail);
        }
    }
    Ok(copy)
}

struct Copier {
    mem: Mem,
    /// Copies of objects with more than one reference.
    copies: FxHashMap<u64, u64>,
    /// Copies whose slots still point at originals.
    pending: Vec<Obj>,
}

impl Copier {
    fn copy(&mut self, object: Obj) -> Result<u64, Fail> {
        if object.is_immortal() {
            return Ok(object.slot());
        }
        let shared = !object.is_unique();
        if let (true, Some(&copy)) = (shared, self.copies.get(&object.slot())) {
            Obj::of(copy).retain();
            return Ok(copy);
        }
        let copy = match vector::copy_without_room(self.mem, object)? {
            Some(copy) => copy,
            None => {
                let bytes = shape::size_of(object);
                let copy = self.mem.alloc(bytes)?;
                copy.set_header(object.desc(), object.tag());
                copy.copy_slots(0, object, 0, bytes / 8 - 1);
                copy
            }
        };
        if shape::is_handle(object.desc()) {
            handles::second(self.mem.heap(), copy);
        } else {
            self.pending.push(copy);
        }
        if shared {
            self.copies.insert(object.slot(), copy.slot());
        }
        Ok(copy.slot())
    }
}

#[cfg(test)]
mod tests {
    use crate::heap::Heap;
    use crate::testing::{Ty, check_balance, live, region, vector_of};

    use super::*;

    #[test]
    fn sharing_is_kept() {
        let types = region();
        let desc = types.desc(&Ty::Vector(Box::new(Ty::Str)));
        let mut other = Heap::new(usize::MAX);
        check_balance(|mem| {
            let text = crate::text::make_string(mem, "shared").expect("room");
            Obj::of(text).retain();
            Obj::of(text).retain();
            let value = vector_of(mem, desc, &[text, text, text]);
            let message = Message::copy(value, desc).expect("room");
            let copy = message.adopt(other.mem()).expect("room");
            assert_eq!(live(other.mem()), 2);
            assert!(crate::value::equal::equal(value, copy, desc));
            other.mem().drop(copy);
            mem.drop(value);
        });
        assert_eq!(other.live_objects(), 0);
    }

    #[test]
    fn large_messages_are_adopted_and_their_chunks_come_back() {
        let types = region();
        let desc = types.desc(&Ty::Vector(Box::new(Ty::Str)));
        let mut receiver = Heap::new(64 << 20);
        check_balance(|mem| {
            let strings: Vec<u64> = (0..2000)
                .map(|i| crate::text::make_string(mem, &format!("string {i:40}")).expect("room"))
                .collect();
            let value = vector_of(mem, desc, &strings);
            for _ in 0..1000 {
                let message = Message::copy(value, desc).expect("room");
                let copy = message.adopt(receiver.mem()).expect("memory is given back");
                assert!(crate::value::equal::equal(value, copy, desc));
                receiver.mem().drop(copy);
            }
            mem.drop(value);
        });
        assert_eq!(receiver.live_objects(), 0);
        assert!(receiver.used() < 4 << 20, "{}", receiver.used());
    }
}
