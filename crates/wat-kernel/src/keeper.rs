//! The keeper: the first process of a PID namespace into which this process has its confined children born. It does
//! nothing but live as long as this process; with its end the kernel ends everything in there, at whatever depth and
//! whoever's child by then. What loses its parent in there becomes the keeper's child: a child of the keeper is
//! something left behind, and is ended from here.
//!
//! Why one for all, and a process of its own: as first processes of namespaces of their own the children would be spared
//! the signals that tell a limit or a denied call, and a confined child has no power to make a namespace for its own.
//! Not here: when somebody looks for what is left (`warden/strays.rs`), nor which children are born there (`spawn.rs`).

use crate::mutation::{self, removed};
use crate::shared::{Shared, lock};
use crate::sys::clone::{self, Launched, Order, Space, Step, What};
use crate::sys::process::{self, Children};
use crate::sys::{fd, signal};
use crate::waiter::{Blocked, Interrupt, Waiter, Wakes, time_left};
use std::ffi::OsStr;
use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant};

/// All of its arguments, by which it is known and which `ps` shows.
const NAME: &str = "wat keeper";
/// Where it finds the process that it lives as long as.
const MASTER: i32 = clone::CONTROL;
/// How long the end of the program waits for its end.
const PATIENCE: Duration = Duration::from_secs(1);
/// What is ended at one look; each takes a descriptor for a moment.
const AT_ONCE: usize = 256;

/// As its master holds it.
pub(crate) struct Keeper {
    pid: i32,
    process: OwnedFd,
    /// This very process: the namespace of all other children.
    own: OwnedFd,
    /// None without /proc; what is left behind then lives as long as the master.
    children: Option<Children>,
}

/// The keeper of this process, if it has one.
#[derive(Default)]
pub(crate) struct Keeping(Mutex<State>);

#[derive(Default)]
struct State {
    kept: Option<Arc<Keeper>>,
    /// Keepers that somebody has ended, and that are not reaped yet.
    ending: Vec<Arc<Keeper>>,
    /// The machine grants this user no namespaces.
    refused: bool,
}

impl Keeping {
    /// The keeper; made when first asked for. On a thread that lives as long as this process. `None` where there is
    /// none to be had.
    pub(crate) fn ask(&self, shared: &Shared) -> Result<Option<Arc<Keeper>>, (Step, io::Error)> {
        let mut state = lock(&self.0);
        if state.kept.is_none() && !state.refused {
            match Keeper::make(shared) {
                Ok((keeper, looks)) => {
                    let keeper = Arc::new(keeper);
                    shared.watch_keeper(&keeper.process);
                    if let Err(error) = looks {
                        // What is in there could not be looked for. One that has ended already is what was wanted.
                        let _ = process::signal(keeper.process.as_fd(), libc::SIGKILL);
                        state.ending.push(keeper);
                        return Err((Step::Namespace, error));
                    }
                    state.kept = Some(keeper);
                }
                Err((Step::Clone, error)) if is_refusal(&error) => state.refused = true,
                Err(error) => return Err(error),
            }
        }
        Ok(state.kept.clone())
    }

    /// Somebody has ended the keeper, and so all in its namespace: the next child needs another.
    pub(crate) fn lost(&self, keeper: &Arc<Keeper>) {
        let mut state = lock(&self.0);
        if state.kept.as_ref().is_some_and(|kept| Arc::ptr_eq(kept, keeper)) && !removed("keeper-watch") {
            let lost = state.kept.take();
            state.ending.extend(lost);
        }
    }

    pub(crate) fn is_kept(&self) -> bool {
        lock(&self.0).kept.is_some()
    }

    /// Is there no keeper, or one that somebody has ended, so that the next child needs another? On a thread that is not
    /// confined.
    pub(crate) fn has_none(&self) -> bool {
        let Some(keeper) = lock(&self.0).kept.clone() else { return true };
        let ended = keeper.is_ended();
        if ended {
            self.lost(&keeper);
        }
        ended
    }

    /// Is it the keeper still?
    pub(crate) fn has(&self, keeper: &Weak<Keeper>) -> bool {
        lock(&self.0).kept.as_ref().is_some_and(|kept| Arc::as_ptr(kept) == keeper.as_ptr())
    }

    /// Reaps keepers that have ended. False when one has that cannot be reaped yet.
    pub(crate) fn reap(&self) -> bool {
        let mut state = lock(&self.0);
        let State { kept, ending, .. } = &mut *state;
        ending.extend(kept.take_if(|keeper| keeper.has_ended() && !removed("keeper-watch")));
        // One that somebody else has reaped is gone too.
        ending.retain(|keeper| matches!(process::reap(keeper.process.as_fd()), Ok(None)));
        !kept.iter().chain(ending.iter()).any(|keeper| keeper.tells_end())
    }

    /// Ends what has been left behind among the confined; true when nothing was.
    pub(crate) fn sweep(&self) -> bool {
        let kept = lock(&self.0).kept.clone();
        kept.is_none_or(|keeper| keeper.sweep())
    }

    /// Numbers of children of this process that are keepers.
    pub(crate) fn pids(&self) -> Vec<i32> {
        let state = lock(&self.0);
        state.kept.iter().chain(&state.ending).map(|keeper| keeper.pid).collect()
    }

    /// All children of this process have been reaped: its keepers are told to end, and are given back to be waited for.
    /// A child that is made yet makes another.
    pub(crate) fn end(&self) -> Vec<Arc<Keeper>> {
        let mut state = lock(&self.0);
        let State { kept, ending, .. } = &mut *state;
        ending.extend(kept.take());
        for keeper in ending.iter() {
            // One that has ended already is what was wanted.
            let _ = process::signal(keeper.process.as_fd(), libc::SIGKILL);
        }
        ending.clone()
    }

