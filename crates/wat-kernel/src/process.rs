//! This process: what the program may ask of it.
//!
//! Not here: how it came to be (`boot/`), what its threads share (`shared.rs`), nor the loop that watches over it
//! (`warden/`).

use crate::ask::Opener;
use crate::boot::Boot;
use crate::channel::Receiver;
use crate::child::Child;
use crate::child::end::End;
use crate::command::{self, Command};
use crate::control::{FromChild, MAX_CRASH};
use crate::life::Event;
use crate::mutation::{pauses_at, removed};
use crate::outbox::{Patient, WriteError, from_blocked};
use crate::reader::Reader;
use crate::run::{self, Ran, Run};
use crate::see::Sight;
use crate::see::account::{Edge, Wait, Who};
use crate::shared::Shared;
use crate::spawn::{self, Spawn};
use crate::sys::{fd, process, signal};
use crate::waiter::{Interrupt, Waiter, Wakes};
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

/// A running wat process, as its program sees it. Clones name the same one.
#[derive(Clone)]
pub struct Process {
    shared: Arc<Shared>,
}

/// How the program ended.
#[derive(Clone, Copy, Debug)]
pub enum Outcome<'a> {
    /// Well: exit code 0.
    Clean,
    /// By a crash, with its record (at most [`MAX_CRASH`] bytes; more is cut): exit code 1.
    Crash(&'a [u8]),
    /// By its own choice of exit code.
    Code(i32),
}

impl Process {
    pub(crate) fn new(shared: Arc<Shared>) -> Process {
        Process { shared }
    }

    /// The record this process was made of.
    pub fn boot(&self) -> &Boot {
        self.shared.boot()
    }

    /// Registers the calling thread: each thread that blocks in this crate does so once.
    ///
    /// # Safety
    /// `stop_word` points at an atomic that outlives the returned value; it is the word the runtime's handler of
    /// [`crate::KICK`] tests.
    pub unsafe fn register(&self, stop_word: *const AtomicU32) -> Waiter {
        let boot = self.shared.boot();
        let is_main = process::thread_id() == self.shared.main_thread();
        let who = is_main.then(|| Who { path: boot.path.clone(), program: boot.program.clone(), edge: None });
        // SAFETY: passed on to the caller.
        unsafe { Waiter::register(&self.shared, stop_word, who, boot.log_level) }
    }

    /// Registers the calling thread, of [`Process::start_thread`], as the peer at the far end of an edge.
    ///
    /// # Safety
    /// As [`Process::register`].
    pub unsafe fn register_peer(
        &self,
        stop_word: *const AtomicU32,
        edge: Arc<Edge>,
        program: &str,
        log_level: u8,
    ) -> Waiter {
        let who = Who { path: edge.path().to_string(), program: program.to_string(), edge: Some(edge) };
        if pauses_at("register") {
            std::thread::sleep(std::time::Duration::from_millis(300));
        }
        let path = who.path.clone();
        // SAFETY: passed on to the caller.
        let waiter = unsafe { Waiter::register(&self.shared, stop_word, Some(who), log_level) };
        // Told since its spawner looked, it found no registration.
        if let Some(level) = self.shared.level_told(&path) {
            waiter.core().account().set_log_level(level);
        }
        waiter
    }

