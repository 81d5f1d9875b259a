//! How threads summon the warden: they raise its event, and begin it where it has not begun.
//!
//! The warden of a child begins late. To make a thread costs a good part of what a small child needs until its first
//! answer, and until there is a child, a thread or a timer nothing is there to be watched but the control socket. So it begins
//! with the first of these, or with a word from the parent while the program waits, or with one wait too many
//! ([`MOST_ALONE`]); and about [`LATEST`] at most while the program does not wait: then a timer sends its thread the kick,
//! whose handler [`hail`]s.

use crate::mutation::removed;
use crate::shared::Shared;
use crate::sys::signal;
use crate::sys::timer::ThreadTimer;
use crate::sys::{fd, process};
use crate::waiter::KICK;
use std::io;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::ptr::null_mut;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, Ordering};
use std::sync::{Arc, OnceLock, Weak};
use std::time::Duration;

/// A warden begins within this time, and that of the runtime function which it finds the thread in. Between two hails too.
const LATEST: Duration = Duration::from_millis(20);

/// So many waits for one descriptor go without a warden.
const MOST_ALONE: u32 = 16;

/// The process whose warden [`hail`] begins: null, or a reference that is never given back.
static HAILED: AtomicPtr<Shared> = AtomicPtr::new(null_mut());

#[derive(Debug)]
pub(crate) struct Summons {
    event: OwnedFd,
    begun: AtomicBool,
    shared: Weak<Shared>,
    timer: OnceLock<ThreadTimer>,
    /// The parent knows that the process is ready.
    announced: AtomicBool,
    /// There is something to watch, and the system had no thread to give.
    lacking: AtomicBool,
    /// Waits of the only thread so far that needed no warden.
    alone: AtomicU32,
}

impl Summons {
    /// Of the process whose warden will sleep on the event.
    pub(crate) fn new(event: OwnedFd, shared: Weak<Shared>) -> Summons {
        Summons {
            event,
            begun: AtomicBool::new(false),
            shared,
            timer: OnceLock::new(),
            announced: AtomicBool::new(false),
            lacking: AtomicBool::new(false),
            alone: AtomicU32::new(0),
        }
    }

    /// What the warden sleeps on.
    pub(crate) fn event(&self) -> &OwnedFd {
        &self.event
    }

    /// Wakes the warden.
    pub(crate) fn raise(&self) {
        self.begin();
        fd::raise_event(&self.event);
    }

    pub(crate) fn has_begun(&self) -> bool {
        self.begun.load(Ordering::Relaxed)
    }

    /// There is something to watch from now on. Where the system has no thread to give, the process goes on without: the timer
    /// looks for its parent's end, and interrupts what it waits for, which then tries again.
    #[inline]
    pub(crate) fn begin(&self) {
        if !self.has_begun() {
            self.begin_now();
        }
    }

    #[cold]
    fn begin_now(&self) {
        let Some(shared) = self.shared.upgrade() else { return };
        // It is tried again at the timer's next signal.
        self.lacking.store(self.try_begin(&shared).is_err(), Ordering::Relaxed);
    }

    /// Begins the warden, if it has not, and says that the process is ready.
    pub(crate) fn try_begin(&self, shared: &Arc<Shared>) -> io::Result<()> {
        if self.has_begun() || self.begun.swap(true, Ordering::SeqCst) {
            return Ok(());
        }
        super::start(shared.clone()).inspect_err(|_| self.begun.store(false, Ordering::SeqCst))?;
        if let Some(timer) = self.timer.get() {
            timer.disarm();
        }
        self.announce(shared);
        Ok(())
    }

    fn announce(&self, shared: &Shared) {
        if !self.announced.swap(true, Ordering::Relaxed) {
            shared.announce_ready();
        }
    }

    /// Sleeps until the descriptor is ready or the warden has begun. A child's only thread that waits for one descriptor can listen
    /// to its parent as well, so its first waits need no warden. Later ones have one, for to listen takes three calls more.
    /// Called by the only thread there is: [`crate::Process::start_thread`] makes no other before the warden.
    pub(crate) fn wait_alone(&self, fd: BorrowedFd, events: i16) {
        let Some(shared) = self.shared.upgrade() else { return };
        let (Some(control), Some(timer)) = (shared.control(), self.timer.get()) else { return self.begin() };
        if self.lacking.load(Ordering::Relaxed) || self.alone.fetch_add(1, Ordering::Relaxed) >= MOST_ALONE {
            return self.begin();
        }
        self.announce(&shared);
        timer.disarm();
        let words = if removed("listen") { 0 } else { libc::POLLIN };
        let mut entries = [fd::interest(fd, events), fd::interest(control, words)];
        let listened = loop {
            match fd::poll(&mut entries, None) {
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                other => break other,
            }
        };
        if entries[1].revents & libc::POLLHUP != 0 && !removed("lifeline") {
            process::die();
        }
        timer.arm(LATEST);
        if listened.is_err() || entries[1].revents != 0 {
            self.begin();
        }
    }

    /// Lets it begin late. Called on the thread that will run the program.
    pub(crate) fn begin_late(&self, shared: &Arc<Shared>) -> io::Result<()> {
        if removed("hail") {
            return Ok(());
        }
        // The user's pending signals are used up.
        let Ok(timer) = ThreadTimer::new(KICK) else { return self.try_begin(shared) };
        HAILED.store(Arc::into_raw(shared.clone()).cast_mut(), Ordering::Release);
        self.timer.get_or_init(|| timer).arm(LATEST);
        Ok(())
    }
}

/// The step of a start that failed.
pub(crate) const STEP: &str = "warden";

/// What the handler of [`KICK`] does when a timer has sent it. `between`: the thread is in no function of the C library and
/// holds no lock, so the warden may begin here. Elsewhere only a parent that is gone counts, and ends the process at once.
/// Answers whether the warden has still to begin.
pub fn hail(between: bool) -> bool {
    // SAFETY: null, or valid for ever.
    let hailed = unsafe { HAILED.load(Ordering::Acquire).as_ref() };
    let Some(shared) = hailed.filter(|shared| !shared.summons().has_begun()) else { return false };
    signal::keeping_errno(|| {
        if between {
            // The warden's thread inherits the mask, and its own threads in turn are to be kicked.
            signal::unblock(KICK);
            shared.summons().begin();
        } else if shared.control().is_some_and(fd::is_hung_up) && !removed("lifeline") {
            process::die();
        }
    });
    !between
}
