//! The heap of a unit (the main program, a thread, an `attempt`, a message on its way): where its wat values live.
//!
//! A heap owns chunks ([`chunk`]) and, for objects above [`MEDIUM_MAX`] bytes, mappings of their own. Cells come in
//! two families of classes: small ones of 16-byte steps up to 512 bytes, whose free lists compiled code pops inline
//! (they live in the context record while the unit is the innermost one), and medium ones, four to each doubling.
//! Releasing a heap releases its handles, newest first, and hands its memory back without looking at its objects.
//!
//! Not here: what objects are made of ([`shape`]), when they end ([`release`]), how they travel ([`message`]).
//! Counts are plain: a heap is used by one thread at a time.

pub mod chunk;
pub mod freeze;
pub mod message;
pub mod release;
pub mod shape;

use crate::desc::DescRef;
use crate::fail::Fail;
use crate::handles::{self, Ward};
use crate::object::Obj;
use chunk::CHUNK;
use wat_abi::context::Ctx;
use wat_abi::layout::{CLASS_GRAIN, CLASSES, HEADER, class_of};
use wat_edn::Limits;

/// Largest object in bytes (header included) that lives in a chunk.
pub const MEDIUM_MAX: usize = 16 << 10;
const MEDIUM: usize = 20;
/// Head of each chunk: cells carved from it, and a mark of [`Heap::give_back_empty_chunks`].
const CHUNK_HEAD: usize = 64;
/// Bytes carved at once into small cells.
const BATCH: usize = 1024;
/// Before the object in a mapping: its number in `Heap::mappings`, and padding.
const MAPPING_HEAD: usize = 16;
/// How much memory must come with messages before a heap looks for chunks that have become empty.
const SWEEP_AFTER: usize = 1 << 20;

pub struct Heap {
    /// Free lists of small cells while no context holds them.
    free: [u64; CLASSES],
    medium: [u64; MEDIUM],
    /// The part of the newest chunk that has not been carved.
    bump: usize,
    bump_end: usize,
    chunks: Vec<usize>,
    /// Address and bytes of each mapping.
    mappings: Vec<(usize, usize)>,
    /// Bytes of chunks and mappings.
    used: usize,
    limit: usize,
    carved: [usize; CLASSES],
    carved_medium: [usize; MEDIUM],
    /// Objects made immortal: they live until the heap is released.
    frozen: usize,
    /// Newest cell of the resource list; 0 when empty. Cells link through their slots ([`handles`]).
    pub(crate) newest: u64,
    /// What a crash of the unit ends.
    wards: Vec<Box<dyn Ward>>,
    /// Bytes adopted since chunks were last given back.
    adopted: usize,
    /// Objects being released; kept for its room.
    pub(crate) pending: Vec<u64>,
    /// Whether small cells are carved one by one, for heaps that only travel.
    exact: bool,
}

// SAFETY: a heap owns its memory and its cells; nothing in it is tied to a thread. It moves between threads only as
// part of a message or before a thread starts, never while it is used.
unsafe impl Send for Heap {}

/// Access to a heap for allocation and release: its free lists, wherever they are, and the rest.
///
/// Whoever makes one vouches that both pointers are good and unshared while it is used; it is passed down by value
/// and never kept.
#[derive(Clone, Copy)]
pub struct Mem {
    free: *mut [u64; CLASSES],
    heap: *mut Heap,
}

impl Heap {
    /// An empty heap that may grow to `limit` bytes.
    pub fn new(limit: usize) -> Box<Heap> {
        Box::new(Heap {
            free: [0; CLASSES],
            medium: [0; MEDIUM],
            bump: 0,
            bump_end: 0,
            chunks: Vec::new(),
            mappings: Vec::new(),
            used: 0,
            limit,
            carved: [0; CLASSES],
            carved_medium: [0; MEDIUM],
            frozen: 0,
            newest: 0,
            wards: Vec::new(),
            adopted: 0,
            pending: Vec::new(),
            exact: false,
        })
    }

