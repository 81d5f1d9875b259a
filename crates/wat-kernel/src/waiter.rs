//! Waiting threads, and how they are woken.
//!
//! Each thread that runs a program registers a [`Waiter`] with the address of its *stop word*, a word of the
//! runtime's context record. Whoever wants the thread sets a bit in the word and signals the thread with [`KICK`];
//! the warden repeats the signal every millisecond until it is answered, so a wait that begins just after the first
//! signal is not lost. The handler of the signal is the runtime's (it must know compiled code); the kernel only
//! relies on it being installed without SA_RESTART, so that blocking calls return `EINTR` and test the word.
//!
//! Not here: what a thread waits for.

use crate::authority::{Authority, Grant};
use crate::hand::Hand;
use crate::mutation::{pauses_at, removed};
use crate::see::account::{About, Account, Edge, Queue, Wait, Who};
use crate::shared::Shared;
use crate::sys::{fd, futex, process};
use std::cell::Cell;
use std::io;
use std::marker::PhantomData;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::time::{Duration, Instant};

/// The signal that interrupts a thread. Its default action is to be ignored, so a kick before the handler is
/// installed does no harm.
pub const KICK: i32 = libc::SIGURG;

/// Bit of the stop word: a polite stop. Waits return [`Interrupt::Stopped`]; compiled code goes on.
pub const STOP: u32 = 1;
/// Bit of the stop word: the thread must end at once. Every blocking call returns [`Interrupt::Killed`], and the
/// runtime's handler redirects compiled code to the crash entry.
pub const KILL: u32 = 2;
/// Bit of the stop word: nobody waits for the request in hand any more. Waits that heed it return
/// [`Interrupt::Stopped`]; nothing else does.
pub const CANCEL: u32 = 4;

/// Why a wait came back empty-handed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interrupt {
    /// The process or thread was asked to stop.
    Stopped,
    /// The thread must end at once.
    Killed,
}

/// Which requests end a wait early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wakes {
    /// Stop and kill: reads, receives, sleeps.
    Stop = 1,
    /// Kill alone: writes, and waits for an end.
    Kill = 2,
}

/// Outcome of a blocking system call that did not succeed.
#[derive(Debug)]
pub(crate) enum Blocked {
    Interrupt(Interrupt),
    System(io::Error),
}

impl From<Interrupt> for Blocked {
    fn from(why: Interrupt) -> Self {
        Blocked::Interrupt(why)
    }
}

/// The calling thread's registration; ends with the value. Passed to every call that may block.
pub struct Waiter {
    core: Arc<WaiterCore>,
    /// The stop word, valid for the life of this value by the contract of `Process::register`.
    word: *const AtomicU32,
    shared: Arc<Shared>,
    /// Whether a wait that a stop ends is ended by [`CANCEL`] too.
    heeds: Cell<bool>,
    /// A registration speaks for one thread, so it stays there.
    _here: PhantomData<*const ()>,
}

/// Reaches a registered thread from any other; holds nothing of it alive.
#[derive(Clone)]
pub struct Kicker {
    core: Arc<WaiterCore>,
    shared: Arc<Shared>,
}

pub(crate) struct WaiterCore {
    thread: i32,
    /// The stop word, for other threads; null once unregistered.
    word: Mutex<Word>,
    /// 0, or the [`Wakes`] of the wait the thread is in, with [`HEEDS`] where that is so.
    waiting: AtomicU32,
    /// Grows with each wait, so that writers know whether one has passed.
    epoch: AtomicU64,
    /// Made when the thread first waits for a descriptor and a channel at once.
    event: OnceLock<OwnedFd>,
    /// Its requests that nobody waits for any more.
    hand: Arc<Hand>,
    /// What is seen of its program from outside.
    account: Account,
}

/// Added to the [`Wakes`] of a wait that [`CANCEL`] ends too.
const HEEDS: u32 = 4;

