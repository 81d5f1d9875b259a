//! What commands leave behind: a process that leaves its session outlives its command, loses its parent, and becomes a
//! child of this node, which is a subreaper from its first command on. Here it is found, ended and reaped.
//!
//! A stray is spared while a living command is older than it, since nobody can tell whose it is; so are the children
//! that this process had before it was wat. Not here: a command's own process group, which ends with it
//! (`child/core.rs`).

use crate::mutation::removed;
use crate::shared::{Shared, lock};
use crate::sys::process;
use crate::warden::timers::Timer;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Time between two looks while something is being ended.
const AGAIN: Duration = Duration::from_millis(2);
/// Time between two looks for zombies while commands live.
const ROUND: Duration = Duration::from_millis(500);
/// What cannot be ended within this time no longer keeps the node.
const PATIENCE: Duration = Duration::from_secs(2);

#[derive(Default)]
pub(crate) struct Strays {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    subreaper: bool,
    /// Children this process had before its first command.
    inherited: Vec<i32>,
    /// Each living command's start, in the kernel's ticks.
    commands: BTreeMap<u32, u64>,
    /// When the next look is due.
    due: Option<Instant>,
    /// Since when something is being ended; the node does not end meanwhile.
    since: Option<Instant>,
}

impl Strays {
    /// Before a command is started: makes this process the one that strays come to.
    pub(crate) fn prepare(&self, own: &[i32]) -> io::Result<()> {
        let mut state = lock(&self.state);
        if !state.subreaper {
            if !removed("subreaper") {
                process::become_subreaper()?;
            }
            state.subreaper = true;
            state.inherited = children().into_iter().filter(|pid| !own.contains(pid)).collect();
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

    /// A child was killed, perhaps with commands of its own.
    pub(crate) fn orphaned(&self, shared: &Shared) {
        if lock(&self.state).subreaper {
            self.look(shared);
        }
    }

    pub(crate) fn timer(&self, shared: &Shared) {
        lock(&self.state).due = None;
        self.look(shared);
    }

    /// Reaps the dead, ends the living, and looks again until there are none.
    fn look(&self, shared: &Shared) {
        let mut state = lock(&self.state);
        let clean = shared.between_births(|own| state.sweep(own)).unwrap_or(false);
        if clean {
            if state.since.take().is_some() {
                shared.let_end();
            }
            if !state.commands.is_empty() {
                arm(&mut state, shared, ROUND);
            }
            return;
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
    /// One look at all children; true when none had to be ended.
    fn sweep(&self, own: &[i32]) -> bool {
        let mut clean = true;
        for pid in children() {
            if own.contains(&pid) || self.inherited.contains(&pid) || process::reap_child(pid) {
                continue;
            }
            let Some(started) = started(pid) else { continue };
            if self.commands.values().all(|command| *command > started) || removed("spare-strays") {
                process::signal_child(pid, libc::SIGKILL);
                clean = false;
            }
        }
        clean
    }
}

/// All children of this process, whichever of its threads has them. Without /proc nobody can tell.
fn children() -> Vec<i32> {
    let mut found = Vec::new();
    let Ok(tasks) = fs::read_dir("/proc/self/task") else { return found };
    for task in tasks.flatten() {
        let list = fs::read_to_string(task.path().join("children")).unwrap_or_default();
        found.extend(list.split_whitespace().filter_map(|pid| pid.parse::<i32>().ok()));
    }
    found
}

/// When a process began, in ticks since the machine did.
fn started(pid: i32) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name may hold anything, so the fields are counted from behind it: the start is the twentieth.
    text.rsplit(')').next()?.split_whitespace().nth(19)?.parse().ok()
}
