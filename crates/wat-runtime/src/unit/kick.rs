//! The kick: the signal that makes a thread look at its stop word. It interrupts waiting system calls, and where
//! the word says `KILL` and the thread is in compiled code, ends the innermost unit on the spot. Who wants a thread
//! to end sets the word, then kicks, again each millisecond until it has.

use super::thread::current;
use libc::{c_int, c_void, siginfo_t, ucontext_t};
use std::sync::atomic::Ordering;
use wat_abi::context::stop;

/// The signal's number; ignored by default, so a stray one does no harm.
pub const SIGNAL: c_int = libc::SIGURG;

pub(super) extern "C" fn kicked(_: c_int, info: *mut siginfo_t, machine: *mut c_void) {
    let ctx = current();
    // SAFETY: the kernel passes what it knows of the signal, and the interrupted thread's registers.
    let (sent_by, machine) = unsafe { ((*info).si_code, &mut *machine.cast::<ucontext_t>()) };
    if sent_by == libc::SI_TIMER {
        super::hail::hailed(machine);
    }
    // SAFETY: the current context is null or valid.
    let Some(context) = (unsafe { ctx.as_ref() }) else { return };
    if context.stop.load(Ordering::Relaxed) & stop::KILL != 0 {
        super::trap::kill(ctx, machine);
    }
}