    /// Access while no context is in this heap.
    pub fn mem(&mut self) -> Mem {
        Mem { free: &raw mut self.free, heap: self }
    }

    /// Makes this the heap of the innermost unit of `ctx`; answers the outer one for [`Heap::leave`].
    ///
    /// # Safety
    /// `heap` is valid until left; `ctx.heap` is null or the valid heap of the unit around.
    pub unsafe fn enter(heap: *mut Heap, ctx: &mut Ctx) -> *mut Heap {
        let outer = ctx.heap.cast::<Heap>();
        // SAFETY: both are valid by contract and not otherwise borrowed while their context is here.
        unsafe {
            if let Some(outer) = outer.as_mut() {
                outer.free = ctx.free;
            }
            ctx.free = (*heap).free;
        }
        ctx.heap = heap.cast();
        outer
    }

    /// Puts `outer`, which [`Heap::enter`] answered, back in its place.
    ///
    /// # Safety
    /// As for `enter`, whose counterpart this is.
    pub unsafe fn leave(ctx: &mut Ctx, outer: *mut Heap) {
        // SAFETY: as for `enter`.
        unsafe {
            (*ctx.heap.cast::<Heap>()).free = ctx.free;
            ctx.free = outer.as_ref().map_or([0; CLASSES], |outer| outer.free);
        }
        ctx.heap = outer.cast();
    }

    /// Bytes of memory this heap owns.
    pub fn used(&self) -> usize {
        self.used
    }

    /// The most bytes it may own.
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// Objects that are neither free nor frozen. Walks the free lists: for tests and the check after a clean end.
    /// No context is in the heap.
    pub fn live_objects(&self) -> usize {
        let carved: usize = self.carved.iter().chain(&self.carved_medium).sum();
        let free: usize = self.free.iter().chain(&self.medium).map(|&head| cells(head).count()).sum();
        carved + self.mappings.len() - free - self.frozen
    }

    /// The unit has crashed: what it started ends, newest first. The heap is released next.
    pub fn end_wards(&mut self) {
        for ward in self.wards.drain(..).rev() {
            ward.end();
        }
    }

    /// The unit has ended well: what it started is now its outer unit's.
    pub fn pass_wards(&mut self, outer: &mut Heap) {
        outer.wards.append(&mut self.wards);
    }

    fn charge(&mut self, bytes: usize) -> Result<(), Fail> {
        if bytes > self.limit.saturating_sub(self.used) {
            return Err(Fail::out_of_memory());
        }
        self.used += bytes;
        Ok(())
    }

    /// Room for `bytes` at the bump pointer, if need be in a new chunk.
    fn room(&mut self, bytes: usize) -> Result<usize, Fail> {
        if self.bump_end - self.bump >= bytes {
            let at = self.bump;
            self.bump += bytes;
            return Ok(at);
        }
        self.charge(CHUNK)?;
        let Some(base) = chunk::take() else {
            self.used -= CHUNK;
            return Err(Fail::out_of_memory());
        };
        self.chunks.push(base);
        // SAFETY: the chunk is this heap's, its head belongs to nothing else.
        unsafe { (base as *mut [u64; 2]).write([0, 0]) };
        let (at, end) = (base + CHUNK_HEAD, base + CHUNK);
        // Of the old chunk's rest and the new one's the larger is kept for what follows.
        if end - (at + bytes) > self.bump_end - self.bump {
            (self.bump, self.bump_end) = (at + bytes, end);
        }
        Ok(at)
    }

    /// `n` new cells of `bytes` each, linked, the last one ending the list.
    fn carve(&mut self, bytes: usize, n: usize) -> Result<u64, Fail> {
        let at = self.room(bytes * n)?;
        let base = at & !(CHUNK - 1);
        // SAFETY: `room` answers memory of this heap, within one chunk, that nothing uses.
        unsafe {
            *(base as *mut u64) += n as u64;
            for i in 0..n {
                let next = if i + 1 < n { (at + (i + 1) * bytes) as u64 } else { 0 };
                ((at + i * bytes) as *mut u64).write(next);
            }
        }
        Ok(at as u64)
    }

