//! A command run to its end: its input written, its output and its stderr taken in at the same time, so that no full
//! pipe can hold it up. Not here: what its exit code means.

use crate::child::core::ChildCore;
use crate::child::end::{End, KillReason};
use crate::command::Command;
use crate::life::ChildEvent;
use crate::shared::Shared;
use crate::spawn;
use crate::sys::fd;
use crate::waiter::{Blocked, Interrupt, Waiter, Wakes, time_left};
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How to run a command.
pub struct Run<'a> {
    pub input: &'a [u8],
    /// Bytes of its output, and as many of its stderr; above them it is ended.
    pub limit: usize,
    pub timeout: Option<Duration>,
}

/// What came of it.
pub struct Ran {
    pub path: String,
    pub end: Arc<End>,
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
    /// The time was over before the command was.
    pub late: bool,
    /// This node was told to stop meanwhile, and told the command.
    pub stopped: bool,
}

const READ: usize = 64 * 1024;

struct Going<'a> {
    shared: &'a Shared,
    core: &'a ChildCore,
    how: &'a Run<'a>,
    stdin: Option<OwnedFd>,
    written: usize,
    stdout: Vec<u8>,
    late: bool,
    stopped: bool,
}

pub(crate) fn run(
    shared: &Arc<Shared>,
    waiter: &Waiter,
    what: &Command,
    how: &Run,
) -> Result<Ran, Interrupt> {
    waiter.settle();
    let (child, stdin) = spawn::spawn_kept(shared, waiter, what, how.limit);
    let core = child.core();
    let stdin = stdin.filter(|_| !how.input.is_empty());
    let mut going =
        Going { shared, core, how, stdin, written: 0, stdout: Vec::new(), late: false, stopped: false };
    if let Err(why) = going.go(waiter) {
        // Nobody is left to be told of its end.
        child.leash().end();
        return Err(why);
    }
    let Going { stdout, late, stopped, .. } = going;
    let end = child.try_end().expect("it has gone to the end");
    Ok(Ran { path: core.path.clone(), end, stdout, stderr: core.take_kept(), late, stopped })
}

impl Going<'_> {
    fn go(&mut self, waiter: &Waiter) -> Result<(), Interrupt> {
        let deadline = self.how.timeout.and_then(|time| Instant::now().checked_add(time));
        let core = self.core;
        let mut output = core.output.enter(waiter)?;
        let mut chunk = vec![0; READ];
        while let (Some(stdout), Some(process)) = (&output.fd, &core.hold) {
            let mut entries =
                [fd::interest(stdout.as_fd(), libc::POLLIN), process.end(), fd::interest(stdout.as_fd(), 0)];
            let mut count = 2;
            if let Some(stdin) = &self.stdin {
                entries[2] = fd::interest(stdin.as_fd(), libc::POLLOUT);
                count = 3;
            }
            let wakes = if self.stopped { Wakes::Kill } else { Wakes::Stop };
            let time = if self.late { None } else { time_left(deadline) };
            match waiter.blocking(wakes, || fd::poll(&mut entries[..count], time)) {
                Err(Blocked::Interrupt(Interrupt::Stopped)) => {
                    self.stop();
                    continue;
                }
                Err(Blocked::Interrupt(why)) => return Err(why),
                // A poll fails for want of memory alone, and is tried again.
                Err(Blocked::System(_)) | Ok(_) => {}
            }
            if !self.late && deadline.is_some_and(|end| end <= Instant::now()) {
                self.late = true;
                core.kill_for(self.shared, KillReason::WallTime);
            }
            if count == 3 && entries[2].revents != 0 {
                self.write();
            }
            if entries[0].revents != 0 {
                match fd::read(stdout.as_fd(), &mut chunk) {
                    Ok(count) if count > 0 => self.take(&chunk[..count]),
                    Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                    _ => output.fd = None,
                }
            } else if entries[1].revents != 0 {
                // It has ended and the pipe is empty, whoever may still hold it.
                output.fd = None;
            }
        }
        drop(output);
        self.stdin = None;
        self.wait(waiter, deadline)
    }

    /// It has closed its output; its end may be a while yet.
    fn wait(&mut self, waiter: &Waiter, deadline: Option<Instant>) -> Result<(), Interrupt> {
        use std::sync::atomic::Ordering;
        while self.core.done.load(Ordering::SeqCst) == 0 {
            let wakes = if self.stopped { Wakes::Kill } else { Wakes::Stop };
            let limit = if self.late { None } else { deadline };
            match waiter.park(wakes, &self.core.done, 0, limit) {
                Err(Interrupt::Stopped) => self.stop(),
                Err(why) => return Err(why),
                Ok(true) => {}
                Ok(false) => {
                    self.late = true;
                    self.core.kill_for(self.shared, KillReason::WallTime);
                }
            }
        }
        Ok(())
    }

    fn stop(&mut self) {
        self.stopped = true;
        let grace = self.shared.stop_left().unwrap_or(crate::boot::GRACE);
        self.core.event(self.shared, ChildEvent::StopAsked, grace);
    }

    fn write(&mut self) {
        let Some(stdin) = &self.stdin else { return };
        match fd::write(stdin.as_fd(), &self.how.input[self.written..]) {
            Ok(count) => self.written += count,
            Err(e) if matches!(e.kind(), io::ErrorKind::Interrupted | io::ErrorKind::WouldBlock) => {}
            // A command need not read what it is given.
            Err(_) => self.stdin = None,
        }
        if self.written == self.how.input.len() {
            self.stdin = None;
        }
    }

    fn take(&mut self, bytes: &[u8]) {
        // One byte above the limit tells that it was crossed.
        let room = (self.how.limit + 1).saturating_sub(self.stdout.len()).min(bytes.len());
        self.stdout.extend_from_slice(&bytes[..room]);
        if self.stdout.len() > self.how.limit {
            self.core.kill_for(self.shared, KillReason::Output);
        }
    }
}
