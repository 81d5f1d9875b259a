//! The kick: the signal that makes a thread look at its stop word. It interrupts waiting system calls, and where
//! the word says `KILL` and the thread is in compiled code, ends the innermost unit on the spot. Who wants a thread
//! to end sets the word, then kicks, again each millisecond until it has.

use super::thread::current;
use libc::{c_int, c_void, siginfo_t, ucontext_t};
use std::sync::OnceLock;
use std::sync::atomic::Ordering;
use wat_abi::context::stop;

/// The signal's number; ignored by default, so a stray one does no harm.
pub const SIGNAL: c_int = libc::SIGURG;

/// Who is told of kicks that a timer sends.
static ON_TIMER: OnceLock<fn(bool)> = OnceLock::new();

/// From now on a kick that a timer sends is told: whether it found the thread in compiled code. The function runs in a
/// signal handler. Only the first counts.
pub fn on_timer(tell: fn(bool)) {
    let _ = ON_TIMER.set(tell);
}

pub(super) extern "C" fn kicked(_: c_int, info: *mut siginfo_t, machine: *mut c_void) {
    let ctx = current();
    // SAFETY: the kernel passes what it knows of the signal.
    if unsafe { (*info).si_code } == libc::SI_TIMER
        && let Some(tell) = ON_TIMER.get()
    {
        // SAFETY: the kernel passes the interrupted thread's registers.
        tell(super::trap::in_compiled(ctx, unsafe { &*machine.cast::<ucontext_t>() }));
    }
    // SAFETY: the current context is null or valid.
    let Some(context) = (unsafe { ctx.as_ref() }) else { return };
    if context.stop.load(Ordering::Relaxed) & stop::KILL != 0 {
        // SAFETY: the kernel passes the interrupted thread's registers.
        super::trap::kill(ctx, unsafe { &mut *machine.cast::<ucontext_t>() });
    }
}