    fn map_object(&mut self, bytes: usize) -> Result<Obj, Fail> {
        let total = (bytes + MAPPING_HEAD).next_multiple_of(4096);
        self.charge(total)?;
        let Some(at) = chunk::map(total) else {
            self.used -= total;
            return Err(Fail::out_of_memory());
        };
        self.push_mapping(at, total);
        Ok(Obj::of((at + MAPPING_HEAD) as u64))
    }

    fn push_mapping(&mut self, at: usize, total: usize) {
        // SAFETY: `at` begins a mapping this heap owns; its head belongs to nothing else.
        unsafe { (at as *mut u64).write(self.mappings.len() as u64) };
        self.mappings.push((at, total));
    }

    fn unmap_object(&mut self, object: Obj) {
        let at = object.slot() as usize - MAPPING_HEAD;
        // SAFETY: an object above MEDIUM_MAX lies behind its mapping's head.
        let number = unsafe { (at as *const u64).read() } as usize;
        let (start, total) = self.mappings.swap_remove(number);
        debug_assert_eq!(start, at);
        if let Some(&(moved, _)) = self.mappings.get(number) {
            // SAFETY: as above, for the mapping that took the freed number.
            unsafe { (moved as *mut u64).write(number as u64) };
        }
        self.used -= total;
        chunk::unmap(start, total);
    }

    /// Takes over the memory of `other`, which must not be in a context, with its objects and handles.
    fn absorb(&mut self, mut other: Box<Heap>, free: &mut [u64; CLASSES]) -> Result<(), Fail> {
        self.charge(other.used)?;
        self.adopted += other.used;
        self.chunks.append(&mut other.chunks);
        for (at, total) in std::mem::take(&mut other.mappings) {
            self.push_mapping(at, total);
        }
        let carved = self.carved.iter_mut().chain(&mut self.carved_medium);
        carved.zip(other.carved.iter().chain(&other.carved_medium)).for_each(|(mine, other)| *mine += other);
        let lists = free.iter_mut().chain(&mut self.medium);
        lists.zip(other.free.iter().chain(&other.medium)).for_each(|(mine, &other)| splice(mine, other));
        if other.bump_end - other.bump > self.bump_end - self.bump {
            (self.bump, self.bump_end) = (other.bump, other.bump_end);
        }
        self.frozen += other.frozen;
        handles::append(self, &mut other);
        if self.adopted > SWEEP_AFTER.max(self.used / 2) {
            self.give_back_empty_chunks(free);
        }
        Ok(())
    }

    /// Hands back the chunks all of whose cells are free. Each message brings memory of its own, so a receiver
    /// would grow for ever without this; its cost is in proportion to the memory adopted since the last time.
    fn give_back_empty_chunks(&mut self, free: &mut [u64; CLASSES]) {
        self.adopted = 0;
        let current = self.bump.wrapping_sub(1) & !(CHUNK - 1);
        let head = |cell: u64| (cell as usize & !(CHUNK - 1)) as *mut [u64; 2];
        for &list in free.iter().chain(&self.medium) {
            for cell in cells(list) {
                // SAFETY: a free cell lies in a chunk of this heap, whose head holds two counters.
                unsafe { (*head(cell))[1] += 1 };
            }
        }
        let mut empty = Vec::new();
        self.chunks.retain(|&base| {
            // SAFETY: as above.
            let [carved, seen] = unsafe { (base as *mut [u64; 2]).read() };
            let is_empty = carved == seen && base != current;
            // SAFETY: as above. The second counter of an empty chunk is its mark.
            unsafe { (*(base as *mut [u64; 2]))[1] = if is_empty { u64::MAX } else { 0 } };
            if is_empty {
                empty.push(base);
            }
            !is_empty
        });
        if empty.is_empty() {
            return;
        }
        let lists =
            free.iter_mut().zip(&mut self.carved).chain(self.medium.iter_mut().zip(&mut self.carved_medium));
        for (list, carved) in lists {
            let mut kept = 0;
            let mut next = *list;
            while next != 0 {
                let cell = next;
                // SAFETY: a free cell's first word is the next cell; its chunk is still this heap's.
                unsafe {
                    next = (cell as *const u64).read();
                    if (*head(cell))[1] == u64::MAX {
                        *carved -= 1;
                    } else {
                        (cell as *mut u64).write(kept);
                        kept = cell;
                    }
                }
            }
            *list = kept;
        }
        self.used -= empty.len() * CHUNK;
        empty.into_iter().for_each(chunk::give);
    }
}

