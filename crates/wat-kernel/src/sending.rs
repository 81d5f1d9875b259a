//! One attempt to send a packet that must not be lost: how it went, and when the next may be.
//!
//! A full socket waits for its reader. Want of memory, and too many descriptors on their way, wait for others, and end
//! as a rule within moments; where they do not, whoever asked for a descriptor is told of the lack, for what carries none
//! can be sent. Not here: what is sent, and to whom.

use crate::sys::fd;
use std::io;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::time::{Duration, Instant};

/// So long descriptors that the system does not take are held back.
const PATIENCE: Duration = Duration::from_secs(2);
/// The first rest between attempts; each is twice the one before.
const FIRST: Duration = Duration::from_millis(1);
const LONGEST: Duration = Duration::from_millis(50);

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Sent {
    Whole,
    /// The other end has to read first.
    Full,
    /// The system is short of something.
    Short(i32),
    /// It will never go.
    Never(i32),
    /// Nobody is there to take anything.
    Gone,
}

pub(crate) fn send(control: BorrowedFd, head: &[u8], body: &[u8], carried: &[OwnedFd]) -> Sent {
    attempt(|| fd::send_packet_with(control, head, body, carried))
}

/// On a socket other than the control socket.
pub(crate) fn send_word(socket: BorrowedFd, word: &[u8]) -> Sent {
    attempt(|| fd::send_word(socket, word))
}

fn attempt(mut send: impl FnMut() -> io::Result<()>) -> Sent {
    loop {
        let Err(error) = send() else { return Sent::Whole };
        return match error.raw_os_error().unwrap_or(libc::EINVAL) {
            libc::EINTR => continue,
            libc::EAGAIN => Sent::Full,
            errno @ (libc::ENOBUFS | libc::ENOMEM | libc::ETOOMANYREFS) => Sent::Short(errno),
            libc::EPIPE | libc::ECONNRESET | libc::ECONNREFUSED | libc::ENOTCONN => Sent::Gone,
            errno => Sent::Never(errno),
        };
    }
}

/// When one socket is tried again, and for how long what carries descriptors has been held back.
#[derive(Default)]
pub(crate) struct Pace {
    rest: Duration,
    next: Option<Instant>,
    /// Since when, and the error number.
    lack: Option<(Instant, i32)>,
}

impl Pace {
    /// Not now: the time of the next attempt, where that is a new one.
    pub(crate) fn rest(&mut self, now: Instant) -> Option<Instant> {
        if self.is_resting(now) {
            return None;
        }
        self.rest = (self.rest * 2).clamp(FIRST, LONGEST);
        self.next = Some(now + self.rest);
        self.next
    }

    pub(crate) fn is_resting(&self, now: Instant) -> bool {
        self.next.is_some_and(|next| now < next)
    }

    /// Something went.
    pub(crate) fn went(&mut self, with_descriptors: bool) {
        self.rest = Duration::ZERO;
        if with_descriptors {
            self.lack = None;
        }
    }

    /// The system does not take what carries descriptors.
    pub(crate) fn lacks(&mut self, now: Instant, errno: i32) {
        self.lack = Some((self.lack.map_or(now, |(since, _)| since), errno));
    }

    /// Why what waits since then is held back no longer.
    pub(crate) fn spent(&self, waits_since: Instant, now: Instant) -> Option<i32> {
        let (since, errno) = self.lack?;
        (now.saturating_duration_since(since.max(waits_since)) >= PATIENCE).then_some(errno)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::fd::AsFd;

    #[test]
    fn a_reader_that_takes_nothing_is_waited_for_and_one_that_is_gone_is_not() {
        let (near, far) = fd::packet_pair().expect("a pair");
        let say = || send(near.as_fd(), &[7; 1024], &[], &[]);
        let count = std::iter::repeat_with(say).take_while(|sent| *sent == Sent::Whole).count();
        assert!(count > 8, "{count}");
        assert_eq!(say(), Sent::Full);
        drop(far);
        assert_eq!((say(), say()), (Sent::Gone, Sent::Gone));
    }

    #[test]
    fn attempts_come_slower_and_patience_is_each_ones_own() {
        let start = Instant::now();
        let mut pace = Pace::default();
        let mut now = start;
        for rest in [1, 2, 4, 8, 16, 32, 50, 50] {
            let next = now + Duration::from_millis(rest);
            assert_eq!(pace.rest(now), Some(next));
            assert_eq!(pace.rest(now), None, "a rest has one end");
            now = next;
        }
        pace.lacks(start, 1);
        pace.lacks(start + PATIENCE / 2, 2);
        let end = start + PATIENCE;
        assert_eq!((pace.spent(start, start), pace.spent(start, end)), (None, Some(2)));
        assert_eq!(pace.spent(start + FIRST, end), None, "it has come later");
        pace.went(false);
        assert_eq!(pace.spent(start, end), Some(2), "what went carried nothing");
        pace.went(true);
        assert_eq!(pace.spent(start, end), None);
    }
}
