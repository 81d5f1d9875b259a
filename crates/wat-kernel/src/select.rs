//! Waiting for several things at once: children's output and ends, channels, a deadline, a stop. One poll.
//!
//! Not here: taking what is ready, which the caller does with the source's own call.

use crate::channel::{Watchable, Watcher};
use crate::child::Child;
use crate::child::hold::Hold;
use crate::sys::fd;
use crate::waiter::{Blocked, Interrupt, Waiter, Wakes, time_left};
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// Something to wait for.
#[derive(Clone, Copy)]
pub enum Source<'a> {
    /// Its stdout has bytes, or has ended.
    Output(&'a Child),
    /// It has ended.
    Exit(&'a Child),
    /// A message is there, or the channel is closed.
    Channel(&'a dyn Watchable),
    /// A descriptor of the library's has one of these `poll` events.
    Descriptor(BorrowedFd<'a>, i16),
}

/// Waits until a source is ready and gives its index; `None` when the deadline has passed.
///
/// Among several that are ready the choice rotates: `turn` is kept by the caller between calls at the same place,
/// and no source that stays ready waits for more than one round of the others.
pub fn select(
    waiter: &Waiter,
    sources: &[Source],
    deadline: Option<Instant>,
    turn: &mut usize,
) -> Result<Option<usize>, Interrupt> {
    let ready = poll(waiter, sources, deadline)?;
    let count = sources.len();
    let chosen = (0..count).map(|i| (*turn + i) % count).find(|i| ready[*i]);
    if let Some(chosen) = chosen {
        *turn = chosen + 1;
    }
    Ok(chosen)
}

/// Waits until a source is ready, or the deadline has passed, and tells for each source whether it is.
pub fn poll(waiter: &Waiter, sources: &[Source], deadline: Option<Instant>) -> Result<Vec<bool>, Interrupt> {
    waiter.settle();
    let watching = Watching::begin(waiter, sources);
    let mut entries = Vec::with_capacity(sources.len() + 1);
    loop {
        if let Ok(event) = waiter.event()
            && watching.any
        {
            fd::clear_event(event);
        }
        let mut ready: Vec<bool> = sources.iter().map(is_ready).collect();
        entries.clear();
        entries.extend(sources.iter().map(entry));
        // An end counts as output: there will be none.
        entries.extend(sources.iter().filter_map(|source| match source {
            Source::Output(child) => Some(entry(&Source::Exit(child))),
            _ => None,
        }));
        if watching.any
            && let Ok(event) = waiter.event()
        {
            entries.push(fd::interest(event.as_fd(), libc::POLLIN));
        }
        let now = ready.contains(&true);
        // The time that is left when it begins, which it does again after each signal.
        let poll = || fd::poll(&mut entries, if now { Some(Duration::ZERO) } else { time_left(deadline) });
        match waiter.blocking(Wakes::Stop, poll) {
            Ok(_) => {}
            Err(Blocked::Interrupt(why)) => return Err(why),
            // A poll fails for want of memory alone; what is known to be ready still is.
            Err(Blocked::System(_)) => {}
        }
        for ((ready, entry), source) in ready.iter_mut().zip(&entries).zip(sources) {
            *ready |= (entry.fd >= 0 && entry.revents != 0) || is_ready(source);
        }
        if ready.contains(&true) || deadline.is_some_and(|end| end <= Instant::now()) {
            return Ok(ready);
        }
    }
}

/// Readiness that needs no system call.
fn is_ready(source: &Source) -> bool {
    match source {
        Source::Output(child) => match child.core().output.try_enter() {
            Some(output) => {
                output.ahead() > 0 || output.fd.is_none() || child.core().done.load(Ordering::SeqCst) != 0
            }
            None => false,
        },
        Source::Exit(child) => child.core().end().is_some(),
        Source::Channel(channel) => channel.is_ready(),
        Source::Descriptor(..) => false,
    }
}

/// The source's place in the poll; a negative number is passed over.
fn entry(source: &Source) -> libc::pollfd {
    let none = libc::pollfd { fd: -1, events: 0, revents: 0 };
    match source {
        Source::Output(child) => match child.core().output.try_enter() {
            Some(output) => output.fd.as_ref().map_or(none, |fd| fd::interest(fd.as_fd(), libc::POLLIN)),
            None => none,
        },
        Source::Exit(child) => child.core().hold.as_ref().map_or(none, Hold::end),
        Source::Channel(_) => none,
        Source::Descriptor(fd, events) => fd::interest(*fd, *events),
    }
}

/// The registration with every channel among the sources; ends with the value.
struct Watching<'a> {
    watcher: Watcher,
    sources: &'a [Source<'a>],
    any: bool,
}

impl<'a> Watching<'a> {
    fn begin(waiter: &Waiter, sources: &'a [Source<'a>]) -> Self {
        let watcher = Watcher(waiter.core().clone());
        let any = sources.iter().any(|source| matches!(source, Source::Channel(_))) && waiter.event().is_ok();
        let watching = Watching { watcher, sources, any };
        watching.each_channel(|channel, watcher| channel.watch(watcher));
        watching
    }

    fn each_channel(&self, act: impl Fn(&dyn Watchable, &Watcher)) {
        for source in self.sources {
            if let Source::Channel(channel) = source {
                act(*channel, &self.watcher);
            }
        }
    }
}

impl Drop for Watching<'_> {
    fn drop(&mut self) {
        self.each_channel(|channel, watcher| channel.unwatch(watcher));
    }
}
