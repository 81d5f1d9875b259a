//! Chunks: 64 KiB pieces of address space, aligned to their size, which the heaps of all units share out among
//! themselves. A chunk belongs to exactly one heap or waits here. Knows nothing of objects.
//!
//! Address space is taken from the system in spans of 1 MiB and never given back; memory is: of the chunks that
//! wait, [`WARM`] keep their pages for the next heap and the rest have none.

use rustix::mm::{Advice, MapFlags, ProtFlags, madvise, mmap_anonymous, munmap};
use std::ptr::null_mut;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Bytes of a chunk; chunks are aligned to it.
pub const CHUNK: usize = 64 << 10;
/// How many waiting chunks keep their pages.
const WARM: usize = 16;
/// Chunks of a span.
const SPAN: usize = 16;

struct Pool {
    warm: Vec<usize>,
    cold: Vec<usize>,
    /// The part of the newest span that has never been used.
    fresh: usize,
    fresh_end: usize,
}

static POOL: Mutex<Pool> = Mutex::new(Pool { warm: Vec::new(), cold: Vec::new(), fresh: 0, fresh_end: 0 });

fn pool() -> MutexGuard<'static, Pool> {
    // The pool is consistent between any two statements below.
    POOL.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A chunk with unknown contents, or nothing when the system has no memory.
pub fn take() -> Option<usize> {
    let mut pool = pool();
    if let Some(chunk) = pool.warm.pop().or_else(|| pool.cold.pop()) {
        return Some(chunk);
    }
    if pool.fresh == pool.fresh_end {
        let bytes = (SPAN + 1) * CHUNK;
        let span = map(bytes)?;
        pool.fresh = span.next_multiple_of(CHUNK);
        pool.fresh_end = (span + bytes) & !(CHUNK - 1);
    }
    let chunk = pool.fresh;
    pool.fresh += CHUNK;
    Some(chunk)
}

/// Gives a chunk back. Nothing points into it any more.
pub fn give(chunk: usize) {
    let mut pool = pool();
    if pool.warm.len() < WARM {
        pool.warm.push(chunk);
        return;
    }
    // SAFETY: the chunk is a whole, page-aligned part of a span mapped by `take`, and its last owner gave it up.
    // That the advice is refused costs memory, nothing else.
    let _ = unsafe { madvise(chunk as *mut _, CHUNK, Advice::LinuxDontNeed) };
    pool.cold.push(chunk);
}

/// Fresh zeroed memory of its own, for an object too large for a chunk.
pub fn map(bytes: usize) -> Option<usize> {
    // SAFETY: a new private mapping at a place the system chooses touches no memory in use.
    let at =
        unsafe { mmap_anonymous(null_mut(), bytes, ProtFlags::READ | ProtFlags::WRITE, MapFlags::PRIVATE) };
    at.ok().map(|at| at as usize)
}

/// Ends a mapping made by [`map`].
pub fn unmap(at: usize, bytes: usize) {
    // SAFETY: `at` and `bytes` are those of a mapping made by `map` whose owner gives it up, once.
    let ended = unsafe { munmap(at as *mut _, bytes) };
    debug_assert!(ended.is_ok(), "a whole mapping can be unmapped");
}
