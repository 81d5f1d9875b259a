//! The handle on a child. Not here: making one (`spawn.rs`), watching it (`core.rs`, `warden/`).

pub(crate) mod core;
pub(crate) mod end;
mod hear;
pub(crate) mod hold;
pub(crate) mod kept;
pub(crate) mod lines;
mod room;

pub use self::core::WINDOW;
pub use end::{Cause, End, Kind, NoRecord, Usage};
pub use kept::{KEPT, Kept};

use self::core::{ChildCore, Output};
use crate::channel::{self, Receiver};
use crate::control::ToChild;
use crate::life::{ChildEvent, State};
use crate::mutation::removed;
use crate::outbox::WriteError;
use crate::reader::ReadError;
use crate::see::{Edge, Wait};
use crate::shared::Shared;
use crate::sys::fd;
use crate::waiter::{Blocked, Interrupt, Waiter, Wakes};
use room::ChildRoom;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

/// A spawned process. Clones name the same child; when the last is dropped the child is released: its stdin is
/// closed, what it still writes is read and dropped, and a crash nobody sees goes to the callback of
/// [`crate::Process::on_unseen_crash`].
#[derive(Clone)]
pub struct Child {
    handle: Arc<Handle>,
}

struct Handle {
    core: Arc<ChildCore>,
    shared: Arc<Shared>,
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.core.release(&self.shared);
    }
}

/// Reaches a child without holding it or its descriptors: the last [`Child`] still releases it, and one that has
/// ended and been released is gone.
#[derive(Clone)]
pub struct Leash {
    core: Weak<ChildCore>,
    shared: Arc<Shared>,
}

impl Leash {
    pub fn has_ended(&self) -> bool {
        self.core.upgrade().is_none_or(|core| core.end().is_some())
    }

    /// As [`Child::ask_stop`].
    pub fn ask_stop(&self, grace: Duration) {
        if let Some(core) = self.core.upgrade() {
            core.event(&self.shared, ChildEvent::StopAsked, grace);
        }
    }

    /// Ends it at once, with everything below it; nobody is to hear of it any more.
    pub fn end(&self) {
        if let Some(core) = self.core.upgrade() {
            core.seen.store(true, Ordering::SeqCst);
            core.event(&self.shared, ChildEvent::KillAsked, Duration::ZERO);
        }
    }

    /// Waits for its end, without closing or draining anything.
    pub fn wait(&self, waiter: &Waiter) -> Result<(), Interrupt> {
        let Some(core) = self.core.upgrade() else { return Ok(()) };
        let _about = waiter.about(Wait::End, Some(&core.edge));
        waiter.settle();
        while core.done.load(Ordering::SeqCst) == 0 {
            waiter.park(Wakes::Kill, &core.done, 0, None)?;
        }
        Ok(())
    }
}

impl Child {
    pub fn leash(&self) -> Leash {
        Leash { core: Arc::downgrade(&self.handle.core), shared: self.handle.shared.clone() }
    }

    pub(crate) fn new(core: Arc<ChildCore>, shared: Arc<Shared>) -> Child {
        Child { handle: Arc::new(Handle { core, shared }) }
    }

    pub(crate) fn core(&self) -> &Arc<ChildCore> {
        &self.handle.core
    }

    /// Its number among its parent's children.
    pub fn number(&self) -> u32 {
        self.core().number
    }

    pub fn path(&self) -> &str {
        &self.core().path
    }

    /// What passes between it and this process.
    pub fn edge(&self) -> &Arc<Edge> {
        &self.core().edge
    }

    pub fn program(&self) -> &str {
        &self.core().program
    }

    /// `None` for a child that could not be made. For show alone: everything is done through a pid descriptor.
    pub fn pid(&self) -> Option<i32> {
        self.core().pid()
    }

    pub fn status(&self) -> State {
        self.core().state()
    }

    /// Writes one message (whole lines) to its stdin, gathered as [`crate::GATHER`] says. While its stdin is full its
    /// stdout is read ahead into a window.
    pub fn write(&self, waiter: &Waiter, message: &[u8]) -> Result<(), WriteError> {
        self.write_until(waiter, message, None)
    }

    /// The same, as far as there is room for it before the deadline.
    pub fn write_until(
        &self,
        waiter: &Waiter,
        message: &[u8],
        deadline: Option<Instant>,
    ) -> Result<(), WriteError> {
        let room = ChildRoom { core: self.core(), wakes: Wakes::Stop, deadline };
        self.core().input.write(waiter, &self.handle.shared.gathered, &room, message)
    }

    /// Writes out what was gathered.
    pub fn flush(&self, waiter: &Waiter) -> Result<(), WriteError> {
        self.core().input.flush(waiter, &ChildRoom { core: self.core(), wakes: Wakes::Stop, deadline: None })
    }

    /// No more requests: closes its stdin once everything gathered is out.
    pub fn close(&self) {
        self.core().input.close(&self.handle.shared.gathered);
    }

    /// Reads what there is of its stdout, at least one byte; `Ok(0)` is the end. During a stop what is there is
    /// given still, before `Interrupted`.
    pub fn read(&self, waiter: &Waiter, buffer: &mut [u8]) -> Result<usize, ReadError> {
        let mut output = self.core().output.enter(waiter)?;
        let ahead = output.take_ahead(buffer);
        if ahead > 0 {
            return Ok(ahead);
        }
        let Some(fd) = &output.fd else { return Ok(0) };
        waiter.settle();
        let count = match read_output(self.core(), waiter, fd.as_fd(), buffer) {
            Err(ReadError::Interrupted(Interrupt::Stopped)) if fd::is_ready(fd.as_fd(), libc::POLLIN) => {
                fd::read(fd.as_fd(), buffer).map_err(ReadError::System)?
            }
            other => other?,
        };
        if count == 0 {
            output.fd = None;
        } else {
            self.core().spoken.store(true, Ordering::Relaxed);
        }
        Ok(count)
    }

