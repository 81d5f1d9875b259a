//! Bytes on their way out: a process's own stdout, or a child's stdin.
//!
//! The first write after a wait goes out at once; those following are gathered up to [`GATHER`] bytes and leave when
//! that is full, when the thread waits, or when the warden finds that they have lain a millisecond. The work is done
//! by the calling thread. Not here: what is done while the reader is slow ([`Room`]).

use crate::gate::{Gate, Held};
use crate::mutation::removed;
use crate::see::Wait;
use crate::sys::fd;
use crate::waiter::{Blocked, Interrupt, Waiter, Wakes};
use crate::warden::summons::Summons;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Bytes gathered before a write is made.
pub const GATHER: usize = 64 * 1024;

/// Why bytes did not go out.
#[derive(Debug)]
pub enum WriteError {
    /// Nobody reads any more: end of file, EPIPE and ECONNRESET alike.
    Closed,
    /// Both sides of a pair are blocked writing to each other. `begun` says whether part of this message is out; if
    /// so the rest stays queued, if not nothing of it will be sent.
    Deadlock { begun: bool },
    /// The thread was asked to stop or end. `begun` as of a deadlock.
    Interrupted { why: Interrupt, begun: bool },
    /// There was no room before the deadline. `begun` as of a deadlock.
    Late { begun: bool },
    /// Anything else the system says.
    System(io::Error),
}

impl From<Interrupt> for WriteError {
    fn from(why: Interrupt) -> Self {
        WriteError::Interrupted { why, begun: false }
    }
}

impl WriteError {
    /// Whether a part of the message is out, so that the rest follows.
    pub fn is_begun(&self) -> bool {
        matches!(
            self,
            WriteError::Deadlock { begun: true }
                | WriteError::Interrupted { begun: true, .. }
                | WriteError::Late { begun: true }
        )
    }

    /// The same of a message of which so much is out, or nothing.
    fn of_message(self, begun: bool) -> WriteError {
        match self {
            WriteError::Deadlock { .. } => WriteError::Deadlock { begun },
            WriteError::Interrupted { why, .. } => WriteError::Interrupted { why, begun },
            WriteError::Late { .. } => WriteError::Late { begun },
            other => other,
        }
    }
}

/// What a writer does when the descriptor takes no more: returns when it may take more again.
pub(crate) trait Room {
    fn make(&self, waiter: &Waiter, fd: BorrowedFd) -> Result<(), WriteError>;
    /// One write, which blocks or not as the descriptor does.
    fn write(&self, waiter: &Waiter, fd: BorrowedFd, bytes: &[u8]) -> Result<usize, WriteError>;
}

/// A gathered stream of bytes to one descriptor.
pub(crate) struct Outbox {
    gate: Gate<Out>,
    /// Close once nothing waits.
    closing: AtomicBool,
    /// On the list of [`Gathered`]?
    listed: AtomicBool,
    /// Own stdout: flushed with blocking writes before a wait. A child's stdin is flushed as far as it goes.
    own: bool,
    /// Odd while the program is inside a write; the count tells two writes apart.
    writes: AtomicU32,
}

struct Out {
    to: Target,
    pending: Vec<u8>,
    /// Bytes of `pending` already written.
    sent: usize,
    /// Thread and epoch of the last write that went out at once.
    fresh: (i32, u64),
    /// Has the warden seen `pending` lie once already?
    lain: bool,
}

enum Target {
    Standard(BorrowedFd<'static>),
    Owned(OwnedFd),
    Closed,
}

impl Target {
    fn fd(&self) -> Option<BorrowedFd<'_>> {
        match self {
            Target::Standard(fd) => Some(*fd),
            Target::Owned(fd) => Some(fd.as_fd()),
            Target::Closed => None,
        }
    }
}

impl Outbox {
    pub(crate) fn standard(fd: BorrowedFd<'static>) -> Outbox {
        Outbox::new(Target::Standard(fd), true)
    }

    pub(crate) fn owned(fd: OwnedFd) -> Outbox {
        Outbox::new(Target::Owned(fd), false)
    }

    /// One that is closed from the start.
    pub(crate) fn closed() -> Outbox {
        Outbox::new(Target::Closed, false)
    }

    fn new(to: Target, own: bool) -> Outbox {
        let out = Out { to, pending: Vec::new(), sent: 0, fresh: (0, 0), lain: false };
        Outbox {
            gate: Gate::new(out),
            closing: AtomicBool::new(false),
            listed: AtomicBool::new(false),
            own,
            writes: AtomicU32::new(0),
        }
    }

