//! System calls, and all unsafe code of this crate.
//!
//! Rules of the folder: a function here wraps one call (or one sequence that must not be split), takes borrowed
//! descriptors and gives owned ones, decides nothing, and retries nothing. What runs between clone and exec
//! stands in `clone.rs` under rules of its own.

pub(crate) mod clone;
pub(crate) mod fd;
pub(crate) mod futex;
pub(crate) mod process;
pub(crate) mod seccomp;
pub(crate) mod signal;
pub(crate) mod timer;
pub(crate) mod unix;

use std::io;

/// Turns the C convention (-1 and errno) into a `Result`.
fn check(returned: i32) -> io::Result<i32> {
    if returned < 0 { Err(io::Error::last_os_error()) } else { Ok(returned) }
}

/// The same for calls that return a size or go through `syscall(2)`.
fn check_long(returned: i64) -> io::Result<i64> {
    if returned < 0 { Err(io::Error::last_os_error()) } else { Ok(returned) }
}
