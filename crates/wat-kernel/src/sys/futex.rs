//! Sleeping on a word of memory. The sleep returns on a signal, which is what makes every wait wakeable.

use super::check_long;
use super::fd::timespec;
use std::io;
use std::sync::atomic::AtomicU32;
use std::time::Duration;

/// Sleeps while `word` holds `expected`. `EAGAIN`: it does not; `ETIMEDOUT`; `EINTR`: a signal arrived.
pub(crate) fn wait(word: &AtomicU32, expected: u32, timeout: Option<Duration>) -> io::Result<()> {
    let limit = timeout.map(timespec);
    let limit = limit.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
    let operation = libc::FUTEX_WAIT | libc::FUTEX_PRIVATE_FLAG;
    // SAFETY: the word is a live, aligned 32-bit location and the optional time outlives the call.
    check_long(unsafe { libc::syscall(libc::SYS_futex, word.as_ptr(), operation, expected, limit) })?;
    Ok(())
}

/// Wakes up to `count` sleepers on `word`.
pub(crate) fn wake(word: &AtomicU32, count: u32) {
    let operation = libc::FUTEX_WAKE | libc::FUTEX_PRIVATE_FLAG;
    // SAFETY: the address is only used as a key.
    unsafe { libc::syscall(libc::SYS_futex, word.as_ptr(), operation, count) };
}
