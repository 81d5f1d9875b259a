//! What a parent does while a child's stdin is full: it reads the child's stdout ahead, into a bounded window, so that
//! two processes writing to each other do not wait for ever. When the window is full too, it finds out whether they
//! would.
//!
//! A full pair of pipes alone proves nothing: the child may be computing. So the child's warden is asked which write
//! its program is blocked in; the same write in two answers, with nothing read in between, is a deadlock. A command has
//! nobody to ask: it is taken for blocked when for a second it has slept and neither pipe has moved.

use super::core::{ChildCore, WINDOW};
use super::hold::Hold;
use crate::control::ToChild;
use crate::mutation::removed;
use crate::outbox::{Room, WriteError, from_blocked};
use crate::sys::fd;
use crate::waiter::{Waiter, Wakes, time_left};
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// Time between two questions.
const PROBE: Duration = Duration::from_millis(50);

pub(super) struct ChildRoom<'a> {
    pub(super) core: &'a ChildCore,
    pub(super) wakes: Wakes,
    pub(super) deadline: Option<Instant>,
}

/// The questions asked so far in one blocked write.
#[derive(Default)]
struct Probe {
    token: u32,
    /// The write named by the last answer, 0 for none.
    write: u32,
    /// Of a command: looks in a row at which nothing had changed, and the bytes in its stdout then.
    still: u32,
    bytes: usize,
}

/// Looks without a change that make a second.
const STILL: u32 = 20;

impl Room for ChildRoom<'_> {
    fn make(&self, waiter: &Waiter, stdin: BorrowedFd) -> Result<(), WriteError> {
        let mut probe = Probe::default();
        loop {
            // Another thread may be reading; then the window is not needed.
            let mut output = self.core.output.try_enter();
            let stdout = output.as_ref().and_then(|o| o.fd.as_ref()).map(AsFd::as_fd);
            let room = output.as_ref().map_or(0, |o| WINDOW.saturating_sub(o.ahead()));
            let mut entries = [
                fd::interest(stdin, libc::POLLOUT),
                self.core.hold.as_ref().map_or(fd::interest(stdin, libc::POLLIN), Hold::end),
                fd::interest(stdin, 0),
            ];
            let count = match stdout {
                Some(stdout) if room > 0 => {
                    entries[2] = fd::interest(stdout, libc::POLLIN);
                    3
                }
                _ => 2,
            };
            let probe_after = (count != 3).then_some(PROBE);
            let timeout = time_left(self.deadline).into_iter().chain(probe_after).min();
            waiter.blocking(self.wakes, || fd::poll(&mut entries[..count], timeout)).map_err(from_blocked)?;
            if entries[0].revents != 0 {
                return Ok(());
            }
            // Somebody the child has left behind may hold its stdin, but not read it for the child.
            if entries[1].revents != 0 {
                return Err(WriteError::Closed);
            }
            if self.deadline.is_some_and(|end| end <= Instant::now()) {
                return Err(WriteError::Late { begun: false });
            }
            let Some(output) = &mut output else { continue };
            if count == 3 && entries[2].revents != 0 {
                output.read_ahead(room);
                self.core.spoken.store(true, Ordering::Relaxed);
            } else if let Some(stdout) = &output.fd {
                let blocked = if self.core.command {
                    self.is_still(&mut probe, stdout.as_fd())
                } else {
                    self.is_deadlocked(&mut probe)
                };
                if blocked {
                    return Err(WriteError::Deadlock { begun: false });
                }
            }
        }
    }

    fn write(&self, _: &Waiter, fd: BorrowedFd, bytes: &[u8]) -> Result<usize, WriteError> {
        // The parent's end is non-blocking, so no wait and no waiter.
        loop {
            match fd::write(fd, bytes) {
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(from_blocked(crate::waiter::Blocked::System(e))),
                Ok(count) => return Ok(count),
            }
        }
    }
}

impl ChildRoom<'_> {
    /// Compares two looks at a command.
    fn is_still(&self, probe: &mut Probe, stdout: BorrowedFd) -> bool {
        let bytes = fd::unread(stdout);
        let sleeps = self.core.is_asleep();
        probe.still = if bytes == probe.bytes && bytes > 0 && sleeps { probe.still + 1 } else { 0 };
        probe.bytes = bytes;
        probe.still >= STILL && !removed("deadlock")
    }

    /// Compares the last two answers and asks again.
    fn is_deadlocked(&self, probe: &mut Probe) -> bool {
        let answer = self.core.answer.load(Ordering::SeqCst);
        let (token, write) = ((answer >> 32) as u32, answer as u32);
        if probe.token != 0 && token == probe.token {
            if write != 0 && write == probe.write && !removed("deadlock") {
                return true;
            }
            probe.write = write;
        }
        // A token no earlier write has used, so that a late answer to one of those does not count.
        probe.token = self.core.asked.fetch_add(1, Ordering::SeqCst) + 1;
        self.core.tell(&ToChild::Ask { token: probe.token });
        false
    }
}

impl super::core::Output {
    fn read_ahead(&mut self, room: usize) {
        let Some(fd) = &self.fd else { return };
        let before = self.window.len();
        self.window.resize(before + room.min(16 * 1024), 0);
        let count = match fd::read(fd.as_fd(), &mut self.window[before..]) {
            Ok(0) => {
                self.fd = None;
                0
            }
            Ok(count) => count,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => 0,
            Err(_) => {
                self.fd = None;
                0
            }
        };
        self.window.truncate(before + count);
    }
}