    /// Writes one message (whole lines), now or gathered.
    pub(crate) fn write(
        self: &Arc<Self>,
        waiter: &Waiter,
        gathered: &Gathered,
        room: &dyn Room,
        message: &[u8],
    ) -> Result<(), WriteError> {
        let mut out = self.gate.enter(waiter)?;
        if self.closing.load(Ordering::SeqCst) || out.to.fd().is_none() {
            return Err(WriteError::Closed);
        }
        if removed("bounded-writes") && !self.own {
            out.pending.extend_from_slice(message);
            drop(out);
            gathered.list(self);
            return Ok(());
        }
        let now = (waiter.thread(), waiter.epoch());
        let first = out.fresh != now;
        out.fresh = now;
        if !first && out.waiting() + message.len() > GATHER {
            self.put_pending(&mut out, waiter, room)?;
        }
        if first || message.len() >= GATHER {
            self.put_now(out, waiter, gathered, room, message)
        } else {
            out.pending.extend_from_slice(message);
            drop(out);
            gathered.list(self);
            Ok(())
        }
    }

    fn put_now(
        self: &Arc<Self>,
        mut out: Held<Out>,
        waiter: &Waiter,
        gathered: &Gathered,
        room: &dyn Room,
        message: &[u8],
    ) -> Result<(), WriteError> {
        self.put_pending(&mut out, waiter, room)?;
        let mut done = 0;
        let outcome = self.put(&mut out, waiter, room, message, &mut done);
        match outcome {
            Err(e) if e.is_begun() => {
                out.pending.extend_from_slice(&message[done..]);
                drop(out);
                gathered.list(self);
                Err(e)
            }
            other => other,
        }
    }

    /// Writes out what was gathered, blocking as the descriptor does.
    pub(crate) fn flush(&self, waiter: &Waiter, room: &dyn Room) -> Result<(), WriteError> {
        let mut out = self.gate.enter(waiter)?;
        self.put_pending(&mut out, waiter, room)
    }

    /// Writes out what lies, of which none is the message that waits for it.
    fn put_pending(&self, out: &mut Out, waiter: &Waiter, room: &dyn Room) -> Result<(), WriteError> {
        if out.waiting() == 0 {
            return Ok(());
        }
        let pending = std::mem::take(&mut out.pending);
        let mut sent = out.sent;
        let outcome = self.put(out, waiter, room, &pending, &mut sent);
        out.pending = pending;
        out.sent = sent;
        out.settle();
        outcome.map_err(|error| error.of_message(false))
    }

    fn put(
        &self,
        out: &mut Out,
        waiter: &Waiter,
        room: &dyn Room,
        bytes: &[u8],
        done: &mut usize,
    ) -> Result<(), WriteError> {
        self.writes.fetch_add(1, Ordering::SeqCst);
        let mut outcome = Ok(());
        while *done < bytes.len() {
            let Some(fd) = out.to.fd() else {
                outcome = Err(WriteError::Closed);
                break;
            };
            match room.write(waiter, fd, &bytes[*done..]) {
                Ok(count) => *done += count,
                Err(WriteError::System(e)) if e.kind() == io::ErrorKind::WouldBlock => {
                    if let Err(e) = room.make(waiter, fd) {
                        outcome = Err(e.of_message(*done > 0));
                        break;
                    }
                }
                Err(e) => {
                    outcome = Err(e.of_message(*done > 0));
                    break;
                }
            }
        }
        self.writes.fetch_add(1, Ordering::SeqCst);
        if matches!(outcome, Err(WriteError::Closed | WriteError::System(_))) {
            out.shut();
        }
        outcome
    }

    /// Closes once everything is out; what cannot go at once the warden writes.
    pub(crate) fn close(self: &Arc<Self>, gathered: &Gathered) {
        self.closing.store(true, Ordering::SeqCst);
        if !self.push() {
            gathered.list(self);
        }
    }

    /// Writes what goes without blocking. True if nothing is left to do.
    pub(crate) fn push(&self) -> bool {
        let Some(mut out) = self.gate.try_enter() else { return false };
        out.push();
        self.finished(&mut out)
    }

    /// Nothing waits; a closing one is then closed.
    fn finished(&self, out: &mut Out) -> bool {
        let empty = out.waiting() == 0;
        if empty && self.closing.load(Ordering::SeqCst) {
            out.shut();
        }
        empty
    }

    /// Drops everything that waits, and closes: the reader has ended.
    pub(crate) fn abandon(&self) {
        if let Some(mut out) = self.gate.try_enter() {
            out.shut();
        }
    }

    /// The number of the write the program is blocked in; 0 if it is in none.
    pub(crate) fn current_write(&self) -> u32 {
        let count = self.writes.load(Ordering::SeqCst);
        if count % 2 == 1 { count } else { 0 }
    }

    /// The warden's visit: bytes seen for the second time go out as far as they can.
    fn visit(&self) -> Visited {
        let Some(mut out) = self.gate.try_enter() else { return Visited { left: true, moved: false } };
        let before = out.waiting();
        if out.lain || self.closing.load(Ordering::SeqCst) {
            out.push();
        }
        let moved = out.waiting() < before;
        out.lain = true;
        Visited { left: !self.finished(&mut out), moved }
    }
}

