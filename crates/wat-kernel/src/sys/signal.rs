//! Signal dispositions and masks. Not here: what a signal means (`signals.rs`), nor the handler of the kick,
//! which the runtime installs because it must know compiled code.

use super::{check, check_long};
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

/// A set of signals, bit `n - 1` for signal `n`.
pub(crate) type Set = u64;

pub(crate) const fn bit(signal: i32) -> Set {
    1 << (signal - 1)
}

/// Replaces the calling thread's mask and answers the old one. Goes past the C library, which would leave its
/// own two signals unblocked.
pub(crate) fn set_mask(mask: Set) -> Set {
    let mut old: Set = 0;
    // SAFETY: both point at eight bytes, the size given.
    unsafe {
        libc::syscall(libc::SYS_rt_sigprocmask, libc::SIG_SETMASK, &raw const mask, &raw mut old, 8usize)
    };
    old
}

pub(crate) fn ignore(signal: i32) {
    // SAFETY: SIG_IGN runs no code.
    unsafe { libc::signal(signal, libc::SIG_IGN) };
}

pub(crate) fn restore_default(signal: i32) {
    // SAFETY: SIG_DFL runs no code of ours.
    unsafe { libc::signal(signal, libc::SIG_DFL) };
}

/// The signals that are ignored now.
pub(crate) fn ignored() -> Set {
    let mut set = 0;
    for signal in 1..=64 {
        // SAFETY: all-zero is a valid sigaction; a null new action only asks.
        unsafe {
            let mut action: libc::sigaction = std::mem::zeroed();
            let asked = libc::sigaction(signal, std::ptr::null(), &raw mut action);
            if asked == 0 && action.sa_sigaction == libc::SIG_IGN {
                set |= bit(signal);
            }
        }
    }
    set
}

/// A descriptor that gives the blocked signals of `set` as they arrive.
pub(crate) fn descriptor(set: Set) -> io::Result<OwnedFd> {
    let flags = libc::SFD_CLOEXEC | libc::SFD_NONBLOCK;
    // SAFETY: eight readable bytes, the size given; the descriptor returned is new.
    unsafe {
        let fd = check_long(libc::syscall(libc::SYS_signalfd4, -1, &raw const set, 8usize, flags))?;
        Ok(OwnedFd::from_raw_fd(fd as i32))
    }
}

/// The next signal that has arrived, if any.
pub(crate) fn next(fd: &OwnedFd) -> Option<i32> {
    // SAFETY: all-zero is a valid value; read fills at most its size.
    unsafe {
        let mut info: libc::signalfd_siginfo = std::mem::zeroed();
        let size = size_of::<libc::signalfd_siginfo>();
        let got = libc::read(fd.as_raw_fd(), (&raw mut info).cast(), size);
        (got == size as isize).then_some(info.ssi_signo as i32)
    }
}

/// Ends the process by a signal's default action. Returns only where the kernel spares the process (PID 1).
pub(crate) fn raise_default(signal: i32) {
    restore_default(signal);
    // To this thread: a signal to the process the warden's descriptor might take away.
    super::process::signal_thread(super::process::thread_id(), signal);
    set_mask(!bit(signal));
}

/// Installs a handler that does nothing, so that `signal` makes blocking calls return `EINTR`.
pub(crate) fn interrupt_only(signal: i32) -> io::Result<()> {
    extern "C" fn nothing(_: libc::c_int) {}
    // SAFETY: all-zero is a valid sigaction; the handler touches nothing.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = nothing as *const () as usize;
        check(libc::sigaction(signal, &raw const action, std::ptr::null_mut()))?;
    }
    Ok(())
}

/// Lets a signal reach the calling thread, and with it the threads it makes.
pub(crate) fn unblock(signal: i32) {
    let set = bit(signal);
    let unset = std::ptr::null_mut::<Set>();
    // SAFETY: points at eight bytes, the size given; a null pointer asks for no old mask.
    unsafe { libc::syscall(libc::SYS_rt_sigprocmask, libc::SIG_UNBLOCK, &raw const set, unset, 8usize) };
}

/// Runs what a handler does; the code it has interrupted finds its error number as it was.
pub(crate) fn keeping_errno(run: impl FnOnce()) {
    // SAFETY: the address is the calling thread's own, valid as long as it lives.
    let errno = unsafe { &mut *libc::__errno_location() };
    let before = *errno;
    run();
    *errno = before;
}