/// Waits of the thread end early when nobody waits for its request in hand any more, as long as this lives.
pub struct Heed<'a> {
    waiter: &'a Waiter,
    outer: bool,
}

impl Drop for Heed<'_> {
    fn drop(&mut self) {
        self.waiter.heeds.set(self.outer);
    }
}

#[derive(Clone, Copy)]
struct Word(*const AtomicU32);

// SAFETY: the pointee is an atomic that outlives the registration, by the contract of `Process::register`.
unsafe impl Send for Word {}

impl Word {
    fn get(&self) -> Option<&AtomicU32> {
        // SAFETY: null or valid while registered, by the contract of `Process::register`.
        unsafe { self.0.as_ref() }
    }
}

impl Waiter {
    /// # Safety
    /// `word` is valid until the value is dropped.
    pub(crate) unsafe fn register(
        shared: &Arc<Shared>,
        word: *const AtomicU32,
        who: Option<Who>,
        log_level: u8,
    ) -> Waiter {
        let is_program = who.as_ref().is_some_and(|who| who.edge.is_none());
        let core = Arc::new(WaiterCore {
            thread: process::thread_id(),
            hand: if is_program { shared.hand.clone() } else { Arc::default() },
            word: Mutex::new(Word(word)),
            waiting: AtomicU32::new(0),
            epoch: AtomicU64::new(1),
            event: OnceLock::new(),
            account: Account::new(who, log_level),
        });
        shared.waiters.add(core.clone());
        if shared.stopping() {
            core.set(STOP);
        }
        Waiter { core, word, shared: shared.clone(), heeds: Cell::new(false), _here: PhantomData }
    }

    /// Where a path leads: from the root's directory. Children stand in `/`.
    pub fn place(&self, path: impl AsRef<Path>) -> PathBuf {
        // What is done there may take long, and not every such call is made again after the timer's signal.
        self.shared.summons().begin();
        self.shared.boot().directory.join(path)
    }

    /// What this process may reach.
    pub fn authority(&self) -> &Authority {
        &self.shared.boot().authority
    }

    /// Which of the grants this process lacks, and who may give them; `None` where it has them all.
    pub fn lacks(&self, grants: &[Grant]) -> Option<String> {
        let boot = self.shared.boot();
        let beyond = |grant: &&Grant| {
            let asked = Authority::of(vec![(*grant).clone()], false).resolved(&boot.directory);
            asked.beyond(&boot.authority).is_some()
        };
        let lacking: Vec<String> = grants.iter().filter(beyond).map(Grant::to_string).collect();
        if lacking.is_empty() {
            return None;
        }
        let lacking = lacking.join(" ");
        Some(match boot.depth() {
            0 => format!("not granted; wat --authority may have {lacking} too"),
            _ => format!("not granted; spawn it with {{:authority [{lacking}]}}"),
        })
    }

    /// A way to reach this thread from others.
    pub fn kicker(&self) -> Kicker {
        Kicker { core: self.core.clone(), shared: self.shared.clone() }
    }

    /// Has this thread, or its process, been asked to stop or to end?
    pub fn interrupted(&self) -> Option<Interrupt> {
        // Whoever asks instead of waiting needs somebody who listens.
        self.shared.summons().begin();
        self.interrupted_by(Wakes::Stop)
    }

    fn interrupted_by(&self, wakes: Wakes) -> Option<Interrupt> {
        // SAFETY: the word is valid while this value lives.
        let word = unsafe { (*self.word).load(Ordering::SeqCst) };
        if word & KILL != 0 {
            Some(Interrupt::Killed)
        } else if wakes == Wakes::Stop && (word & STOP != 0 || word & CANCEL != 0 && self.heeds.get()) {
            Some(Interrupt::Stopped)
        } else {
            None
        }
    }