    /// Starts a thread that will register itself. The warden is there before: a child's only thread may do without.
    ///
    /// Errors: as [`Builder::spawn`].
    pub fn start_thread<T: Send + 'static>(
        &self,
        builder: Builder,
        run: impl FnOnce() -> T + Send + 'static,
    ) -> io::Result<JoinHandle<T>> {
        if !removed("watch-first") {
            self.shared.summons().try_begin(&self.shared)?;
        }
        builder.spawn(run)
    }

    /// The sealed image: of a child from birth, of a root once it is set.
    pub fn image(&self) -> Option<Arc<OwnedFd>> {
        self.shared.image()
    }

    /// To be called once the image has been mapped: a process that may start no others closes its file.
    pub fn image_mapped(&self) {
        self.shared.image_mapped();
    }

    /// Sets the image that children are given.
    pub fn set_image(&self, image: OwnedFd) {
        self.shared.set_image(image);
    }

    pub fn stdin(&self) -> Reader {
        Reader(())
    }

    /// Writes one message (whole lines) to stdout, at once or gathered: see [`crate::GATHER`].
    pub fn write(&self, waiter: &Waiter, message: &[u8]) -> Result<(), WriteError> {
        let _about = waiter.about(Wait::Stdout, None);
        self.shared.stdout().write(waiter, &self.shared.gathered, &Patient, message)
    }

    /// Writes out what was gathered for stdout.
    pub fn flush(&self, waiter: &Waiter) -> Result<(), WriteError> {
        let _about = waiter.about(Wait::Stdout, None);
        self.shared.stdout().flush(waiter, &Patient)
    }

    /// Writes to stderr, at once and whole. Any thread may.
    pub fn write_error(&self, waiter: &Waiter, message: &[u8]) -> Result<(), WriteError> {
        let _about = waiter.about(Wait::Stderr, None);
        let stderr = fd::standard(2);
        let mut rest = message;
        while !rest.is_empty() {
            match waiter.blocking(Wakes::Kill, || fd::write(stderr, rest)).map_err(from_blocked) {
                Ok(count) => rest = &rest[count..],
                Err(WriteError::System(e)) if e.kind() == io::ErrorKind::WouldBlock => {
                    let mut entries = [fd::interest(stderr, libc::POLLOUT)];
                    waiter.blocking(Wakes::Kill, || fd::poll(&mut entries, None)).map_err(from_blocked)?;
                }
                Err(e) => return Err(e),
            }
        }
        Ok(())
    }

    /// Makes a child. One that cannot be made is a child too: its end is `SpawnFailed`.
    pub fn spawn(&self, waiter: &Waiter, what: Spawn) -> Child {
        spawn::spawn(&self.shared, waiter, what)
    }

    /// Starts an external command as a child. One that cannot be started is a child too: its end is `SpawnFailed`.
    pub fn spawn_command(&self, waiter: &Waiter, what: &Command) -> Child {
        spawn::spawn_command(&self.shared, waiter, what)
    }

    /// Runs an external command to its end; only a kill of the calling thread ends it early.
    pub fn run(&self, waiter: &Waiter, what: &Command, how: &Run) -> Result<Ran, Interrupt> {
        run::run(&self.shared, waiter, what, how)
    }

    /// The file that a command's name means here.
    pub fn find_command(&self, name: &str) -> io::Result<PathBuf> {
        self.shared.summons().begin();
        command::find(name, self.shared.boot())
    }

    /// The next number of a peer of this process: thread peers share the row with children.
    pub fn next_number(&self) -> u32 {
        self.shared.next_number()
    }

    /// Events below the level are no more logged by the node at the path, nor by any below it; 0 leaves it to their
    /// setting. It takes as long as a packet takes to arrive.
    pub fn set_log_level(&self, path: &str, level: u8) {
        self.shared.set_log_level(path, level);
    }

    /// Where a root's SIGUSR1 (`second`: SIGUSR2) arrives. Those that come before one is taken are one.
    pub fn user_signal(&self, second: bool) -> Receiver<()> {
        self.shared.user_signals[usize::from(second)].receiver()
    }

    /// Who does what children ask for. Only the first counts; until there is one, they are refused.
    pub fn serve_asks(&self, opener: Box<dyn Opener>) {
        self.shared.asks.serve(opener);
    }

    /// Has this process been asked to stop?
    pub fn stopping(&self) -> bool {
        self.shared.summons().begin();
        self.shared.stopping()
    }

    /// Time until the deadline of a stop; `None` when none is under way.
    pub fn stop_left(&self) -> Option<Duration> {
        self.shared.stop_left()
    }

    /// Asks this process to stop, as a SIGTERM at the root would.
    pub fn ask_stop(&self, grace: Duration) {
        self.shared.stop(Event::StopAsked, grace, None);
    }

    /// Called on the warden's thread with the path, program and end of a released child that crashed.
    pub fn on_unseen_crash(&self, tell: impl Fn(&str, &str, &End) + Send + Sync + 'static) {
        self.shared.tell_unseen(Box::new(tell));
    }

    /// A line for the log, without its newline, on its way to stderr. Never blocks; any thread may.
    pub fn log(&self, line: &[u8]) {
        self.shared.log(line);
    }

    /// How lines look on their way to stderr, this process's own and those from below: called with `[path] text`, on the
    /// warden's thread or the program's, it answers whole lines.
    pub fn on_log_line(&self, render: impl Fn(&[u8]) -> Vec<u8> + Send + Sync + 'static) {
        self.shared.render_lines(Box::new(render));
    }

    /// A line of this process's own in that form; `None` where it passes as it is.
    pub fn rendered(&self, line: &[u8]) -> Option<Vec<u8>> {
        self.shared.rendered(line)
    }

    /// Called on the warden's thread after the root has received SIGQUIT, with what is then to be seen of the tree. The
    /// text it answers goes to stderr.
    pub fn on_quit(&self, draw: impl Fn(&[Sight]) -> String + Send + Sync + 'static) {
        self.shared.draw_on_quit(Box::new(draw));
    }

    /// A way to send the crash record from where nothing may be allocated: a signal handler, a full heap.
    pub fn crash_line(&self) -> CrashLine {
        CrashLine { control: self.shared.control().map(|fd| fd.as_raw_fd()) }
    }

    /// Waits for every child. Those that still have a handle are closed first.
    pub fn finish(&self, waiter: &Waiter) -> Result<(), Interrupt> {
        let _about = waiter.about(Wait::Children, None);
        waiter.settle();
        for core in self.shared.own_now() {
            core.release(&self.shared);
        }
        self.shared.await_children(waiter)
    }

    /// The end of the program: delivers what was written, waits for every child, tells the parent, and answers the
    /// exit code. A root that a signal has stopped does not return: it ends by that signal (as PID 1: 128 + signal).
    pub fn exit(&self, waiter: &Waiter, outcome: Outcome) -> i32 {
        // A closed stdout was the program's to notice; a killed thread has nothing more to deliver.
        let _ = self.flush(waiter);
        let _ = self.finish(waiter);
        self.shared.flush_stderr();
        let code = match outcome {
            Outcome::Clean => 0,
            Outcome::Crash(_) => 1,
            Outcome::Code(code) => code,
        };
        match outcome {
            Outcome::Crash(record) => self.crash_line().send(record),
            Outcome::Clean | Outcome::Code(_) => self.shared.say(&FromChild::Ended { code }),
        }
        match self.shared.finished() {
            Some(signal) => {
                signal::raise_default(signal);
                128 + signal
            }
            None => code,
        }
    }
}

/// Sends crash records; usable in a signal handler. At the root it does nothing.
#[derive(Clone, Copy, Debug)]
pub struct CrashLine {
    control: Option<RawFd>,
}

impl CrashLine {
    /// Sends the record, cut to [`MAX_CRASH`]. Allocates nothing and takes no lock. Only the first counts.
    pub fn send(&self, record: &[u8]) {
        let Some(control) = self.control else { return };
        if removed("crash-record") {
            return;
        }
        // SAFETY: the control socket stays open for the life of the process.
        let control = unsafe { BorrowedFd::borrow_raw(control) };
        let said = FromChild::Crash(&record[..record.len().min(MAX_CRASH)]);
        let (head, length) = said.head();
        while fd::send_packet(control, &head[..length], said.body(), true)
            .is_err_and(|e| e.kind() == io::ErrorKind::Interrupted)
        {}
    }
}
