//! The warden's part in questions about the tree: passing one on to the children, taking in what they say, and telling
//! the asker. Nothing here waits: what a socket does not take now goes out when it does.

use super::Warden;
use crate::child::core::ChildCore;
use crate::control::ToChild;
use crate::mutation::removed;
use crate::see::door::Request;
use crate::see::round::Asker;
use crate::see::sight;
use crate::see::{PATIENCE, numbers, own};
use crate::shared::lock;
use crate::sys::fd;
use crate::warden::timers::Timer;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The longest that a question is under way.
const LONGEST: Duration = Duration::from_secs(30);

impl Warden {
    /// Somebody wants to know within the time.
    pub(super) fn look(&mut self, asker: Asker, left: Duration) {
        let shared = self.shared.clone();
        let children = shared.own_now();
        let mut sights = own::sights(&shared, &children);
        let Some(token) = lock(&shared.rounds).next() else {
            return self.tell(asker, Vec::new());
        };
        let left = left.min(LONGEST);
        let packet = ToChild::Look { token, left_ms: passed_on(left).as_millis() as u32 };
        let mut awaited = Vec::new();
        for core in &children {
            let known = own::known(core);
            // One that is suspended would only use up the others' time.
            if !known.suspended && asked(core, &packet) {
                awaited.push((core.number, known));
            } else {
                sights.push(known);
            }
        }
        let until = Instant::now() + left;
        lock(&shared.rounds).begin(token, asker, until, sights, awaited);
        shared.set_timer(until, Timer::Look);
    }

    /// Tells those whose questions are answered, or whose time is over.
    pub(super) fn conclude_looks(&mut self) {
        let shared = self.shared.clone();
        let done = {
            let mut rounds = lock(&shared.rounds);
            if rounds.is_empty() {
                return;
            }
            let now = Instant::now();
            let never = now.checked_sub(Duration::from_secs(3600)).filter(|_| removed("look-deadline"));
            rounds.take_done(never.unwrap_or(now))
        };
        let children = if done.is_empty() { Vec::new() } else { shared.own_now() };
        for mut answer in done {
            // One may have been suspended while it was asked.
            for sight in answer.sights.iter_mut().filter(|sight| !sight.answers && !sight.suspended) {
                let core = children.iter().find(|core| core.path == sight.path);
                sight.suspended = core.is_some_and(|core| core.is_suspended());
            }
            self.mark_errands(&mut answer.sights);
            if !removed("numbers") {
                numbers::translate(&mut answer.sights, &children);
            }
            self.tell(answer.asker, answer.sights);
        }
    }

    /// A command that was asked for from below is its asker's to show, but whether it is suspended only who started it
    /// can see.
    fn mark_errands(&self, sights: &mut [sight::Sight]) {
        let children = self.shared.children_now();
        for core in children.iter().filter(|core| core.errand.is_some() && core.is_suspended()) {
            let through = children.iter().find(|child| Some(child.number) == core.errand);
            for sight in sights.iter_mut().filter(|sight| {
                sight.tier == sight::Tier::Command
                    && Some(sight.pid) == core.own_pid()
                    && through.is_some_and(|child| sight::is_within(&sight.path, &child.path))
            }) {
                sight.suspended = true;
            }
        }
    }

    fn tell(&mut self, asker: Asker, mut sights: Vec<sight::Sight>) {
        match asker {
            Asker::Parent(token) => {
                if !sights.is_empty() {
                    self.upward.add(token, &sight::encode(&mut sights));
                    self.upward.push(&self.shared);
                }
            }
            Asker::Visitor(visitor) => {
                let Some(door) = &mut self.door else { return };
                if sights.is_empty() {
                    door.refuse(visitor, "too many are looking at once; ask again");
                } else {
                    door.answer(visitor, &sight::encode(&mut sights), Instant::now());
                }
            }
            Asker::Quit => {
                if !sights.is_empty() {
                    self.shared.quit(&sights);
                }
            }
        }
    }

    /// SIGQUIT at the root.
    pub(super) fn quit_asked(&mut self) {
        if !removed("quit-look") {
            self.look(Asker::Quit, PATIENCE);
        }
    }

    /// What happened at the door.
    pub(super) fn at_door(&mut self, found: &[libc::pollfd]) {
        let Some(door) = &mut self.door else { return };
        let came = door.turn(found, Instant::now());
        for visitor in came.gone {
            lock(&self.shared.rounds).forget(Asker::Visitor(visitor));
            self.untap(Asker::Visitor(visitor));
        }
        for (visitor, request) in came.questions {
            match request {
                Request::Level { path, level } => {
                    self.shared.set_log_level(&path, level);
                    if let Some(door) = &mut self.door {
                        door.answer(visitor, b"told", Instant::now());
                    }
                }
                Request::Tap { path, wanted } => self.tap(Asker::Visitor(visitor), &path, wanted),
                Request::Look { within_ms } => {
                    self.look(Asker::Visitor(visitor), Duration::from_millis(u64::from(within_ms)));
                }
            }
        }
    }
}

/// Has the question gone to the child? One whose socket is full does not read it, and would not answer.
fn asked(core: &Arc<ChildCore>, packet: &ToChild) -> bool {
    core.with_control(|control| fd::send_packet(control, &packet.head(), &[], false).is_ok()).unwrap_or(false)
}

/// The time a node gives its children out of its own: a little less, so that their answers arrive before its own must.
fn passed_on(left: Duration) -> Duration {
    left.saturating_sub(left / 20 + Duration::from_millis(5))
}
