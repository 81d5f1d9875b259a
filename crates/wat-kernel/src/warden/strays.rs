//! What is left behind: a process that leaves its parent's session outlives it and becomes the child of whoever reaps
//! for it. Of confined children that is the keeper, or this node where there is none; of commands and of children with
//! all of the user's authority it is this node, a subreaper from the first of them on. Here it is found, ended and
//! reaped; confined nodes, which see no other processes, tell their parent that there may be some.
//!
//! The eldest of what is left is always among the reaper's children, and what it has started becomes so before it is
//! gone: to end them until there are none ends all. A stray among this node's own children is spared while a living
//! command is older than it, since nobody can tell whose it is; so are the children that this process had before it was
//! wat. Not here: a command's own process group, which ends with it (`child/core.rs`).

use crate::mutation::removed;
use crate::shared::{Shared, lock};
use crate::sys::process::{self, Children};
use crate::warden::timers::Timer;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Time between two looks while something is being ended.
pub(super) const AGAIN: Duration = Duration::from_millis(2);
/// Time between two looks for zombies while commands live.
const ROUND: Duration = Duration::from_millis(500);
/// What cannot be ended within this time no longer keeps the node.
const PATIENCE: Duration = Duration::from_secs(2);

/// Looks without a sleep between them: who starts others as fast as they are ended is to be outrun.
const SPIN: usize = 64;

#[derive(Default)]
pub(crate) struct Strays {
    /// Something below this node has ended that may have left others.
    told: AtomicBool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    subreaper: bool,
    /// This process's own; none without /proc.
    children: Option<Children>,
    /// Those it had before it became a subreaper.
    inherited: Vec<i32>,
    /// Each living command's start, in the kernel's ticks.
    commands: BTreeMap<u32, u64>,
    /// When the next look is due.
    due: Option<Instant>,
    /// Since when something is being ended; the node does not end meanwhile.
    since: Option<Instant>,
}

/// What a look has found.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Found {
    Nothing,
    /// It has been signalled, and others may come after it.
    Strays,
    /// A child is being made, which cannot be told from a stray.
    Birth,
}

impl Strays {
    /// Makes this process the one that strays come to, before a child that may leave some is made.
    pub(crate) fn prepare(&self, shared: &Shared) -> io::Result<()> {
        let mut state = lock(&self.state);
        if !state.subreaper {
            if !removed("subreaper") {
                process::become_subreaper()?;
            }
            state.children = Children::of(process::id())?;
            state.subreaper = true;
            let own = [shared.pids(), shared.keeping.pids()].concat();
            state.inherited = state.children.as_ref().map_or_else(Vec::new, Children::now);
            state.inherited.retain(|pid| !own.contains(pid));
        }
        Ok(())
    }

    pub(crate) fn begin(&self, shared: &Shared, number: u32, started: u64) {
        let mut state = lock(&self.state);
        state.commands.insert(number, started);
        arm(&mut state, shared, ROUND);
    }

    /// A command has ended.
    pub(crate) fn end(&self, shared: &Shared, number: u32) {
        let known = lock(&self.state).commands.remove(&number).is_some();
        if known {
            self.look(shared);
        }
    }

    /// A child says that there may be some, or one of a confined node has ended.
    pub(crate) fn told(&self) {
        self.told.store(true, Ordering::Relaxed);
    }

    pub(crate) fn take_told(&self) -> bool {
        self.told.load(Ordering::Relaxed) && self.told.swap(false, Ordering::Relaxed)
    }

    pub(crate) fn timer(&self, shared: &Shared) {
        lock(&self.state).due = None;
        self.look(shared);
    }

    /// Reaps the dead, ends the living, and looks again until there are none.
    pub(crate) fn look(&self, shared: &Shared) {
        let mut state = lock(&self.state);
        for _ in 0..SPIN {
            let contained = if shared.keeping.sweep() { Found::Nothing } else { Found::Strays };
            let own = if state.subreaper {
                shared.between_births(|own| state.sweep(own, &shared.keeping.pids())).unwrap_or(Found::Birth)
            } else {
                Found::Nothing
            };
            match (contained, own) {
                (Found::Nothing, Found::Nothing) => return state.rest(shared),
                (Found::Nothing, Found::Birth) => break,
                _ => std::thread::yield_now(),
            }
        }
        match state.since {
            None => {
                state.since = Some(Instant::now());
                shared.keep_from_ending();
            }
            Some(since) if since.elapsed() > PATIENCE => {
                state.since = None;
                shared.let_end();
                return arm(&mut state, shared, ROUND);
            }
            Some(_) => {}
        }
        arm(&mut state, shared, AGAIN);
    }
}

fn arm(state: &mut State, shared: &Shared, wait: Duration) {
    let when = Instant::now() + wait;
    if state.due.is_none_or(|due| when < due) {
        state.due = Some(when);
        shared.set_timer(when, Timer::Strays);
    }
}

impl State {
    /// There are none.
    fn rest(&mut self, shared: &Shared) {
        if self.since.take().is_some() {
            shared.let_end();
        }
        if !self.commands.is_empty() {
            arm(self, shared, ROUND);
        }
    }

    /// One look at the children of this process.
    fn sweep(&mut self, own: &[i32], keepers: &[i32]) -> Found {
        let mut found = Found::Nothing;
        let Some(children) = &self.children else { return found };
        for pid in children.now() {
            let known = own.contains(&pid) || keepers.contains(&pid) || self.inherited.contains(&pid);
            if known || process::reap_child(pid) {
                continue;
            }
            let Some(started) = started(pid) else { continue };
            if self.commands.values().all(|command| *command > started) || removed("spare-strays") {
                process::signal_child(pid, libc::SIGKILL);
                found = Found::Strays;
            }
        }
        found
    }
}

/// When a process began, in ticks since the machine did.
fn started(pid: i32) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name may hold anything, so the fields are counted from behind it: the start is the twentieth.
    text.rsplit(')').next()?.split_whitespace().nth(19)?.parse().ok()
}
