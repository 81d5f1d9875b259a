//! The address range in which a process's images lie: reserved once at a base the system's layout randomisation
//! and we choose, so that a segment stands at the same offsets in every process of a tree and at other
//! addresses in each.

use std::io;
use std::ptr::null_mut;
use wat_abi::image::PAGE;
use wat_abi::layout::REGION_SIZE;

/// A reserved region. It is never given back: names and constants in it live as long as the process.
#[derive(Clone, Copy)]
pub struct Region {
    base: usize,
}

impl Region {
    /// Reserves address space without memory: nothing in it can be read, written or executed yet.
    pub fn reserve() -> io::Result<Region> {
        // The system's random places are page-grained within a range of its own; up to as much again as the region
        // in whole pages puts the base where no other mapping tells it. What is reserved around it costs nothing.
        let slide = random_u64() as usize % (REGION_SIZE / PAGE as usize) * PAGE as usize;
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;
        // SAFETY: a new mapping at a place the system chooses; no memory in use is touched.
        let at = unsafe { libc::mmap(null_mut(), 2 * REGION_SIZE, libc::PROT_NONE, flags, -1, 0) };
        if at == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        Ok(Region { base: at as usize + slide })
    }

    pub fn base(self) -> *const u8 {
        self.base as *const u8
    }

    /// Puts bytes `from..from + len` of a file at the same offsets of the region.
    pub(super) fn map(self, fd: i32, from: u32, len: u32, protection: i32) -> io::Result<()> {
        assert!(from as usize + len as usize <= REGION_SIZE, "a segment lies in the region");
        let at = (self.base + from as usize) as *mut libc::c_void;
        let mapped = |share: i32| {
            let flags = share | libc::MAP_FIXED;
            // SAFETY: the range lies in the region this process reserved, where nothing but segments of a sealed
            // image is ever mapped, each once, and before anything refers to it.
            unsafe {
                libc::mmap(at, len as usize, protection, flags, fd, i64::from(from)) != libc::MAP_FAILED
            }
        };
        // Some kernels before 6.7 refuse shared mappings of write-sealed files.
        if mapped(libc::MAP_SHARED) || mapped(libc::MAP_PRIVATE) {
            return Ok(());
        }
        Err(io::Error::last_os_error())
    }
}

/// A random number; where the system has none to give, the time and an address have to do.
pub(super) fn random_u64() -> u64 {
    let mut word = 0u64;
    // SAFETY: the buffer is ours and as long as said.
    let got = unsafe { libc::getrandom((&raw mut word).cast(), 8, libc::GRND_NONBLOCK) };
    if got == 8 {
        return word;
    }
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |d| d.as_nanos());
    wat_abi::hash::word(now as u64 ^ (&raw const word) as u64)
}