    /// What the thread will wait for until the value is dropped, for whoever looks at the tree; `edge` says on whom. Of
    /// several around each other the outermost counts.
    pub fn about(&self, what: Wait, edge: Option<&Edge>) -> About<'_> {
        self.core.account.about(what, edge.map_or(0, Edge::id))
    }

    /// What the thread waits for meanwhile, whatever it was to wait for.
    pub(crate) fn blocked_instead(&self, what: Wait) -> About<'_> {
        self.core.account.instead(what, 0)
    }

    /// The same on several edges.
    pub fn about_several<'a>(&self, what: Wait, edges: impl Iterator<Item = &'a Edge>) -> About<'_> {
        self.core.account.about_several(what, edges.map(Edge::id))
    }

    /// The thread begins to wait in a way that this crate does not see.
    pub fn blocks(&self) {
        self.shared.summons().begin();
        self.core.account.blocks();
    }

    /// The least level of events that its program logs; 0 where its setting decides.
    pub fn log_level(&self) -> u8 {
        self.core.account.log_level()
    }

    /// A value has been taken from stdin.
    pub fn count_read(&self) {
        self.core.account.count_read();
        // SAFETY: the word is valid while this value lives.
        let word = unsafe { &*self.word };
        self.core.hand.take(|awaited| {
            if !awaited {
                word.fetch_or(CANCEL, Ordering::SeqCst);
            } else if word.load(Ordering::Relaxed) & CANCEL != 0 {
                word.fetch_and(!CANCEL, Ordering::SeqCst);
            }
        });
    }

    /// A value has been written to stdout.
    pub fn count_written(&self) {
        self.core.account.count_written();
        if self.cancelled() {
            // SAFETY: the word is valid while this value lives.
            unsafe { (*self.word).fetch_and(!CANCEL, Ordering::SeqCst) };
        }
    }

    /// Has this thread, or its process, been asked to stop, or to end?
    pub fn stopping(&self) -> bool {
        // SAFETY: the word is valid while this value lives.
        unsafe { (*self.word).load(Ordering::SeqCst) & (STOP | KILL) != 0 }
    }

    /// Does nobody wait for the answer to the request read last?
    pub fn cancelled(&self) -> bool {
        // SAFETY: the word is valid while this value lives.
        unsafe { (*self.word).load(Ordering::Relaxed) & CANCEL != 0 }
    }

    /// From now on a wait that a stop ends, ends too when nobody waits for the request in hand any more.
    pub fn heed(&self) -> Heed<'_> {
        Heed { waiter: self, outer: self.heeds.replace(true) }
    }

    /// Shows a queue at this node to whoever looks at the tree, as long as there is one.
    pub fn show(&self, queue: Weak<dyn Queue>) {
        self.core.account.show(queue);
    }

    /// Sleeps until the instant.
    pub fn sleep_until(&self, end: Instant) -> Result<(), Interrupt> {
        let _about = self.about(Wait::Sleep, None);
        let _heed = self.heed();
        self.settle();
        loop {
            // The time that is left when it begins, which it does again after each signal.
            let sleep = || match end.checked_duration_since(now()) {
                Some(left) => fd::poll(&mut [], Some(left)),
                None => Ok(0),
            };
            match self.blocking(Wakes::Stop, sleep) {
                Ok(_) => return Ok(()),
                Err(Blocked::Interrupt(why)) => return Err(why),
                Err(Blocked::System(_)) => {}
            }
        }
    }

    pub(crate) fn thread(&self) -> i32 {
        self.core.thread
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    pub(crate) fn epoch(&self) -> u64 {
        self.core.epoch.load(Ordering::Relaxed)
    }

    /// What every wait does first: writes out what was gathered, and notes that a wait has passed.
    pub(crate) fn settle(&self) {
        self.core.epoch.fetch_add(1, Ordering::Relaxed);
        self.shared.gathered.write_out(self);
    }

    /// Runs a blocking system call, again after signals, until it succeeds, fails, or the stop word says otherwise.
    pub(crate) fn blocking<T>(
        &self,
        wakes: Wakes,
        call: impl FnMut() -> io::Result<T>,
    ) -> Result<T, Blocked> {
        self.shared.summons().begin();
        self.blocked(wakes, call)
    }

    /// The same of a call that does not block where the descriptor is ready for these events: nobody need watch then.
    pub(crate) fn blocking_on<T>(
        &self,
        wakes: Wakes,
        fd: BorrowedFd,
        events: i16,
        call: impl FnMut() -> io::Result<T>,
    ) -> Result<T, Blocked> {
        if !self.shared.summons().has_begun() && !fd::is_ready(fd, events) {
            self.core.account.blocks();
            self.shared.summons().wait_alone(fd, events);
        }
        self.blocked(wakes, call)
    }

    fn blocked<T>(&self, wakes: Wakes, mut call: impl FnMut() -> io::Result<T>) -> Result<T, Blocked> {
        loop {
            let heeds = if self.heeds.get() { HEEDS } else { 0 };
            self.core.waiting.store(wakes as u32 | heeds, Ordering::SeqCst);
            if let Some(why) = self.interrupted_by(wakes) {
                self.core.waiting.store(0, Ordering::SeqCst);
                return Err(Blocked::Interrupt(why));
            }
            if pauses_at("wait") {
                std::thread::sleep(Duration::from_millis(300));
            }
            self.core.account.blocks();
            let result = call();
            self.core.waiting.store(0, Ordering::SeqCst);
            match result {
                // Blocked after all, where somebody else has taken what was ready.
                Err(e) if e.kind() == io::ErrorKind::Interrupted => self.shared.summons().begin(),
                Err(e) => return Err(Blocked::System(e)),
                Ok(value) => return Ok(value),
            }
        }
    }

    /// Sleeps while `word` holds `expected`; answers whether it was woken before the time was over.
    pub(crate) fn park(
        &self,
        wakes: Wakes,
        word: &AtomicU32,
        expected: u32,
        deadline: Option<Instant>,
    ) -> Result<bool, Interrupt> {
        let mut expired = false;
        let outcome = self.blocking(wakes, || {
            let left = match deadline.map(|end| end.checked_duration_since(Instant::now())) {
                Some(None) => {
                    expired = true;
                    return Ok(());
                }
                left => left.flatten(),
            };
            futex::wait(word, expected, left)
        });
        match outcome {
            Ok(()) => Ok(!expired),
            Err(Blocked::Interrupt(why)) => Err(why),
            Err(Blocked::System(e)) => Ok(e.raw_os_error() != Some(libc::ETIMEDOUT)),
        }
    }

    /// The event that channels raise while this thread waits for several things.
    pub(crate) fn event(&self) -> io::Result<&OwnedFd> {
        if self.core.event.get().is_none() {
            let made = fd::event()?;
            // Only this thread sets it, so the value cannot have been set meanwhile.
            let _ = self.core.event.set(made);
        }
        Ok(self.core.event.get().expect("set just above"))
    }

    pub(crate) fn core(&self) -> &Arc<WaiterCore> {
        &self.core
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        self.shared.waiters.remove(&self.core);
        self.core.lock_word().0 = std::ptr::null();
    }
}

