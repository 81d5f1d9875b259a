//! The warden's timers: a sorted set. Setting one wakes the warden only if it would sleep past it.

use crate::shared::lock;
use crate::warden::summons::Summons;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Instant;

/// What a timer is for. When it fires, whoever it names says whether it still matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Timer {
    /// This process's stop deadline.
    Own,
    /// A child's stop deadline.
    Grace(u32),
    /// A child's wall time.
    Wall(u32),
    /// A look at a child that starts or stops.
    Stall(u32),
    /// A look for the end of a child that nothing tells of.
    End(u32),
    /// The same of keepers.
    Keepers,
    /// The end of the time for a question about the tree.
    Look,
    /// A look at what commands have left behind.
    Strays,
    /// Another attempt at what goes up.
    Asks,
    /// Another attempt to answer a child.
    Answers(u32),
    /// Another attempt to tell a child to stop.
    Stop(u32),
    /// Another attempt to tell how commands have ended.
    Ends,
    /// As PID 1, a look at what others have left behind.
    Orphans,
}

pub(crate) struct Timers {
    set: Mutex<Set>,
    summons: Arc<Summons>,
}

#[derive(Default)]
struct Set {
    /// By time, then by order of setting.
    due: BTreeMap<(Instant, u64), Timer>,
    count: u64,
    /// Until when the warden sleeps: `None` for ever.
    sleeps_until: Option<Instant>,
}

impl Timers {
    pub(crate) fn waking(summons: Arc<Summons>) -> Timers {
        Timers { set: Mutex::default(), summons }
    }

    pub(crate) fn set(&self, when: Instant, what: Timer) {
        let mut set = lock(&self.set);
        set.count += 1;
        let key = (when, set.count);
        set.due.insert(key, what);
        if set.sleeps_until.is_none_or(|until| when < until) {
            set.sleeps_until = Some(when);
            drop(set);
            self.summons.raise();
        }
    }

    /// The next timer that is due.
    pub(crate) fn take_due(&self, now: Instant) -> Option<Timer> {
        let mut set = lock(&self.set);
        let first = set.due.first_entry()?;
        if first.key().0 <= now { Some(first.remove()) } else { None }
    }

    /// When the next timer is due; the warden sleeps until then at most.
    pub(crate) fn next(&self) -> Option<Instant> {
        let mut set = lock(&self.set);
        let next = set.due.first_key_value().map(|((when, _), _)| *when);
        set.sleeps_until = next;
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::fd;
    use std::sync::Weak;
    use std::time::Duration;

    #[test]
    fn timers_fire_in_order_and_not_early() {
        let timers = Timers::waking(Arc::new(Summons::new(fd::event().expect("an event"), Weak::new())));
        let now = Instant::now();
        timers.set(now + Duration::from_secs(2), Timer::Own);
        timers.set(now + Duration::from_secs(1), Timer::Grace(1));
        timers.set(now + Duration::from_secs(1), Timer::Wall(2));
        assert_eq!(timers.take_due(now), None);
        assert_eq!(timers.next(), Some(now + Duration::from_secs(1)));
        let later = now + Duration::from_secs(3);
        let fired: Vec<_> = std::iter::from_fn(|| timers.take_due(later)).collect();
        assert_eq!(fired, [Timer::Grace(1), Timer::Wall(2), Timer::Own]);
    }
}
