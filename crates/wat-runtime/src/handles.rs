//! Handles: Rust objects behind wat values (peers, channel ends, later files and sockets).
//!
//! The process-wide table holds each object once with the number of cells that refer to it. A handle *cell* is an
//! ordinary object of a heap whose slot 0 is the number in the table; it owns one reference. All handle cells of a
//! heap form its resource list in the order in which they were acquired (slots 1 and 2 link the neighbours), so that
//! releasing a crashed unit's heap releases them in reverse. Not here: what any handle means.

use crate::desc::DescRef;
use crate::fail::Fail;
use crate::heap::{Heap, Mem, shape};
use crate::object::Obj;
use std::any::Any;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use wat_abi::desc::Builtin;

/// What stands behind a handle.
pub trait Handle: Any + Send + Sync {
    /// The last cell is gone. Called once, without locks held, possibly by another thread than made the handle.
    fn released(&self);
}

/// What a unit has started and a crash of it ends, whether or not a handle to it is left.
pub trait Ward: Send {
    fn has_ended(&self) -> bool;
    fn end(&self);
}

impl dyn Handle {
    /// The object, if it is a `T`.
    pub fn downcast<T: Handle>(self: Arc<Self>) -> Option<Arc<T>> {
        let any: Arc<dyn Any + Send + Sync> = self;
        any.downcast().ok()
    }
}

#[derive(Clone)]
struct Entry {
    handle: Arc<dyn Handle>,
    cells: usize,
}

struct Table {
    entries: Vec<Option<Entry>>,
    vacant: Vec<usize>,
}

static TABLE: Mutex<Table> = Mutex::new(Table { entries: Vec::new(), vacant: Vec::new() });

fn table() -> MutexGuard<'static, Table> {
    // No code that can panic runs while the table is between two states.
    TABLE.lock().unwrap_or_else(PoisonError::into_inner)
}

const NUMBER: usize = 0;
const OLDER: usize = 1;
const NEWER: usize = 2;

/// A cell for a new handle, of the type `Peer`, `Sender`, `Receiver` or `Resource`.
pub fn make(mem: Mem, ty: Builtin, handle: Arc<dyn Handle>) -> Result<u64, Fail> {
    let cell = mem.object(DescRef::builtin(ty), 0, shape::HANDLE_SLOTS)?;
    let number = {
        let mut table = table();
        let entry = Some(Entry { handle, cells: 1 });
        match table.vacant.pop() {
            Some(number) => {
                table.entries[number] = entry;
                number
            }
            None => {
                table.entries.push(entry);
                table.entries.len() - 1
            }
        }
    };
    cell.set(NUMBER, number as u64);
    link(mem.heap(), cell);
    Ok(cell.slot())
}

/// Another cell of type `ty` for the handle that `slot` refers to, in the heap of `mem`.
pub fn again(mem: Mem, ty: Builtin, slot: u64) -> Result<u64, Fail> {
    let cell = mem.object(DescRef::builtin(ty), 0, shape::HANDLE_SLOTS)?;
    cell.set(NUMBER, number(slot));
    second(mem.heap(), cell);
    Ok(cell.slot())
}

/// The handle a cell refers to.
pub fn get(slot: u64) -> Arc<dyn Handle> {
    let entry = table().entries[number(slot) as usize].clone();
    entry.expect("a live cell owns a reference").handle
}

/// The cell's number in the table: two cells with one number are the same handle.
pub fn number(slot: u64) -> u64 {
    Obj::of(slot).get(NUMBER)
}

/// How many handles the process holds: for tests.
pub fn count() -> usize {
    let table = table();
    table.entries.len() - table.vacant.len()
}

/// Makes `cell`, whose number is set, own a reference of its own, in `heap`.
pub(crate) fn second(heap: &mut Heap, cell: Obj) {
    let entry = &mut table().entries[number(cell.slot()) as usize];
    entry.as_mut().expect("the copied cell owns a reference").cells += 1;
    link(heap, cell);
}

/// `cell` ends: its reference goes and it leaves the resource list.
pub(crate) fn end(heap: &mut Heap, cell: Obj) {
    let (older, newer) = (cell.get(OLDER), cell.get(NEWER));
    if let Some(older) = Obj::maybe(older) {
        older.set(NEWER, newer);
    }
    match Obj::maybe(newer) {
        Some(newer) => newer.set(OLDER, older),
        None => heap.newest = older,
    }
    release(cell);
}

