//! This process: what the program may ask of it, and what its threads and its warden share.
//!
//! Not here: how it came to be (`boot/`), nor the loop that watches over it (`warden/`).

use crate::boot::Boot;
use crate::child::Child;
use crate::child::core::{ChildCore, Role};
use crate::child::end::End;
use crate::child::lines::Forward;
use crate::control::{FromChild, MAX_CRASH};
use crate::life::{self, Action, Event, State};
use crate::outbox::{Gathered, Outbox, Patient, WriteError, from_blocked};
use crate::reader::Reader;
use crate::signals::Signals;
use crate::spawn::{self, Job, Spawn};
use crate::sys::{fd, futex, process, signal};
use crate::waiter::{Interrupt, Registry, Waiter, Wakes};
use crate::warden::timers::{Timer, Timers};
use std::collections::BTreeMap;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

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
        &self.shared.start.boot
    }

    /// Registers the calling thread: each thread that blocks in this crate does so once.
    ///
    /// # Safety
    /// `stop_word` points at an atomic that outlives the returned value; it is the word the runtime's handler of
    /// [`crate::KICK`] tests.
    pub unsafe fn register(&self, stop_word: *const AtomicU32) -> Waiter {
        // SAFETY: passed on to the caller.
        unsafe { Waiter::register(&self.shared, stop_word) }
    }

    /// The sealed image: of a child from birth, of a root once it is set.
    pub fn image(&self) -> Option<Arc<OwnedFd>> {
        self.shared.image()
    }

    /// Sets the image that children are given.
    pub fn set_image(&self, image: OwnedFd) {
        *lock(&self.shared.image) = Some(Arc::new(image));
    }

    pub fn stdin(&self) -> Reader {
        Reader(())
    }

    /// Writes one message (whole lines) to stdout, at once or gathered: see [`crate::GATHER`].
    pub fn write(&self, waiter: &Waiter, message: &[u8]) -> Result<(), WriteError> {
        self.shared.stdout.write(waiter, &self.shared.gathered, &Patient, message)
    }

    /// Writes out what was gathered for stdout.
    pub fn flush(&self, waiter: &Waiter) -> Result<(), WriteError> {
        self.shared.stdout.flush(waiter, &Patient)
    }

    /// Writes to stderr, at once and whole. Any thread may.
    pub fn write_error(&self, waiter: &Waiter, message: &[u8]) -> Result<(), WriteError> {
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

    /// The next number of a peer of this process: thread peers share the row with children.
    pub fn next_number(&self) -> u32 {
        self.shared.next_number()
    }

    /// Has this process been asked to stop?
    pub fn stopping(&self) -> bool {
        self.shared.stopping()
    }

    /// Time until the deadline of a stop; `None` when none is under way.
    pub fn stop_left(&self) -> Option<Duration> {
        lock(&self.shared.life).deadline.map(|end| end.saturating_duration_since(Instant::now()))
    }

    /// Asks this process to stop, as a SIGTERM at the root would.
    pub fn ask_stop(&self, grace: Duration) {
        self.shared.stop(Event::StopAsked, grace, None);
    }

    /// Called on the warden's thread with the path, program and end of a released child that crashed.
    pub fn on_unseen_crash(&self, tell: impl Fn(&str, &str, &End) + Send + Sync + 'static) {
        let _ = self.shared.unseen.set(Box::new(tell));
    }

    /// Called on the warden's thread when the root receives SIGQUIT.
    pub fn on_quit(&self, dump: impl Fn() + Send + Sync + 'static) {
        let _ = self.shared.quit.set(Box::new(dump));
    }

    /// A way to send the crash record from where nothing may be allocated: a signal handler, a full heap.
    pub fn crash_line(&self) -> CrashLine {
        CrashLine { control: self.shared.start.control.as_ref().map(AsRawFd::as_raw_fd) }
    }

    /// Waits for every child. Those that still have a handle are closed first.
    pub fn finish(&self, waiter: &Waiter) -> Result<(), Interrupt> {
        waiter.settle();
        for core in self.shared.children_now() {
            core.release(&self.shared);
        }
        loop {
            let left = self.shared.alive.load(Ordering::SeqCst);
            if left == 0 {
                return Ok(());
            }
            waiter.park(Wakes::Kill, &self.shared.alive, left, None)?;
        }
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
        let signal = {
            let mut life = lock(&self.shared.life);
            life.state = life::step(life.state, Event::Finished).0;
            life.signal
        };
        match signal {
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
        // SAFETY: the control socket stays open for the life of the process.
        let control = unsafe { BorrowedFd::borrow_raw(control) };
        let said = FromChild::Crash(&record[..record.len().min(MAX_CRASH)]);
        let (head, length) = said.head();
        while fd::send_packet(control, &head[..length], said.body(), true)
            .is_err_and(|e| e.kind() == io::ErrorKind::Interrupted)
        {}
    }
}

/// What boot hands over.
pub(crate) struct Start {
    pub(crate) boot: Boot,
    pub(crate) control: Option<OwnedFd>,
    pub(crate) binary: OwnedFd,
    pub(crate) image: Option<OwnedFd>,
    pub(crate) signals: Signals,
}

type Unseen = Box<dyn Fn(&str, &str, &End) + Send + Sync>;
type Quit = Box<dyn Fn() + Send + Sync>;

/// Shared by the program's threads and the warden.
pub(crate) struct Shared {
    start: Start,
    main_thread: i32,
    image: Mutex<Option<Arc<OwnedFd>>>,
    /// Wakes the warden.
    wake: Arc<OwnedFd>,
    /// The descriptors of children; made with the first.
    poll_set: OnceLock<OwnedFd>,
    children: Mutex<BTreeMap<u32, Arc<ChildCore>>>,
    /// Children that have not ended: what `finish` sleeps on.
    alive: AtomicU32,
    numbers: AtomicU32,
    /// What is left of the bound on processes; unused without one.
    quota: Mutex<u32>,
    life: Mutex<Life>,
    stopping: AtomicBool,
    pub(crate) waiters: Registry,
    pub(crate) gathered: Gathered,
    stdout: Arc<Outbox>,
    jobs: Mutex<Vec<Arc<Job>>>,
    pub(crate) timers: Timers,
    forward: Mutex<Forward>,
    unseen: OnceLock<Unseen>,
    quit: OnceLock<Quit>,
}

struct Life {
    state: State,
    deadline: Option<Instant>,
    /// The signal that began the stop of a root.
    signal: Option<i32>,
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    pub(crate) fn new(mut start: Start) -> io::Result<Arc<Shared>> {
        let wake = Arc::new(fd::event()?);
        Ok(Arc::new(Shared {
            main_thread: process::thread_id(),
            image: Mutex::new(start.image.take().map(Arc::new)),
            quota: Mutex::new(start.boot.limits.processes.unwrap_or(0)),
            start,
            gathered: Gathered::waking(wake.clone()),
            timers: Timers::waking(wake.clone()),
            wake,
            poll_set: OnceLock::new(),
            children: Mutex::default(),
            alive: AtomicU32::new(0),
            numbers: AtomicU32::new(0),
            life: Mutex::new(Life { state: State::Starting, deadline: None, signal: None }),
            stopping: AtomicBool::new(false),
            waiters: Registry::default(),
            stdout: Arc::new(Outbox::standard(fd::standard(1))),
            jobs: Mutex::default(),
            forward: Mutex::default(),
            unseen: OnceLock::new(),
            quit: OnceLock::new(),
        }))
    }

    pub(crate) fn boot(&self) -> &Boot {
        &self.start.boot
    }

    pub(crate) fn binary(&self) -> &OwnedFd {
        &self.start.binary
    }

    pub(crate) fn control(&self) -> Option<BorrowedFd<'_>> {
        self.start.control.as_ref().map(AsFd::as_fd)
    }

    pub(crate) fn signals(&self) -> Option<&OwnedFd> {
        self.start.signals.taken.as_ref()
    }

    pub(crate) fn reset_signals(&self) -> signal::Set {
        self.start.signals.reset
    }

    pub(crate) fn main_thread(&self) -> i32 {
        self.main_thread
    }

    pub(crate) fn image(&self) -> Option<Arc<OwnedFd>> {
        lock(&self.image).clone()
    }

    pub(crate) fn wake_fd(&self) -> &OwnedFd {
        &self.wake
    }

    pub(crate) fn wake_warden(&self) {
        fd::raise_event(&self.wake);
    }

    pub(crate) fn next_number(&self) -> u32 {
        self.numbers.fetch_add(1, Ordering::Relaxed)
    }

    /// Boot is complete: says so to the parent.
    pub(crate) fn announce_ready(&self) {
        let mut life = lock(&self.life);
        life.state = life::step(life.state, Event::Booted).0;
        drop(life);
        self.say(&FromChild::Ready);
    }

    /// Tells the parent. One that is gone is the lifeline's matter.
    pub(crate) fn say(&self, what: &FromChild) {
        let Some(control) = self.control() else { return };
        let (head, length) = what.head();
        let _ = fd::send_packet(control, &head[..length], what.body(), true);
    }

    /// The number of the write to stdout that the program is blocked in.
    pub(crate) fn current_write(&self) -> u32 {
        self.stdout.current_write()
    }

    // ---- children

    /// Takes a new child under the warden's watch.
    pub(crate) fn adopt(&self, core: &Arc<ChildCore>) {
        self.alive.fetch_add(1, Ordering::SeqCst);
        lock(&self.children).insert(core.number, core.clone());
        let watched = self.poll_set().and_then(|set| {
            core.watched(|fd, role| fd::epoll_add(set, fd, libc::EPOLLIN, token(core.number, role)))
        });
        if watched.is_err() {
            // A child that cannot be watched cannot be kept; the warden finds its end by the timer.
            core.event(self, life::ChildEvent::KillAsked, Duration::ZERO);
        }
        self.set_timer(core.started + crate::child::core::STALL_CHECK, Timer::Stall(core.number));
    }

    /// The children's descriptors, with an event for each.
    pub(crate) fn poll_set(&self) -> io::Result<&OwnedFd> {
        if self.poll_set.get().is_none() {
            let made = fd::epoll()?;
            // A thread that lost the race drops its own.
            if self.poll_set.set(made).is_ok() {
                self.wake_warden();
            }
        }
        Ok(self.poll_set.get().expect("set just above"))
    }

    pub(crate) fn existing_poll_set(&self) -> Option<&OwnedFd> {
        self.poll_set.get()
    }

    /// Lets the warden drain a released child's stdout.
    pub(crate) fn watch_output(&self, core: &ChildCore) {
        let Ok(set) = self.poll_set() else { return };
        let Some(output) = core.output.try_enter() else { return };
        if let Some(fd) = &output.fd {
            // Already there when a child is released twice, by its handle and by `finish`.
            let _ = fd::epoll_add(set, fd.as_fd(), libc::EPOLLIN, token(core.number, Role::Stdout));
        }
    }

    pub(crate) fn child(&self, number: u32) -> Option<Arc<ChildCore>> {
        lock(&self.children).get(&number).cloned()
    }

    pub(crate) fn children_now(&self) -> Vec<Arc<ChildCore>> {
        lock(&self.children).values().cloned().collect()
    }

    /// A child has its end: it is no longer watched.
    pub(crate) fn dismiss(&self, core: Arc<ChildCore>) {
        if let (Some(set), Some(pidfd)) = (self.poll_set.get(), &core.pidfd) {
            fd::epoll_remove(set, pidfd.as_fd());
        }
        if lock(&self.children).remove(&core.number).is_some() {
            self.give_back(core.granted);
            // Before the count: whoever waits for it may then count on the descriptors being closed.
            drop(core);
            self.alive.fetch_sub(1, Ordering::SeqCst);
            futex::wake(&self.alive, u32::MAX);
        }
    }

    /// Takes one process, and what it may have below it, out of the quota.
    pub(crate) fn grant(&self, wanted: Option<u32>) -> io::Result<u32> {
        if self.boot().limits.processes.is_none() {
            return Ok(wanted.unwrap_or(0));
        }
        let mut quota = lock(&self.quota);
        let rest = quota.checked_sub(1).ok_or_else(|| {
            io::Error::new(io::ErrorKind::QuotaExceeded, "the limit of processes is reached")
        })?;
        let granted = wanted.unwrap_or(rest / 2).min(rest);
        *quota = rest - granted;
        Ok(granted)
    }

    pub(crate) fn give_back(&self, granted: u32) {
        if self.boot().limits.processes.is_some() {
            *lock(&self.quota) += 1 + granted;
        }
    }

    pub(crate) fn unseen_crash(&self, path: &str, program: &str, end: &End) {
        match self.unseen.get() {
            Some(tell) => tell(path, program, end),
            None => {
                let how = match &end.cause {
                    crate::child::Cause::NoRecord(n) => n.to_string(),
                    _ => "crashed".to_string(),
                };
                self.forward_line(format!("[{path}] {program}: {how}\n").into_bytes());
            }
        }
    }

    // ---- clones for other threads

    pub(crate) fn submit(&self, job: Arc<Job>) {
        lock(&self.jobs).push(job);
        self.wake_warden();
    }

    pub(crate) fn take_jobs(&self) -> Vec<Arc<Job>> {
        std::mem::take(&mut *lock(&self.jobs))
    }

    // ---- time

    pub(crate) fn set_timer(&self, when: Instant, what: Timer) {
        self.timers.set(when, what);
    }

    pub(crate) fn set_wall_timer(&self, number: u32, time: Duration) {
        self.set_timer(Instant::now() + time, Timer::Wall(number));
    }

    // ---- stderr

    pub(crate) fn forward_line(&self, line: Vec<u8>) {
        let mut forward = lock(&self.forward);
        forward.push(line);
        forward.flush(|bytes| fd::write_now(fd::standard(2), bytes));
    }

    /// Writes what waits for stderr as far as it goes. True if something is left.
    pub(crate) fn push_stderr(&self) -> bool {
        let mut forward = lock(&self.forward);
        forward.flush(|bytes| fd::write_now(fd::standard(2), bytes));
        !forward.is_empty()
    }

    /// At the end, waits a moment for a slow reader of stderr.
    fn flush_stderr(&self) {
        let end = Instant::now() + Duration::from_secs(1);
        while self.push_stderr() && Instant::now() < end {
            let mut entries = [fd::interest(fd::standard(2), libc::POLLOUT)];
            // Any outcome leads to another attempt until the time is over.
            let _ = fd::poll(&mut entries, Some(Duration::from_millis(10)));
        }
    }

    pub(crate) fn quit(&self) {
        if let Some(dump) = self.quit.get() {
            dump();
        }
    }

    // ---- the end

    pub(crate) fn stopping(&self) -> bool {
        self.stopping.load(Ordering::SeqCst)
    }

    pub(crate) fn time_to_stop(&self) -> Duration {
        lock(&self.life).deadline.map_or(Duration::ZERO, |end| end.saturating_duration_since(Instant::now()))
    }

    /// Puts an event of the stop through the table. A later request may only shorten the time.
    pub(crate) fn stop(&self, event: Event, grace: Duration, signal: Option<i32>) {
        let mut life = lock(&self.life);
        let (state, action) = life::step(life.state, event);
        life.state = state;
        if life.signal.is_none() {
            life.signal = signal;
        }
        match action {
            Action::Nothing => {}
            Action::Stop => {
                let deadline = Instant::now() + grace;
                if life.deadline.is_some_and(|before| before <= deadline) {
                    return;
                }
                life.deadline = Some(deadline);
                drop(life);
                self.stopping.store(true, Ordering::SeqCst);
                for core in self.children_now() {
                    core.event(self, life::ChildEvent::StopAsked, grace);
                }
                self.waiters.stop_all();
                self.waiters.kick();
                self.set_timer(deadline, Timer::Own);
                self.wake_warden();
            }
            Action::KillAll => {
                let signal = life.signal;
                drop(life);
                self.kill_all(signal);
            }
        }
    }

    /// Is the stop's deadline past? A shorter one may have replaced the timer's.
    pub(crate) fn deadline_passed(&self, now: Instant) -> bool {
        lock(&self.life).deadline.is_some_and(|end| end <= now)
    }

    /// SIGKILLs the direct children, then ends this process: by the signal that stopped it, else by SIGKILL too.
    fn kill_all(&self, signal: Option<i32>) -> ! {
        for core in self.children_now() {
            core.signal_kill();
        }
        self.push_stderr();
        if let Some(signal) = signal {
            signal::raise_default(signal);
            process::leave(128 + signal);
        }
        process::die()
    }
}

/// A child and a role in one word.
pub(crate) fn token(number: u32, role: Role) -> u64 {
    u64::from(number) << 2 | role as u64
}
