//! What a node is responsible for: the peers it has spawned, with or without a handle, as far as stopping and ending
//! them goes; and what a thread peer shares with its parent. Not here: requests and replies.

use crate::peer::lock;
use crate::service::Registry;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;
use wat_kernel::{Kicker, Leash, Waiter};
use wat_runtime::handles::Ward;

/// What a thread peer and its parent both see.
#[derive(Default)]
pub struct ThreadShared {
    /// The crash's text, or none when it ended well.
    pub end: OnceLock<Option<String>>,
    pub kicker: OnceLock<Kicker>,
    pub state: AtomicU8,
    /// Set before a kill: the reason that the crash names.
    pub kill_reason: OnceLock<&'static str>,
    /// No handle is left: what it still writes is dropped, and its crash goes to stderr.
    pub released: AtomicBool,
    /// Its end has been looked at.
    pub seen: AtomicBool,
    /// It has been told to stop, perhaps before there was anything to kick.
    pub stop_asked: AtomicBool,
    /// Requests given up before there was anybody to tell.
    given_up: Mutex<Vec<u64>>,
    /// What it has spawned, to be told to stop or to end with it.
    children: Mutex<Vec<Kin>>,
    /// Where the thread is a supervisor: its services, and whether they end with it.
    pub registry: OnceLock<(Arc<Registry>, bool)>,
}

impl ThreadShared {
    /// Tells the thread and all below it to stop; does not wait.
    pub fn ask_stop(&self, grace: Duration) {
        self.stop_asked.store(true, Ordering::SeqCst);
        self.state.fetch_max(2, Ordering::SeqCst);
        if let Some(kicker) = self.kicker.get() {
            kicker.stop();
        }
        self.each_child(|child| child.ask_stop(grace));
    }

    /// Nobody waits for its request of this number any more.
    pub fn cancel(&self, number: u64) {
        let mut given_up = lock(&self.given_up);
        match self.kicker.get() {
            Some(kicker) => kicker.cancel(number),
            None => given_up.push(number),
        }
    }

    /// The thread can be reached from now on.
    pub fn begin(&self, kicker: Kicker) {
        let mut given_up = lock(&self.given_up);
        for number in given_up.drain(..) {
            kicker.cancel(number);
        }
        let _ = self.kicker.set(kicker);
    }

    /// Ends the thread, wherever it is, and all below it.
    pub fn kill(&self, reason: &'static str) {
        let _ = self.kill_reason.set(reason);
        if let Some(kicker) = self.kicker.get() {
            kicker.kill();
        }
        self.each_child(Ward::end);
    }

    /// A peer the thread has spawned.
    pub fn adopt(&self, child: Kin) {
        let mut children = lock(&self.children);
        children.retain(|known| !known.has_ended());
        children.push(child.clone());
        drop(children);
        if self.kill_reason.get().is_some() {
            child.end();
        } else if self.stop_asked.load(Ordering::SeqCst) {
            child.ask_stop(wat_kernel::GRACE);
        }
    }

    fn each_child(&self, tell: impl Fn(&Kin)) {
        let children = lock(&self.children).clone();
        children.iter().for_each(tell);
    }

    /// Waits for the processes it has spawned, as a process waits for its children.
    pub fn wait_for_children(&self, waiter: &Waiter) {
        self.each_child(|child| {
            if let Kin::Process(leash) = child {
                // A kill of this thread ends the wait; what it waits for is killed too.
                let _ = leash.wait(waiter);
            }
        });
    }
}

/// A peer as its spawner is responsible for it, with or without a handle.
#[derive(Clone)]
pub enum Kin {
    Process(Leash),
    Thread(Arc<ThreadShared>),
}

impl Kin {
    pub fn ask_stop(&self, grace: Duration) {
        match self {
            Kin::Process(leash) => leash.ask_stop(grace),
            Kin::Thread(shared) => shared.ask_stop(grace),
        }
    }
}

impl Ward for Kin {
    fn has_ended(&self) -> bool {
        match self {
            Kin::Process(leash) => leash.has_ended(),
            Kin::Thread(shared) => shared.end.get().is_some(),
        }
    }

    fn end(&self) {
        match self {
            Kin::Process(leash) => leash.end(),
            Kin::Thread(shared) => {
                shared.seen.store(true, Ordering::SeqCst);
                shared.kill("its parent has crashed");
            }
        }
    }
}
