//! A timer that signals the thread it was made on.

use super::check;
use super::process::thread_id;
use std::io;
use std::time::Duration;

#[derive(Debug)]
pub(crate) struct ThreadTimer(libc::timer_t);

// SAFETY: the name of a timer of the process, which any of its threads may set.
unsafe impl Send for ThreadTimer {}
// SAFETY: as above; the system orders the calls.
unsafe impl Sync for ThreadTimer {}

impl ThreadTimer {
    /// Measures by the monotonic clock. Errors: `EAGAIN` where the user's pending signals are used up.
    pub(crate) fn new(signal: i32) -> io::Result<ThreadTimer> {
        // SAFETY: all-zero is a valid sigevent; both pointers are to values that live here.
        unsafe {
            let mut event: libc::sigevent = std::mem::zeroed();
            event.sigev_notify = libc::SIGEV_THREAD_ID;
            event.sigev_signo = signal;
            event.sigev_notify_thread_id = thread_id();
            let mut timer: libc::timer_t = std::ptr::null_mut();
            check(libc::timer_create(libc::CLOCK_MONOTONIC, &raw mut event, &raw mut timer))?;
            Ok(ThreadTimer(timer))
        }
    }

    /// It goes off after this time, and after each such time from then on.
    pub(crate) fn arm(&self, every: Duration) {
        self.set(every);
    }

    /// It goes off no more. Async-signal-safe.
    pub(crate) fn disarm(&self) {
        self.set(Duration::ZERO);
    }

    fn set(&self, every: Duration) {
        let every = libc::timespec {
            tv_sec: every.as_secs() as libc::time_t,
            tv_nsec: i64::from(every.subsec_nanos()),
        };
        let times = libc::itimerspec { it_value: every, it_interval: every };
        // SAFETY: the timer is never deleted; a null pointer asks for no old setting.
        let set = unsafe { libc::timer_settime(self.0, 0, &raw const times, std::ptr::null_mut()) };
        debug_assert!(set == 0, "a valid time of a timer that exists");
    }
}
