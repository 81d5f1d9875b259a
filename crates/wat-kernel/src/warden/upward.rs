//! Packets on their way to the parent: answers about the tree, what taps have seen, and that something was left behind.
//! Nothing here waits, and none is lost: what the socket or the system does not take now is tried again.

use super::timers::Timer;
use crate::control::FromChild;
use crate::see::sight::{MAX_ANSWER, PIECE};
use crate::see::tap::ROOM;
use crate::sending::{Pace, Sent, send};
use crate::shared::Shared;
use std::collections::VecDeque;
use std::time::Instant;

/// What a queued packet takes beside its bytes.
const KEEPING: usize = 64;

#[derive(Default)]
pub(super) struct Upward {
    queue: VecDeque<Vec<u8>>,
    bytes: usize,
    pace: Pace,
}

impl Upward {
    /// Is there room for more than what must be said?
    pub(super) fn has_room(&self) -> bool {
        self.bytes < ROOM
    }

    pub(super) fn say(&mut self, what: &FromChild) {
        let (head, length) = what.head();
        let packet = [&head[..length], what.body()].concat();
        self.bytes += packet.len() + KEEPING;
        self.queue.push_back(packet);
    }

    /// Once is enough, however often it happens until the parent hears it.
    pub(super) fn say_strays(&mut self) {
        let (head, length) = FromChild::Strays.head();
        if self.queue.back().is_none_or(|last| *last != head[..length]) {
            self.say(&FromChild::Strays);
        }
    }

    /// Takes an answer, in pieces; a parent that leaves several unread gets no more of them.
    pub(super) fn add(&mut self, token: u32, answer: &[u8]) {
        if self.bytes + answer.len() > 2 * MAX_ANSWER {
            return;
        }
        let mut pieces = answer.chunks(PIECE).peekable();
        while let Some(piece) = pieces.next() {
            self.say(&FromChild::Seen { token, last: pieces.peek().is_none(), piece });
        }
    }

    /// Sends what goes now. True when the parent has to read before more does.
    pub(super) fn push(&mut self, shared: &Shared) -> bool {
        let Some(control) = shared.control().filter(|_| !self.queue.is_empty()) else { return false };
        match self.push_by(Instant::now(), |packet| send(control, packet, &[], &[])) {
            Next::Nothing => false,
            Next::Room => true,
            Next::At(time) => {
                shared.set_timer(time, Timer::Look);
                false
            }
        }
    }

    fn push_by(&mut self, now: Instant, mut send: impl FnMut(&[u8]) -> Sent) -> Next {
        while let Some(packet) = self.queue.front() {
            match send(packet) {
                Sent::Full => return Next::Room,
                Sent::Short(_) => return self.pace.rest(now).map_or(Next::Nothing, Next::At),
                Sent::Whole => self.pace.went(false),
                // A parent that is gone is the lifeline's matter.
                Sent::Gone | Sent::Never(_) => {}
            }
            self.bytes -= packet.len() + KEEPING;
            self.queue.pop_front();
        }
        Next::Nothing
    }
}

/// What another attempt waits for.
#[derive(Debug, PartialEq, Eq)]
enum Next {
    /// None is needed, or the time of one has been told already.
    Nothing,
    Room,
    At(Instant),
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn what_the_system_has_no_memory_for_goes_later_and_in_order() {
        let mut upward = Upward::default();
        for _ in 0..2 {
            upward.say_strays();
        }
        upward.add(7, b"seen");
        let (now, mut went) = (Instant::now(), 0);
        let mut short = |_: &[u8]| Sent::Short(libc::ENOBUFS);
        assert_eq!(upward.push_by(now, &mut short), Next::At(now + Duration::from_millis(1)));
        assert_eq!(upward.push_by(now, &mut short), Next::Nothing, "its time has been told");
        assert_eq!(upward.push_by(now, |_| Sent::Full), Next::Room);
        let strays = FromChild::Strays.head().0[0];
        upward.push_by(now, |packet| {
            assert_eq!(packet[0] == strays, went == 0, "said once, and first");
            went += 1;
            Sent::Whole
        });
        assert_eq!((went, upward.bytes), (2, 0));
    }
}