impl Drop for Heap {
    fn drop(&mut self) {
        handles::release_all(self);
        self.chunks.drain(..).for_each(chunk::give);
        self.mappings.drain(..).for_each(|(at, total)| chunk::unmap(at, total));
    }
}

impl Mem {
    /// Access to the heap of the innermost unit.
    ///
    /// # Safety
    /// `ctx` is the valid context of this thread and a heap has been entered.
    #[inline(always)]
    pub unsafe fn of(ctx: *mut Ctx) -> Mem {
        // SAFETY: by contract.
        unsafe { Mem { free: &raw mut (*ctx).free, heap: (*ctx).heap.cast() } }
    }

    #[allow(clippy::mut_from_ref)]
    #[inline(always)]
    pub(crate) fn heap<'a>(self) -> &'a mut Heap {
        // SAFETY: the maker of this value vouches for the pointer; borrows end within the calling function.
        unsafe { &mut *self.heap }
    }

    #[inline(always)]
    fn free_lists<'a>(self) -> &'a mut [u64; CLASSES] {
        // SAFETY: as for `heap`.
        unsafe { &mut *self.free }
    }

    /// Something the unit has started.
    pub fn guard(self, ward: Box<dyn Ward>) {
        let wards = &mut self.heap().wards;
        if wards.len() >= 16 && wards.len().is_power_of_two() {
            wards.retain(|ward| !ward.has_ended());
        }
        wards.push(ward);
    }

    /// A cell of at least `bytes` (header included), contents unknown.
    #[inline]
    pub fn alloc(self, bytes: usize) -> Result<Obj, Fail> {
        let Some(class) = class_of(bytes) else { return self.alloc_above(bytes) };
        let lists = self.free_lists();
        let mut cell = lists[class];
        if cell == 0 {
            cell = self.refill(class)?;
        }
        // SAFETY: a cell on the free list is this heap's and its first word is the next one.
        lists[class] = unsafe { (cell as *const u64).read() };
        Ok(Obj::of(cell))
    }

    #[cold]
    fn refill(self, class: usize) -> Result<u64, Fail> {
        let heap = self.heap();
        let bytes = (class + 1) * CLASS_GRAIN;
        let n = if heap.exact { 1 } else { (BATCH / bytes).max(1) };
        let cells = heap.carve(bytes, n)?;
        heap.carved[class] += n;
        Ok(cells)
    }

    fn alloc_above(self, bytes: usize) -> Result<Obj, Fail> {
        let heap = self.heap();
        if bytes > MEDIUM_MAX {
            return heap.map_object(bytes);
        }
        let (class, size) = medium_class(bytes);
        let mut cell = heap.medium[class];
        if cell == 0 {
            cell = heap.carve(size, 1)?;
            heap.carved_medium[class] += 1;
        }
        // SAFETY: as in `alloc`.
        heap.medium[class] = unsafe { (cell as *const u64).read() };
        Ok(Obj::of(cell))
    }

    /// Gives back the cell of `object`, for which `bytes` were asked.
    #[inline]
    pub fn free(self, object: Obj, bytes: usize) {
        let cell = object.slot();
        let list = match class_of(bytes) {
            Some(class) => &mut self.free_lists()[class],
            None if bytes > MEDIUM_MAX => return self.heap().unmap_object(object),
            None => &mut self.heap().medium[medium_class(bytes).0],
        };
        // SAFETY: the object has ended; its cell is this heap's and at least a word long.
        unsafe { (cell as *mut u64).write(*list) };
        *list = cell;
    }