    /// Waits until these have ended, and reaps them. With no lock held, and not for ever: the kernel ends a keeper after
    /// all in its namespace, and what it cannot end there (a process in a file system that does not answer, or one whose
    /// tracer does not take it) is no reason for this process to stay.
    pub(crate) fn await_end(&self, waiter: &Waiter, keepers: &[Arc<Keeper>]) -> Result<(), Interrupt> {
        let deadline = (!removed("keeper-patience")).then(|| Instant::now() + PATIENCE);
        for keeper in keepers {
            while !keeper.has_ended() && deadline.is_none_or(|end| Instant::now() < end) {
                let mut entry = [fd::interest(keeper.process.as_fd(), libc::POLLIN)];
                match waiter.blocking(Wakes::Kill, || fd::poll(&mut entry, time_left(deadline))) {
                    Err(Blocked::Interrupt(why)) => return Err(why),
                    // Its tracer has it, if it is not to be reaped now.
                    Ok(1) => break,
                    Ok(_) | Err(Blocked::System(_)) => {}
                }
            }
        }
        self.reap();
        Ok(())
    }
}

/// Not permitted, not known, or nested too deep: asking again would not help.
fn is_refusal(error: &io::Error) -> bool {
    matches!(
        error.raw_os_error(),
        Some(libc::EPERM | libc::EACCES | libc::EINVAL | libc::ENOSYS | libc::ENOSPC | libc::EUSERS)
    )
}

impl Keeper {
    /// A keeper, and whether its children can be looked at.
    fn make(shared: &Shared) -> Result<(Keeper, io::Result<()>), (Step, io::Error)> {
        if removed("keeper") {
            return Err((Step::Clone, io::Error::from_raw_os_error(libc::EPERM)));
        }
        let own = process::open(process::id()).map_err(|e| (Step::Namespace, e))?;
        // It is always wat itself, whatever a test puts in the place of children.
        let itself = match (mutation::stand_in(), shared.binary()) {
            (None, Some(binary)) => binary.try_clone(),
            _ => fd::open(c"/proc/self/exe", libc::O_PATH),
        };
        let itself = itself.map_err(|e| (Step::Namespace, e))?;
        let master = own.as_raw_fd();
        let order = Order {
            // It has no use for stdio, and must not hold anybody's.
            sources: vec![master, master, master, master, itself.as_raw_fd(), master],
            what: What::Itself { parent_control: -1, sealed: true },
            arguments: vec![c"wat keeper".to_owned()],
            reset: shared.reset_signals(),
        };
        let Launched { pid, pidfd } = clone::launch(&order, Space::New)?;
        let children = if removed("keeper-sweep") { Ok(None) } else { Children::of(pid) };
        let (children, looks) = match children {
            Ok(children) => (children, Ok(())),
            Err(error) => (None, Err(error)),
        };
        Ok((Keeper { pid, process: pidfd, own, children }, looks))
    }

    /// Where its wards are born.
    pub(crate) fn space(&self) -> Space {
        Space::Of(self.process.as_raw_fd(), self.own.as_raw_fd())
    }

    /// From now on all children of the calling thread are its wards. The thread can start no other thread any more.
    pub(crate) fn enter(&self) -> io::Result<()> {
        process::bear_into(self.process.as_raw_fd())
    }

    /// Does its descriptor say that it has ended? It does so also while its tracer keeps it.
    fn tells_end(&self) -> bool {
        let mut entry = [fd::interest(self.process.as_fd(), libc::POLLIN)];
        matches!(fd::poll(&mut entry, Some(Duration::ZERO)), Ok(1))
    }

    fn has_ended(&self) -> bool {
        process::has_ended(self.process.as_fd())
    }

    /// Has it no namespace any more? It gives that up before its end can be waited for.
    fn is_ended(&self) -> bool {
        match process::bear_into(self.process.as_raw_fd()) {
            Err(error) => error.raw_os_error() == Some(libc::ESRCH),
            Ok(()) => {
                process::bear_back(self.own.as_raw_fd());
                false
            }
        }
    }

    fn sweep(&self) -> bool {
        let Some(children) = &self.children else { return true };
        let found = children.now();
        if found.is_empty() {
            return true;
        }
        let held: Vec<(i32, OwnedFd)> = found
            .into_iter()
            .take(AT_ONCE)
            .filter_map(|pid| process::open(pid).ok().map(|process| (pid, process)))
            .collect();
        // A number may have passed to a stranger before it was held: whoever is held and still among them is meant.
        let still = children.now();
        for (_, process) in held.iter().filter(|(pid, _)| still.contains(pid)) {
            let _ = process::signal(process.as_fd(), libc::SIGKILL);
        }
        false
    }
}

/// Was this process started as a keeper? Asked together with [`super::boot::is_child`].
pub fn is_keeper<A: AsRef<OsStr>>(args: &[A]) -> bool {
    matches!(args, [name] if name.as_ref() == NAME) && process::id() == 1
}

/// The whole life of a keeper.
pub fn keep() -> i32 {
    // The kernel then reaps what becomes its child, except what has ended before.
    signal::ignore(libc::SIGCHLD);
    while process::reap_orphan(|_| false) {}
    // Without either it does its work all the same.
    let _ = process::name_thread(c"wat keeper");
    let _ = process::change_directory(c"/");
    let _ = process::keep_capabilities(0);
    // SAFETY: its maker has put it there, and nothing else runs in this process.
    let master = unsafe { fd::adopt(MASTER) };
    loop {
        // A death signal that was set too late for its master's end is made good by this look.
        let mut entry = [fd::interest(master.as_fd(), libc::POLLIN)];
        if matches!(fd::poll(&mut entry, None), Ok(1)) {
            return 0;
        }
    }
}
