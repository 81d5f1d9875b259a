//! What is done to whom, and when: each kind of fault at its own rate, times drawn as of independent events.

use super::census::{self, Node};
use super::chance::Chance;
use super::options::Options;
use super::sys::{self, Target};
use std::time::{Duration, Instant};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    Kill,
    Stop,
    Full,
    Slow,
}

pub const FAULTS: [Fault; 4] = [Fault::Kill, Fault::Stop, Fault::Full, Fault::Slow];

impl Fault {
    pub fn done(self) -> &'static str {
        match self {
            Fault::Kill => "killed",
            Fault::Stop => "suspended",
            Fault::Full => "squeezed",
            Fault::Slow => "slowed",
        }
    }

    fn rate(self, options: &Options) -> f64 {
        match self {
            Fault::Kill => options.kill,
            Fault::Stop => options.stop,
            Fault::Full => options.full,
            Fault::Slow => options.slow,
        }
    }
}

/// When each kind is due next, and how many there have been.
pub struct Faults {
    chance: Chance,
    due: Vec<(Fault, Option<Instant>)>,
    pub counts: [u64; 4],
    /// Suspended processes and when they go on.
    resting: Vec<(Target, Instant)>,
    /// The largest tree met, and the deepest.
    pub largest: usize,
    pub deepest: usize,
}

impl Faults {
    pub fn new(options: &Options) -> Faults {
        let mut chance = Chance(options.seed);
        let now = Instant::now();
        let due = FAULTS.map(|fault| (fault, chance.wait(fault.rate(options)).map(|time| now + time)));
        Faults { chance, due: due.to_vec(), counts: [0; 4], resting: Vec::new(), largest: 0, deepest: 0 }
    }

    pub fn total(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// Until when there is nothing to do.
    pub fn next(&self) -> Option<Instant> {
        let due = self.due.iter().filter_map(|(_, when)| *when);
        due.chain(self.resting.iter().map(|(_, when)| *when)).min()
    }

    /// Does what is due in the tree below `root`; `slow` is told when and how long to hold a pipe back.
    pub fn act(&mut self, options: &Options, root: i32, slow: &dyn Fn(Duration)) {
        let now = Instant::now();
        self.wake(now);
        for at in 0..self.due.len() {
            let (fault, Some(when)) = self.due[at] else { continue };
            if when > now || options.faults.is_some_and(|most| self.total() >= most) {
                continue;
            }
            self.due[at].1 = self.chance.wait(fault.rate(options)).map(|time| now + time);
            let delay = options.delay.mul_f64(self.chance.part());
            if self.inflict(fault, root, delay, slow) {
                self.counts[at] += 1;
            }
        }
    }

    /// False where there was nobody to do it to.
    fn inflict(&mut self, fault: Fault, root: i32, delay: Duration, slow: &dyn Fn(Duration)) -> bool {
        if fault == Fault::Slow {
            slow(delay);
            return true;
        }
        let mut nodes = census::take(root);
        nodes.retain(|node| !node.keeper);
        self.largest = self.largest.max(nodes.len());
        self.deepest = self.deepest.max(nodes.iter().map(|node| node.depth).max().unwrap_or(0));
        let below: Vec<&Node> = nodes.iter().filter(|node| node.pid != root && node.state != 'Z').collect();
        if below.is_empty() {
            return false;
        }
        let victim = below[self.chance.below(below.len())];
        let Some(target) = Target::of(victim.pid) else { return false };
        match fault {
            Fault::Kill => target.signal(libc::SIGKILL),
            Fault::Stop => {
                let stopped = target.signal(libc::SIGSTOP);
                self.resting.push((target, Instant::now() + delay));
                stopped
            }
            Fault::Full => {
                let pipe = self.chance.below(2) as i32;
                sys::squeeze_in(victim.pid, pipe)
            }
            Fault::Slow => unreachable!("done above"),
        }
    }

    fn wake(&mut self, now: Instant) {
        self.resting.retain(|(target, when)| {
            let due = *when <= now;
            if due {
                // One that has ended needs no waking.
                target.signal(libc::SIGCONT);
            }
            !due
        });
    }

    /// Lets everything go on.
    pub fn relent(&mut self) {
        for (target, _) in self.resting.drain(..) {
            target.signal(libc::SIGCONT);
        }
        self.due.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_its_choices_and_a_rate_is_kept() {
        let draw = |seed| (0..1000).map(|_| Chance(seed).next()).sum::<u64>();
        assert_eq!(draw(7), draw(7));
        let mut chance = Chance(3);
        let total: Duration = (0..10_000).map(|_| chance.wait(100.0).expect("a rate")).sum();
        assert!((95.0..105.0).contains(&total.as_secs_f64()), "{total:?} for 10,000 at 100 a second");
        assert_eq!(chance.wait(0.0), None);
    }
}