/// Releases what the cells of a heap refer to, newest first. The cells stay; the heap ends next.
pub(crate) fn release_all(heap: &mut Heap) {
    let mut next = std::mem::take(&mut heap.newest);
    while let Some(cell) = Obj::maybe(next) {
        next = cell.get(OLDER);
        release(cell);
    }
}

/// Puts the resource list of `other` behind that of `heap`.
pub(crate) fn append(heap: &mut Heap, other: &mut Heap) {
    let newest = std::mem::take(&mut other.newest);
    let Some(mut oldest) = Obj::maybe(newest) else { return };
    while let Some(older) = Obj::maybe(oldest.get(OLDER)) {
        oldest = older;
    }
    oldest.set(OLDER, heap.newest);
    if let Some(before) = Obj::maybe(heap.newest) {
        before.set(NEWER, oldest.slot());
    }
    heap.newest = newest;
}

fn link(heap: &mut Heap, cell: Obj) {
    cell.set(OLDER, heap.newest);
    cell.set(NEWER, 0);
    if let Some(before) = Obj::maybe(heap.newest) {
        before.set(NEWER, cell.slot());
    }
    heap.newest = cell.slot();
}

fn release(cell: Obj) {
    let number = number(cell.slot()) as usize;
    let last = {
        let mut table = table();
        let entry = table.entries[number].as_mut().expect("a live cell owns a reference");
        entry.cells -= 1;
        if entry.cells == 0 {
            table.vacant.push(number);
            table.entries[number].take()
        } else {
            None
        }
    };
    if let Some(entry) = last {
        entry.handle.released();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::heap::message::Message;
    use crate::testing::{Ty, live, region, vector_of};
    use wat_abi::desc::Kind;

    /// Notes its name when it is released.
    struct Noted(&'static str, Arc<Mutex<Vec<&'static str>>>);

    impl Handle for Noted {
        fn released(&self) {
            self.1.lock().expect("no test fails in here").push(self.0);
        }
    }

    #[test]
    fn cells_own_references_and_a_heap_releases_the_newest_first() {
        let types = region();
        let released = Arc::new(Mutex::new(Vec::new()));
        let take = || std::mem::take(&mut *released.lock().expect("no test fails in here"));
        let mut heap = Heap::new(1 << 20);
        let mut receiver = Heap::new(1 << 20);
        let mem = heap.mem();
        let [a, b, c] = ["a", "b", "c"]
            .map(|name| make(mem, Builtin::Peer, Arc::new(Noted(name, released.clone()))).expect("room"));
        let noted: Arc<Noted> = get(b).downcast().expect("it was made so");
        assert_eq!(noted.0, "b");

        // A copy in another heap is a second cell.
        let message = Message::copy(b, DescRef::builtin(Builtin::Peer)).expect("room");
        let copy = message.adopt(receiver.mem()).expect("room");
        assert_eq!(number(copy), number(b));
        mem.drop(b);
        assert!(take().is_empty());
        receiver.mem().drop(copy);
        assert_eq!(take(), ["b"]);

        // A message that nobody takes releases what it holds.
        let tuple = types.desc(&Ty::Tuple(vec![Ty::Str]));
        assert_eq!(tuple.kind(), Kind::Tuple);
        let d = make(mem, Builtin::Sender, Arc::new(Noted("d", released.clone()))).expect("room");
        let message = Message::copy(d, DescRef::builtin(Builtin::Sender)).expect("room");
        mem.drop(d);
        assert!(take().is_empty());
        drop(message);
        assert_eq!(take(), ["d"]);

        // Handles adopted with a large message are newer than those that were there.
        let words = types.desc(&Ty::Vector(Box::new(Ty::Str)));
        let strings: Vec<u64> =
            (0..500).map(|_| crate::text::make_string(mem, "text").expect("room")).collect();
        let many = vector_of(mem, words, &strings);
        let pair = mem.object_of(DescRef::builtin(Builtin::EdnTagged), 0, &[many, c]).expect("room").slot();
        let held =
            make(receiver.mem(), Builtin::Receiver, Arc::new(Noted("e", released.clone()))).expect("room");
        let message = Message::copy(pair, DescRef::builtin(Builtin::EdnTagged)).expect("room");
        message.adopt(receiver.mem()).expect("room");
        mem.drop(pair);
        assert!(take().is_empty() && live(receiver.mem()) > 500 && held != 0);
        drop(receiver);
        assert_eq!(take(), ["c", "e"]);
        assert_eq!(live(mem), 1);
        mem.drop(a);
        assert_eq!(take(), ["a"]);
        assert_eq!(heap.live_objects(), 0);
    }
}
