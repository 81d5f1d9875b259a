//! The edge between compiled code and Rust: a defect of wat found there ends the process, it never unwinds
//! through compiled code.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// The exit code of a defect in wat itself.
pub const DEFECT: i32 = 70;

/// Runs a runtime function's body. A panic in it is a defect of wat (the hook has said which): exit 70.
#[inline(always)]
pub fn guarded<R>(body: impl FnOnce() -> R) -> R {
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(value) => value,
        Err(_) => defect("a runtime function failed"),
    }
}

/// Makes a panic of any function that compiled code has called end the process with [`DEFECT`], after the hook that
/// was there before has said what it was. A row needs no [`guarded`] of its own for that; it is for rows that could
/// unwind into `extern "C"` in a process whose hook somebody else replaces.
pub(super) fn watch_panics() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        before(info);
        let ctx = super::thread::current();
        // SAFETY: the current context is null or valid.
        if !ctx.is_null() && !unsafe { (*ctx).unit }.is_null() {
            defect("a runtime function failed");
        }
    }));
}

/// Reports a defect of wat on stderr and ends the process. Safe in signal handlers: it neither allocates nor
/// locks.
#[cold]
pub fn defect(what: &str) -> ! {
    for part in ["wat: this is a defect of wat, not of your program: ", what, "\n"] {
        // SAFETY: a plain system call on bytes we hold; that nobody reads them changes nothing.
        unsafe { libc::write(2, part.as_ptr().cast(), part.len()) };
    }
    // SAFETY: ends the process without running anything of it.
    unsafe { libc::_exit(DEFECT) }
}

/// As [`defect`], with an address.
#[cold]
pub fn defect_at(what: &str, address: u64) -> ! {
    let mut line = [0u8; 160];
    let mut at = 0;
    for b in what.bytes().take(120).chain(*b" at 0x") {
        line[at] = b;
        at += 1;
    }
    for shift in (0..16).rev() {
        line[at] = b"0123456789abcdef"[(address >> (4 * shift)) as usize & 15];
        at += 1;
    }
    defect(std::str::from_utf8(&line[..at]).unwrap_or(what))
}
