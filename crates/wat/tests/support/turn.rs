//! One test at a time. A turn makes this process the reaper of all that its trees leave behind, ends everything where a
//! test takes too long, and asserts at its end that nothing is left: no process or zombie, no descriptor or thread of
//! this process, no file where the trees put temporary ones. Whatever else a tree can hold (sockets, memory files,
//! pipes) is held by a process, so it went with the last.

use super::eventually;
use super::process::{descendants, table};
use super::tree::is_mutated;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

static TURNS: Mutex<()> = Mutex::new(());
static COUNT: AtomicUsize = AtomicUsize::new(0);
static PLACE: Mutex<Option<PathBuf>> = Mutex::new(None);

/// A law without its mechanism fails sooner.
const MUTATED: Duration = Duration::from_secs(60);

pub struct Turn {
    _only: MutexGuard<'static, ()>,
    late: Arc<AtomicBool>,
    watchdog: Option<Sender<()>>,
    held: Held,
    place: PathBuf,
}

/// What this process holds itself.
#[derive(Debug)]
struct Held {
    descriptors: Vec<String>,
    threads: usize,
}

impl Held {
    fn now() -> Held {
        let mut table = table(std::process::id() as i32);
        // Of the listing itself.
        table.retain(|d| !d.target.starts_with("/proc/"));
        let descriptors = table.into_iter().map(|d| format!("{} {}", d.number, d.target)).collect();
        Held { descriptors, threads: threads() }
    }

    /// Is there nothing that was not there before? What another test held for a moment then may be gone.
    fn is_within(&self, before: &Held) -> bool {
        self.threads <= before.threads
            && self.descriptors.iter().all(|each| before.descriptors.contains(each))
    }
}

/// The threads of this test: one without a name of its own bears that of the thread that made it.
fn threads() -> usize {
    let name = |place: &Path| fs::read_to_string(place.join("comm")).unwrap_or_default();
    let own = name(Path::new("/proc/thread-self"));
    let all = fs::read_dir("/proc/self/task").expect("/proc is mounted").flatten();
    all.filter(|task| name(&task.path()) == own).count()
}

/// The test's own time; after `deadline` every process of it is killed, and the test fails.
pub fn turn(deadline: Duration) -> Turn {
    let only = TURNS.lock().unwrap_or_else(PoisonError::into_inner);
    let deadline = if is_mutated() { deadline.min(MUTATED) } else { deadline };
    // SAFETY: prctl with numbers alone.
    let set = unsafe { libc::prctl(libc::PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) };
    assert_eq!(set, 0, "this process cannot become a subreaper");
    // A name that no other test's thread has, for what this one starts.
    let nth = COUNT.fetch_add(1, Ordering::SeqCst);
    let name = std::ffi::CString::new(format!("turn {nth}")).expect("no zero byte");
    // SAFETY: a terminated string, copied by the kernel.
    unsafe { libc::prctl(libc::PR_SET_NAME, name.as_ptr()) };
    let held = Held::now();
    let place = place(nth);
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
    Turn { _only: only, late, watchdog: Some(alive), held, place }
}

/// A directory of the turn's own for the temporary files of its trees.
fn place(nth: usize) -> PathBuf {
    let place = std::env::temp_dir().join(format!("wat-turn-{}-{nth}", std::process::id()));
    fs::create_dir_all(&place).expect("a writable temporary directory");
    *PLACE.lock().unwrap_or_else(PoisonError::into_inner) = Some(place.clone());
    place
}

/// Where trees put temporary files while a turn lasts.
pub fn temporary() -> Option<PathBuf> {
    PLACE.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

impl Turn {
    /// What is left that was not there before; none when all has gone within the time.
    fn left(&self) -> Option<String> {
        let gone = eventually(Duration::from_secs(1), || descendants().is_empty());
        if !gone {
            let left = format!("processes: {:#?}", descendants());
            kill_all();
            return Some(left);
        }
        // Readers and writers of the test's own end with what they read and wrote.
        if !eventually(Duration::from_secs(1), || Held::now().is_within(&self.held)) {
            return Some(format!("{:#?}, where it began with {:#?}", Held::now(), self.held));
        }
        let files: Vec<PathBuf> =
            fs::read_dir(&self.place).map_or(Vec::new(), |all| all.flatten().map(|f| f.path()).collect());
        (!files.is_empty()).then(|| format!("temporary files: {files:?}"))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        drop(self.watchdog.take());
        let failed = std::thread::panicking();
        let left = if failed {
            kill_all();
            eventually(Duration::from_secs(5), || descendants().is_empty());
            None
        } else {
            self.left()
        };
        *PLACE.lock().unwrap_or_else(PoisonError::into_inner) = None;
        // What cannot be removed is in a temporary directory.
        let _ = fs::remove_dir_all(&self.place);
        assert!(failed || !self.late.load(Ordering::SeqCst), "the test took too long");
        if let Some(left) = left {
            panic!("left behind: {left}");
        }
    }
}

fn kill_all() {
    for process in descendants() {
        process.signal(libc::SIGKILL);
    }
}