impl Kicker {
    /// Asks the thread to stop: its waits return [`Interrupt::Stopped`].
    pub fn stop(&self) {
        self.send(STOP);
    }

    /// Tells the thread to end at once.
    pub fn kill(&self) {
        self.send(STOP | KILL);
    }

    /// Tells a thread that nobody waits for its request of this number any more.
    pub fn cancel(&self, number: u64) {
        let core = &self.core;
        core.hand.cancel(number, core.account.written(), || self.send(CANCEL));
    }

    fn send(&self, bits: u32) {
        if self.core.set(bits) {
            self.shared.waiters.kick();
            self.shared.wake_warden();
        }
    }
}

impl WaiterCore {
    pub(crate) fn account(&self) -> &Account {
        &self.account
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.lock_word().get().is_some_and(|word| word.load(Ordering::SeqCst) & (STOP | KILL) != 0)
    }

    fn lock_word(&self) -> std::sync::MutexGuard<'_, Word> {
        self.word.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets bits of the stop word; false if the thread has gone.
    fn set(&self, bits: u32) -> bool {
        self.lock_word().get().is_some_and(|word| {
            word.fetch_or(bits, Ordering::SeqCst);
            true
        })
    }

    /// Must the thread be signalled (again)?
    fn unanswered(&self) -> bool {
        let word = self.lock_word().get().map_or(0, |word| word.load(Ordering::SeqCst));
        let waiting = self.waiting.load(Ordering::SeqCst);
        word & KILL != 0
            || word & STOP != 0 && waiting & !HEEDS == Wakes::Stop as u32
            || word & CANCEL != 0 && waiting == Wakes::Stop as u32 | HEEDS
    }

