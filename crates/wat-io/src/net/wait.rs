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
        // Where the event comes again and again, the time must be looked at before it.
        let waited = goes_on(self.waiter, Some(first), self.call, self.object)
            .and_then(|()| until(self.waiter, fd, events, Some(first), self.call, self.object));
        match waited {
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
        Ok(_) => Err(late(call, object)),
        Err(why) => Err(woken(why, call, object)),
    }
}

/// Whether a call may go on that has not had to wait: a peer that says much and nothing to the point neither outlasts its time
/// nor holds up a stop.
pub fn goes_on(
    waiter: &Waiter,
    deadline: Option<Instant>,
    call: &'static str,
    object: &str,
) -> Result<(), Trouble> {
    match waiter.interrupted() {
        Some(why) => Err(woken(why, call, object)),
        None if deadline.is_some_and(|end| end <= Instant::now()) => Err(late(call, object)),
        None => Ok(()),
    }
}

pub fn late(call: &'static str, object: &str) -> Trouble {
    Refusal::new("timed-out", call, object, "timed out").into()
}

pub fn woken(why: Interrupt, call: &'static str, object: &str) -> Trouble {
    match why {
        Interrupt::Stopped => Refusal::new("stopped", call, object, "this node was told to stop").into(),
        Interrupt::Killed => Trouble::Halt(Halt::Killed),
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
    goes_on(waiter, deadline, call, object)?;
    waiter.sleep_until(Instant::now() + PAUSE).map_err(|why| woken(why, call, object))
}