    /// Tells it that nobody waits for the answer to the request of this number any more. A command is told nothing.
    pub fn cancel(&self, number: u64) {
        self.core().tell(&ToChild::Cancel { number });
    }

    /// Tells it to stop within the time, after which it is killed; does not wait. Several are told at once so.
    pub fn ask_stop(&self, grace: Duration) {
        self.core().event(&self.handle.shared, ChildEvent::StopAsked, grace);
    }

    /// Tells it to stop, and waits for its end.
    pub fn stop(&self, waiter: &Waiter, grace: Duration) -> Result<Arc<End>, Interrupt> {
        self.ask_stop(grace);
        self.wait(waiter)
    }

    /// Ends it, and with it everything below it, at once.
    pub fn kill(&self, waiter: &Waiter) -> Result<Arc<End>, Interrupt> {
        self.core().event(&self.handle.shared, ChildEvent::KillAsked, Duration::ZERO);
        self.wait(waiter)
    }

    /// Closes its stdin, drains its stdout (see [`Child::leftover`]) and waits for its end. Only a kill of the waiting
    /// thread ends it early: when this process is told to stop, so is the child.
    pub fn wait(&self, waiter: &Waiter) -> Result<Arc<End>, Interrupt> {
        let core = self.core();
        let _about = waiter.about(Wait::End, Some(&core.edge));
        waiter.settle();
        core.input.close(&self.handle.shared.gathered);
        if !removed("drain") {
            self.drain(waiter)?;
        }
        while core.done.load(Ordering::SeqCst) == 0 {
            waiter.park(Wakes::Kill, &core.done, 0, None)?;
        }
        Ok(self.try_end().expect("done is set after the end"))
    }

    /// Is it a command from outside wat?
    pub fn is_command(&self) -> bool {
        self.core().command
    }

    /// Its end, if it has come.
    pub fn try_end(&self) -> Option<Arc<End>> {
        let end = self.core().end().cloned();
        if end.is_some() {
            self.core().seen.store(true, Ordering::SeqCst);
        }
        end
    }

    /// What [`Child::wait`] drained that nobody had read.
    pub fn leftover(&self, waiter: &Waiter) -> Result<Kept, Interrupt> {
        let mut output = self.core().output.enter(waiter)?;
        output.kept.trim();
        Ok(output.kept.clone())
    }

    /// Its stderr from now on, line by line, instead of on this process's own stderr; each line begins with the path of
    /// who wrote it, as `[/0/1] text`. Bounded: the oldest lines are dropped when nobody takes them.
    pub fn logs(&self) -> Receiver<Vec<u8>> {
        let (sender, receiver) = channel::channel(1024, 64 * 1024);
        self.core().redirect_logs(sender);
        receiver
    }

    /// Reads its stdout into what is kept until its end, or the process's: a grandchild may hold the pipe open.
    fn drain(&self, waiter: &Waiter) -> Result<(), Interrupt> {
        let core = self.core();
        let Some(hold) = &core.hold else { return Ok(()) };
        let mut output = core.output.enter(waiter)?;
        output.keep_ahead();
        let mut buffer = Vec::new();
        while let Some(fd) = &output.fd {
            let mut entries = [fd::interest(fd.as_fd(), libc::POLLIN), hold.end()];
            match waiter.blocking(Wakes::Kill, || fd::poll(&mut entries, None)) {
                Err(Blocked::Interrupt(why)) => return Err(why),
                Err(Blocked::System(_)) => break,
                Ok(_) => {}
            }
            if entries[0].revents & libc::POLLIN == 0 {
                // The pipe is empty, and its last writer or the process has ended.
                break;
            }
            buffer.resize(32 * 1024, 0);
            match fd::read(fd.as_fd(), &mut buffer) {
                Ok(count) if count > 0 => output.kept.add(&buffer[..count]),
                Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
                _ => output.fd = None,
            }
        }
        output.fd = None;
        Ok(())
    }
}

/// Reads, waiting for bytes, the pipe's end, or that of the process: somebody it has left behind may hold the pipe open,
/// but nothing that is still to come is an answer of this child. The warden interrupts the read until it has seen that.
fn read_output(
    core: &ChildCore,
    waiter: &Waiter,
    fd: BorrowedFd,
    buffer: &mut [u8],
) -> Result<usize, ReadError> {
    let read = || {
        let over = core.done.load(Ordering::SeqCst) != 0 && !fd::is_ready(fd, libc::POLLIN);
        if over { Ok(0) } else { fd::read(fd, buffer) }
    };
    match waiter.blocking(Wakes::Stop, read) {
        Ok(count) => Ok(count),
        Err(Blocked::Interrupt(why)) => Err(why.into()),
        Err(Blocked::System(e)) => Err(ReadError::System(e)),
    }
}

impl Output {
    pub(crate) fn ahead(&self) -> usize {
        self.window.len() - self.taken
    }

    /// Copies from the window.
    fn take_ahead(&mut self, buffer: &mut [u8]) -> usize {
        let count = self.ahead().min(buffer.len());
        buffer[..count].copy_from_slice(&self.window[self.taken..self.taken + count]);
        self.taken += count;
        if self.ahead() == 0 {
            self.window = Vec::new();
            self.taken = 0;
        }
        count
    }

    fn keep_ahead(&mut self) {
        let window = std::mem::take(&mut self.window);
        self.kept.add(&window[self.taken..]);
        self.taken = 0;
    }
}
