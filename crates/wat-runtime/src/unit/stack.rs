//! Stacks for compiled code: large, reserved without commitment, with a guard page below and a reserve for
//! runtime functions under the limit that compiled code compares with.

use super::region::random_u64;
use crate::mutation::removed;
use std::io;
use std::ptr::null_mut;
use wat_abi::image::PAGE;

/// For the main program.
pub const MAIN: usize = 256 << 20;
/// For a thread.
pub const THREAD: usize = 64 << 20;
/// What runtime functions may use below the limit.
const RESERVE: usize = 256 << 10;
/// What a stack keeps below its live frames when it is trimmed.
const KEPT: u64 = 512 << 10;
/// The smallest stack worth having.
const LEAST: usize = 2 << 20;

pub struct Stack {
    base: usize,
    len: usize,
    top: usize,
}

impl Stack {
    /// Maps a stack of so many bytes, or of a half, a quarter… of it where the system refuses.
    pub fn map(bytes: usize) -> io::Result<Stack> {
        let mut len = bytes.max(LEAST).next_multiple_of(PAGE as usize);
        let base = loop {
            match map(len) {
                Ok(base) => break base,
                Err(_) if len / 2 >= LEAST => len = (len / 2).next_multiple_of(PAGE as usize),
                Err(e) => return Err(e),
            }
        };
        // Where frames lie should not be told by where the mapping lies.
        let slide = (random_u64() as usize % (64 << 10)) & !15;
        Ok(Stack { base, len, top: base + len - slide })
    }

    /// The initial stack pointer: a multiple of 16.
    pub fn top(&self) -> u64 {
        self.top as u64
    }

    /// Below this compiled code with a frame stops.
    pub fn limit(&self) -> u64 {
        (self.base + PAGE as usize + RESERVE) as u64
    }

    pub fn contains(&self, address: u64) -> bool {
        (self.base as u64..(self.base + self.len) as u64).contains(&address)
    }

    pub fn in_guard(&self, address: u64) -> bool {
        (self.base as u64..self.base as u64 + u64::from(PAGE)).contains(&address)
    }

    /// Gives back the memory of frames that reached down to `deepest`, if that is far below the frames that are
    /// left: those above `live`.
    pub fn trim(&self, live: u64, deepest: u64) {
        let live = if self.contains(live) { live } else { self.top() };
        let to = live.saturating_sub(KEPT) & !(u64::from(PAGE) - 1);
        let from = self.base as u64 + u64::from(PAGE);
        if !removed("stack-trim") && self.contains(deepest) && deepest < to.saturating_sub(KEPT) && from < to
        {
            // SAFETY: the range lies in our mapping and no frame lives in it: what ran there has ended, and who asks
            // stands above it.
            unsafe { libc::madvise(from as *mut libc::c_void, (to - from) as usize, libc::MADV_DONTNEED) };
        }
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        // SAFETY: the mapping is ours, and nothing runs on it any more.
        unsafe { libc::munmap(self.base as *mut libc::c_void, self.len) };
    }
}

fn map(len: usize) -> io::Result<usize> {
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE | libc::MAP_STACK;
    // SAFETY: a new mapping at a place the system chooses.
    let at = unsafe { libc::mmap(null_mut(), len, libc::PROT_READ | libc::PROT_WRITE, flags, -1, 0) };
    if at == libc::MAP_FAILED {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the lowest page of the mapping just made.
    if unsafe { libc::mprotect(at, PAGE as usize, libc::PROT_NONE) } != 0 {
        let error = io::Error::last_os_error();
        // SAFETY: the mapping just made, which nobody uses.
        unsafe { libc::munmap(at, len) };
        return Err(error);
    }
    Ok(at as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_leaves_a_reserve() {
        let stack = Stack::map(LEAST).expect("address space");
        assert!(stack.limit() + (1 << 20) < stack.top());
        assert!(stack.contains(stack.top() - 8) && stack.contains(stack.limit()));
        assert!(stack.top().is_multiple_of(16));
        stack.trim(0, stack.limit());
    }
}