/// What came of the warden's visit.
#[derive(Clone, Copy, Default)]
pub(crate) struct Visited {
    /// Something is still to be written.
    pub(crate) left: bool,
    /// Something has been.
    pub(crate) moved: bool,
}

impl Out {
    fn waiting(&self) -> usize {
        self.pending.len() - self.sent
    }

    fn push(&mut self) {
        while self.waiting() > 0 {
            let Some(fd) = self.to.fd() else { break };
            match fd::write_now(fd, &self.pending[self.sent..]) {
                Ok(count) => self.sent += count,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => break,
                Err(_) => self.shut(),
            }
        }
        self.settle();
    }

    fn settle(&mut self) {
        if self.waiting() == 0 {
            self.pending.clear();
            // A message far above the gathering size should not hold its room for ever.
            self.pending.shrink_to(2 * GATHER);
            self.sent = 0;
            self.lain = false;
        }
    }

    fn shut(&mut self) {
        self.pending = Vec::new();
        self.sent = 0;
        self.to = Target::Closed;
    }
}

/// The outboxes in which something may lie.
#[derive(Default)]
pub(crate) struct Gathered {
    list: Mutex<Vec<Arc<Outbox>>>,
    any: AtomicBool,
    /// Is the warden looking every millisecond already?
    pub(crate) watched: AtomicBool,
    /// Raised to make it look.
    summons: OnceLock<Arc<Summons>>,
}

impl Gathered {
    pub(crate) fn waking(summons: Arc<Summons>) -> Gathered {
        let gathered = Gathered::default();
        gathered.summons.get_or_init(|| summons);
        gathered
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Arc<Outbox>>> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn list(&self, outbox: &Arc<Outbox>) {
        if outbox.listed.swap(true, Ordering::SeqCst) {
            return;
        }
        self.lock().push(outbox.clone());
        self.any.store(true, Ordering::SeqCst);
        if !self.watched.load(Ordering::SeqCst)
            && let Some(summons) = self.summons.get()
        {
            summons.raise();
        }
    }

    fn take(&self) -> Vec<Arc<Outbox>> {
        let mut list = self.lock();
        self.any.store(false, Ordering::SeqCst);
        for outbox in list.iter() {
            outbox.listed.store(false, Ordering::SeqCst);
        }
        std::mem::take(&mut *list)
    }

    pub(crate) fn any(&self) -> bool {
        self.any.load(Ordering::SeqCst)
    }

    /// Before a wait: the process's own stdout goes out whole, children's stdin as far as it goes.
    pub(crate) fn write_out(&self, waiter: &Waiter) {
        if !self.any() {
            return;
        }
        for outbox in self.take() {
            let done = if outbox.own {
                let _about = waiter.blocked_instead(Wait::Stdout);
                // An error is the next write's to report.
                outbox.flush(waiter, &Patient).is_ok()
            } else {
                outbox.push()
            };
            if !done {
                self.list(&outbox);
            }
        }
    }

    /// The warden's visit to all.
    pub(crate) fn visit(&self) -> Visited {
        if !self.any() {
            return Visited::default();
        }
        let mut moved = false;
        for outbox in self.take() {
            let visited = outbox.visit();
            moved |= visited.moved;
            if visited.left {
                self.list(&outbox);
            }
        }
        Visited { left: self.any(), moved }
    }
}

/// Room for the process's own stdout: wait as long as it takes; only a kill ends it.
pub(crate) struct Patient;

impl Room for Patient {
    fn make(&self, waiter: &Waiter, fd: BorrowedFd) -> Result<(), WriteError> {
        // Only a description that somebody else made non-blocking comes here.
        let mut entries = [fd::interest(fd, libc::POLLOUT)];
        waiter.blocking(Wakes::Kill, || fd::poll(&mut entries, None)).map_err(from_blocked)?;
        Ok(())
    }

    fn write(&self, waiter: &Waiter, fd: BorrowedFd, bytes: &[u8]) -> Result<usize, WriteError> {
        let write = || fd::write(fd, bytes);
        // What is written at once or not at all does not block where there is room.
        let written = if bytes.len() <= libc::PIPE_BUF {
            waiter.blocking_on(Wakes::Kill, fd, libc::POLLOUT, write)
        } else {
            waiter.blocking(Wakes::Kill, write)
        };
        written.map_err(from_blocked)
    }
}

pub(crate) fn from_blocked(blocked: Blocked) -> WriteError {
    match blocked {
        Blocked::Interrupt(why) => why.into(),
        Blocked::System(e) => match e.raw_os_error() {
            Some(libc::EPIPE | libc::ECONNRESET) => WriteError::Closed,
            _ => WriteError::System(e),
        },
    }
}
