//! One test at a time. A turn makes this process the reaper of all that its trees leave behind, ends everything where a
//! test takes too long, and asserts at its end that no process and no zombie is left.

use super::eventually;
use super::process::descendants;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

static TURNS: Mutex<()> = Mutex::new(());

pub struct Turn {
    _only: MutexGuard<'static, ()>,
    late: Arc<AtomicBool>,
    _watchdog: Sender<()>,
}

/// The test's own time; after `deadline` every process of it is killed, and the test fails.
pub fn turn(deadline: Duration) -> Turn {
    let only = TURNS.lock().unwrap_or_else(PoisonError::into_inner);
    // SAFETY: prctl with numbers alone.
    let set = unsafe { libc::prctl(libc::PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) };
    assert_eq!(set, 0, "this process cannot become a subreaper");
    let late = Arc::new(AtomicBool::new(false));
    let (alive, over) = channel();
    let told = late.clone();
    std::thread::spawn(move || {
        if over.recv_timeout(deadline) == Err(RecvTimeoutError::Timeout) {
            told.store(true, Ordering::SeqCst);
            eprintln!("the test took longer than {deadline:?}: {:#?}", descendants());
            kill_all();
        }
    });
    Turn { _only: only, late, _watchdog: alive }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if std::thread::panicking() {
            kill_all();
            eventually(Duration::from_secs(5), || descendants().is_empty());
            return;
        }
        assert!(!self.late.load(Ordering::SeqCst), "the test took too long");
        let gone = eventually(Duration::from_secs(1), || descendants().is_empty());
        let left = descendants();
        if !gone {
            kill_all();
        }
        assert!(gone, "left behind: {left:#?}");
    }
}

fn kill_all() {
    for process in descendants() {
        process.signal(libc::SIGKILL);
    }
}
