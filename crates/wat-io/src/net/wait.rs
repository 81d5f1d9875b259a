//! Waits for descriptors: all go through the thread's registration, so that a stop wakes them.

use crate::error::{Refusal, Trouble};
use std::os::fd::BorrowedFd;
use std::time::{Duration, Instant};
use wat_host::Halt;
use wat_kernel::see::Wait;
use wat_kernel::{Interrupt, Source, Waiter, poll};

pub const READABLE: i16 = libc::POLLIN;
pub const WRITABLE: i16 = libc::POLLOUT;

/// When a wait of so many nanoseconds ends; never, when that is below 0 or beyond what the clock can say.
pub fn deadline(nanos: u64) -> Option<Instant> {
    let nanos = u64::try_from(nanos as i64).ok()?;
    Instant::now().checked_add(Duration::from_nanos(nanos))
}

/// What a call does, on what, and until when: what its waits and errors have in common.
#[derive(Clone, Copy)]
pub struct Purpose<'a> {
    pub waiter: &'a Waiter,
    pub call: &'static str,
    pub object: &'a str,
    pub deadline: Option<Instant>,
}

impl Purpose<'_> {
    pub fn refuse(&self, kind: &'static str, reason: impl Into<String>) -> Refusal {
        Refusal::new(kind, self.call, self.object, reason)
    }

    pub fn is_late(&self) -> bool {
        self.deadline.is_some_and(|end| end <= Instant::now())
    }

    pub fn until(&self, fd: BorrowedFd, events: i16) -> Result<(), Trouble> {
        until(self.waiter, fd, events, self.deadline, self.call, self.object)
    }

    /// False where `patience` ends before the event, and before the deadline of the call.
    pub fn until_or(&self, fd: BorrowedFd, events: i16, patience: Instant) -> Result<bool, Trouble> {
        let first = self.deadline.map_or(patience, |end| end.min(patience));
        match until(self.waiter, fd, events, Some(first), self.call, self.object) {
            Err(Trouble::Refused(why)) if why.kind == "timed-out" && !self.is_late() => Ok(false),
            other => other.map(|()| true),
        }
    }
}

/// Waits until the descriptor has the event; `call` on `object` is what for.
pub fn until(
    waiter: &Waiter,
    fd: BorrowedFd,
    events: i16,
    deadline: Option<Instant>,
    call: &'static str,
    object: &str,
) -> Result<(), Trouble> {
    let _about = waiter.about(kind(call, events), None);
    match poll(waiter, &[Source::Descriptor(fd, events)], deadline) {
        Ok(ready) if ready[0] => Ok(()),
        Ok(_) => Err(Refusal::new("timed-out", call, object, "timed out").into()),
        Err(Interrupt::Stopped) => {
            Err(Refusal::new("stopped", call, object, "this node was told to stop").into())
        }
        Err(Interrupt::Killed) => Err(Trouble::Halt(Halt::Killed)),
    }
}

/// What whoever looks at the tree is shown of the wait.
fn kind(call: &str, events: i16) -> Wait {
    match call {
        "accept" => Wait::Accept,
        "connect" => Wait::Connect,
        _ if events & WRITABLE != 0 => Wait::Write,
        _ => Wait::Read,
    }
}

/// A short wait before the next try of what has no event.
pub fn pause(
    waiter: &Waiter,
    deadline: Option<Instant>,
    call: &'static str,
    object: &str,
) -> Result<(), Trouble> {
    const PAUSE: Duration = Duration::from_millis(5);
    let now = Instant::now();
    if deadline.is_some_and(|end| end <= now) {
        return Err(Refusal::new("timed-out", call, object, "timed out").into());
    }
    match waiter.sleep_until(now + PAUSE) {
        Ok(()) => Ok(()),
        Err(Interrupt::Stopped) => {
            Err(Refusal::new("stopped", call, object, "this node was told to stop").into())
        }
        Err(Interrupt::Killed) => Err(Trouble::Halt(Halt::Killed)),
    }
}
