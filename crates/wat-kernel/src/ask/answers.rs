//! Answers on their way to the children that asked. What a child's socket does not take now is kept and tried again
//! until the child takes it or ends, so none is lost.
//!
//! One that waits here still counts among what its child has under way, which bounds how many do. Not here: who is
//! answered what (`pending.rs`).

use super::Reply;
use crate::child::core::ChildCore;
use crate::control::ToChild;
use crate::mutation::removed;
use crate::sending::{Pace, Sent, send};
use crate::sys::fd;
use std::collections::{BTreeMap, VecDeque};
use std::time::Instant;

/// What lies unread in a child's socket, in the system's count, beyond which no answer is added. The rest of its room, which is
/// 208 KiB where nobody has changed that, is for what must not wait: a stop, a question, a cancellation.
const UNREAD: usize = 128 * 1024;

/// By child.
#[derive(Default)]
pub(super) struct Answers(BTreeMap<u32, Waiting>);

#[derive(Default)]
struct Waiting {
    queue: VecDeque<Kept>,
    pace: Pace,
}

struct Kept {
    token: u32,
    reply: Reply,
    since: Instant,
}

impl Answers {
    pub(super) fn count(&self, child: u32) -> usize {
        self.0.get(&child).map_or(0, |waiting| waiting.queue.len())
    }

    pub(super) fn has(&self, child: u32, token: u32) -> bool {
        self.0.get(&child).is_some_and(|waiting| waiting.queue.iter().any(|kept| kept.token == token))
    }

    /// Answers now or as soon as it can be: the time of the next attempt, where one has to be waited for.
    pub(super) fn add(
        &mut self,
        core: &ChildCore,
        token: u32,
        reply: Reply,
        now: Instant,
    ) -> Option<Instant> {
        let waiting = self.0.entry(core.number).or_default();
        waiting.queue.push_back(Kept { token, reply, since: now });
        self.push(core, now)
    }

    /// Tells a child that asks more than it may, if it takes that now.
    pub(super) fn refuse(&self, core: &ChildCore, token: u32) {
        send_to(core, token, &Reply::refusal(libc::EAGAIN));
    }

    /// Nobody needs what was asked for any more; that there is none is still told.
    pub(super) fn shed(&mut self, child: u32, token: u32) {
        let waiting = self.0.get_mut(&child).into_iter().flat_map(|waiting| &mut waiting.queue);
        for kept in waiting.filter(|kept| kept.token == token) {
            kept.reply = Reply::refusal(libc::ECANCELED);
        }
    }

    pub(super) fn forget(&mut self, child: u32) {
        self.0.remove(&child);
    }

    /// Sends what the child takes now; as [`Answers::add`].
    pub(super) fn push(&mut self, core: &ChildCore, now: Instant) -> Option<Instant> {
        let waiting = self.0.get_mut(&core.number)?;
        waiting.push(now, |token, reply| send_to(core, token, reply));
        if waiting.queue.is_empty() || removed("ask-again") {
            self.0.remove(&core.number);
            return None;
        }
        waiting.pace.rest(now)
    }
}

fn send_to(core: &ChildCore, token: u32, reply: &Reply) -> Sent {
    let head = ToChild::Reply { token, errno: reply.errno, answer: &reply.answer.bytes }.head();
    let sent = core.with_control(|control| {
        if fd::unread_by_other(control) >= UNREAD && !removed("ask-room") {
            return Sent::Full;
        }
        send(control, &head, &[], &reply.answer.carried)
    });
    sent.unwrap_or(Sent::Gone)
}