    /// Wakes a thread that polls: raises its event, if it has made one.
    pub(crate) fn raise(&self) {
        if let Some(event) = self.event.get() {
            fd::raise_event(event);
        }
    }
}

/// All registered threads.
#[derive(Default)]
pub(crate) struct Registry {
    threads: Mutex<Vec<Arc<WaiterCore>>>,
}

impl Registry {
    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Arc<WaiterCore>>> {
        self.threads.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, core: Arc<WaiterCore>) {
        self.lock().push(core);
    }

    fn remove(&self, core: &Arc<WaiterCore>) {
        self.lock().retain(|other| !Arc::ptr_eq(core, other));
    }

    /// The threads that are nodes of the tree, with their numbers.
    pub(crate) fn nodes(&self) -> Vec<(i32, Arc<WaiterCore>)> {
        let threads = self.lock();
        let nodes = threads.iter().filter(|core| core.account.who.is_some());
        nodes.map(|core| (core.thread, core.clone())).collect()
    }

    /// Asks every thread to stop.
    pub(crate) fn stop_all(&self) {
        for core in self.lock().iter() {
            core.set(STOP);
        }
    }

    /// Nobody waits for the program's request of this number any more.
    pub(crate) fn cancel(&self, hand: &Hand, number: u64) {
        let threads = self.lock();
        let program =
            threads.iter().find(|core| core.account.who.as_ref().is_some_and(|who| who.edge.is_none()));
        let written = program.map_or(0, |core| core.account.written());
        hand.cancel(number, written, || {
            if let Some(core) = program {
                core.set(CANCEL);
            }
        });
    }

    /// Interrupts every wait, so that it looks again.
    pub(crate) fn nudge(&self) {
        for core in self.lock().iter().filter(|core| core.waiting.load(Ordering::SeqCst) != 0) {
            process::signal_thread(core.thread, KICK);
        }
    }

    /// Signals every thread that has not answered; says whether there was one. The lock is held meanwhile, so a
    /// thread cannot end and its number pass to another.
    pub(crate) fn kick(&self) -> bool {
        let mut unanswered = false;
        for core in self.lock().iter().filter(|core| core.unanswered()) {
            if !removed("kick") {
                process::signal_thread(core.thread, KICK);
            }
            unanswered = true;
        }
        unanswered
    }
}

/// How long until the instant, for a system call's timeout: `None` for ever.
pub(crate) fn time_left(deadline: Option<Instant>) -> Option<Duration> {
    deadline.map(|end| end.saturating_duration_since(now()))
}

/// The time that waits are measured by: the monotonic clock, which nobody sets. Without it, a clock that somebody has
/// set back by an hour meanwhile.
fn now() -> Instant {
    let now = Instant::now();
    if removed("monotonic") { now.checked_sub(Duration::from_secs(3600)).unwrap_or(now) } else { now }
}