    /// How large the text of a value may get on its way into this heap: sharing can make a text much larger than its
    /// value.
    pub fn room(self) -> Limits {
        Limits { bytes: self.heap().limit, ..Limits::DEFAULT }
    }

    /// A unique object of `slots` slots, which the caller fills before anything else happens to it.
    #[inline]
    pub fn object(self, desc: DescRef, tag: u8, slots: usize) -> Result<Obj, Fail> {
        let object = self.alloc(HEADER + 8 * slots)?;
        object.set_header(desc, tag);
        Ok(object)
    }

    /// A unique object of exactly these slots.
    #[inline]
    pub fn object_of(self, desc: DescRef, tag: u8, slots: &[u64]) -> Result<Obj, Fail> {
        let object = self.object(desc, tag, slots.len())?;
        object.slots_mut(0, slots.len()).copy_from_slice(slots);
        Ok(object)
    }
}

/// The medium class of `bytes`, and the size of its cells.
fn medium_class(bytes: usize) -> (usize, usize) {
    let last = bytes - 1;
    let power = last.ilog2() as usize;
    let quarter = last >> (power - 2) & 3;
    ((power - 9) * 4 + quarter, (1 << power) + (quarter + 1) * (1 << (power - 2)))
}

/// How many bytes a cell for `bytes` really has: growing collections use them all.
pub fn usable(bytes: usize) -> usize {
    match class_of(bytes) {
        Some(class) => (class + 1) * CLASS_GRAIN,
        None if bytes > MEDIUM_MAX => (bytes + MAPPING_HEAD).next_multiple_of(4096) - MAPPING_HEAD,
        None => medium_class(bytes).1,
    }
}

/// The cells of a free list.
fn cells(head: u64) -> impl Iterator<Item = u64> {
    let next = |cell: u64| (cell != 0).then_some(cell);
    // SAFETY: a free cell's first word is the next cell, 0 at the end.
    std::iter::successors(next(head), move |&cell| next(unsafe { (cell as *const u64).read() }))
}

/// Puts the cells of `other` before those of `list`.
fn splice(list: &mut u64, other: u64) {
    if let Some(last) = cells(other).last() {
        // SAFETY: as in `cells`.
        unsafe { (last as *mut u64).write(*list) };
        *list = other;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medium_classes_hold_what_they_promise() {
        let mut last = 0;
        for bytes in 513..=MEDIUM_MAX {
            let (class, size) = medium_class(bytes);
            assert!(
                class < MEDIUM && size >= bytes && size < bytes + bytes / 4 + 16 && size.is_multiple_of(16)
            );
            assert!(class == last || class == last + 1);
            last = class;
            assert_eq!(medium_class(size), (class, size));
        }
        assert_eq!(last, MEDIUM - 1);
    }

    #[test]
    fn cells_come_back() {
        crate::testing::region();
        let mut heap = Heap::new(usize::MAX);
        let mem = heap.mem();
        let sizes: Vec<usize> = (8..2000).step_by(40).chain([16384, 16385, 100_000]).collect();
        for round in 0..3 {
            let cells: Vec<Obj> = sizes.iter().map(|&n| mem.alloc(n).expect("no limit")).collect();
            for (object, &bytes) in cells.iter().zip(&sizes) {
                object.bytes_mut(0, bytes - 8).fill(round);
                object.set_header(DescRef::NIL, 0);
            }
            assert_eq!(mem.heap().live_objects(), sizes.len());
            for (object, &bytes) in cells.iter().zip(&sizes) {
                mem.free(*object, bytes);
            }
            assert_eq!(mem.heap().live_objects(), 0);
        }
        assert!(heap.used() <= 6 * CHUNK, "{}", heap.used());
    }

    #[test]
    fn the_limit_holds() {
        let mut heap = Heap::new(3 * CHUNK);
        let mem = heap.mem();
        let got = (0..10_000).take_while(|_| mem.alloc(64).is_ok()).count();
        assert!((2_900..3_072).contains(&got), "{got}");
        assert!(mem.alloc(1 << 30).is_err());
    }
}