impl Waiting {
    fn push(&mut self, now: Instant, mut send: impl FnMut(u32, &Reply) -> Sent) {
        let mut at = 0;
        // What carries nothing passes by what is held back.
        let mut held = false;
        while let Some(kept) = self.queue.get_mut(at) {
            let carries = !kept.reply.answer.carried.is_empty();
            let sent = match held && carries {
                true => Sent::Short(0),
                false => send(kept.token, &kept.reply),
            };
            match sent {
                Sent::Whole => {
                    self.queue.remove(at);
                    self.pace.went(carries);
                }
                Sent::Gone => self.queue.clear(),
                Sent::Short(errno) if carries => {
                    if !held {
                        self.pace.lacks(now, errno);
                        held = true;
                    }
                    match self.pace.spent(kept.since, now) {
                        Some(errno) => kept.reply = Reply::refusal(errno),
                        None => at += 1,
                    }
                }
                Sent::Never(errno) if carries || kept.reply.errno == 0 => {
                    kept.reply = Reply::refusal(errno);
                }
                Sent::Full | Sent::Short(_) | Sent::Never(_) => return,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ask::Answer;
    use std::time::Duration;

    fn reply(carries: bool) -> Reply {
        let file = carries.then(|| std::fs::File::open("/dev/null").expect("it is there").into());
        Reply { errno: 0, answer: Answer { bytes: vec![1], carried: file.into_iter().collect() } }
    }

    fn waiting(carry: &[bool]) -> (Waiting, Instant) {
        let since = Instant::now();
        let kept = |(at, carries): (usize, &bool)| Kept { token: at as u32, reply: reply(*carries), since };
        (Waiting { queue: carry.iter().enumerate().map(kept).collect(), ..Waiting::default() }, since)
    }

    /// What goes, in order, while descriptors do not.
    fn push(waiting: &mut Waiting, now: Instant) -> Vec<(u32, u32)> {
        let mut went = Vec::new();
        waiting.push(now, |token, reply| {
            if !reply.answer.carried.is_empty() {
                return Sent::Short(libc::ETOOMANYREFS);
            }
            went.push((token, reply.errno));
            Sent::Whole
        });
        went
    }

    #[test]
    fn what_carries_nothing_passes_by_and_the_rest_is_told_the_lack_in_the_end() {
        let (mut waiting, now) = waiting(&[true, false, true, false]);
        assert_eq!(push(&mut waiting, now), [(1, 0), (3, 0)]);
        assert_eq!(push(&mut waiting, now + Duration::from_secs(1)), []);
        let lack = libc::ETOOMANYREFS as u32;
        assert_eq!(push(&mut waiting, now + Duration::from_secs(2)), [(0, lack), (2, lack)]);
        assert!(waiting.queue.is_empty());
    }

    #[test]
    fn what_can_never_be_sent_is_told_and_a_full_socket_keeps_all() {
        let (mut waiting, now) = waiting(&[true, false, true]);
        let mut tries = 0;
        waiting.push(now, |_, reply| {
            tries += 1;
            if reply.errno == 0 { Sent::Never(libc::EPERM) } else { Sent::Full }
        });
        assert_eq!((tries, waiting.queue.len()), (2, 3));
        assert_eq!(waiting.queue[0].reply.errno, libc::EPERM as u32);
        assert!(waiting.queue[0].reply.answer.carried.is_empty());
        waiting.push(now, |_, _| Sent::Gone);
        assert!(waiting.queue.is_empty());
    }

    #[test]
    fn what_nobody_waits_for_any_more_lets_go_of_its_descriptors_and_is_still_answered() {
        let (kept, _) = waiting(&[true, true]);
        let mut answers = Answers::default();
        answers.0.insert(7, kept);
        answers.shed(7, 1);
        answers.shed(8, 0);
        let told: Vec<_> = answers.0[&7]
            .queue
            .iter()
            .map(|kept| (kept.reply.errno, kept.reply.answer.carried.len()))
            .collect();
        assert_eq!(told, [(0, 1), (libc::ECANCELED as u32, 0)]);
        assert_eq!((answers.count(7), answers.has(7, 1), answers.has(8, 1)), (2, true, false));
        answers.forget(7);
        assert_eq!(answers.count(7), 0);
    }
}
