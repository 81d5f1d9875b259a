//! The tether: the socket between whoever asked for a command and the ancestor that has started it. Up it the asker
//! says what a parent does to a child by signals; down it comes what a parent learns by waiting.
//!
//! It is cut by closing the asker's half, which the system does too when the asker ends, in whatever way; the
//! ancestor then ends the command. When the command has ended the ancestor says so, and closes its own half. Not here:
//! how a command is asked for (`errand.rs`).

use crate::child::end::KillReason;
use crate::mutation::{removed, short_at};
use crate::sending::{self, Pace, Sent};
use crate::shared::{Shared, lock};
use crate::sys::fd;
use crate::sys::process::{Reaped, Status};
use crate::warden::timers::Timer;
use serde::{Deserialize, Serialize};
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::time::{Duration, Instant};

/// Room for any word on a tether.
const WORD: usize = 64;

/// From the asker.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Up {
    /// Stop within this time.
    Stop { left_ms: u64 },
    /// Does the command sleep?
    Look { token: u32 },
}

/// From the ancestor.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Down {
    Looked { token: u32, asleep: bool },
    Ended(Ended),
}

/// How a command ended, for whoever has no pid descriptor of it.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ended {
    /// Whether a signal ended it, and the number of that or its exit code; none where another reaper has it.
    status: Option<(bool, i32)>,
    cpu: Duration,
    max_rss: u64,
    /// Why the ancestor killed it.
    pub(crate) killed: Option<KillReason>,
}

impl Ended {
    pub(crate) fn of(reaped: Option<&Reaped>, killed: Option<KillReason>) -> Ended {
        let status = reaped.map(|reaped| match reaped.status {
            Status::Exited(code) => (false, code),
            Status::Signalled(number) => (true, number),
        });
        let (cpu, max_rss) = reaped.map_or_else(Default::default, |reaped| (reaped.cpu, reaped.max_rss));
        Ended { status, cpu, max_rss, killed }
    }

    pub(crate) fn reaped(&self) -> Option<Reaped> {
        let (by_signal, number) = self.status?;
        let status = if by_signal { Status::Signalled(number) } else { Status::Exited(number) };
        Some(Reaped { status, cpu: self.cpu, max_rss: self.max_rss })
    }
}

/// What a look at a tether finds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Heard<T> {
    Nothing,
    Word(T),
    /// The other half is closed, or speaks another language.
    Cut,
}

/// Says it if there is room. One that does not listen gets its due by deadline.
pub(crate) fn say(tether: &OwnedFd, word: &impl Serialize) -> Sent {
    let mut room = [0; WORD];
    match postcard::to_slice(word, &mut room) {
        Ok(_) if short_at("tether") => Sent::Short(libc::ENOBUFS),
        Ok(word) => sending::send_word(tether.as_fd(), word),
        Err(_) => Sent::Never(libc::EMSGSIZE),
    }
}

/// Ends that the system had no memory to tell of. A full tether is none of these: who reads nothing is not waited for.
#[derive(Default)]
pub(crate) struct Untold {
    ends: Vec<Kept>,
    pace: Pace,
}

struct Kept {
    tether: OwnedFd,
    end: Down,
    /// The child through which the command was asked for.
    through: u32,
}

impl Untold {
    pub(crate) fn count(&self, through: u32) -> usize {
        self.ends.iter().filter(|kept| kept.through == through).count()
    }

    fn add(&mut self, tether: OwnedFd, end: Ended, through: u32) {
        self.ends.push(Kept { tether, end: Down::Ended(end), through });
    }

    /// The tethers that are done with, and when the rest is tried again, where that is a new time.
    fn say(
        &mut self,
        now: Instant,
        mut say: impl FnMut(&OwnedFd, &Down) -> Sent,
    ) -> (Vec<OwnedFd>, Option<Instant>) {
        let is_told = |kept: &mut Kept| {
            !matches!(say(&kept.tether, &kept.end), Sent::Short(_)) || removed("word-again")
        };
        let done: Vec<OwnedFd> = self.ends.extract_if(.., is_told).map(|kept| kept.tether).collect();
        if !done.is_empty() {
            self.pace.went(false);
        }
        (done, if self.ends.is_empty() { None } else { self.pace.rest(now) })
    }
}

impl Shared {
    /// The last word on a tether, which is then cut.
    pub(crate) fn say_end(&self, tether: OwnedFd, end: Ended, through: u32) {
        // Nobody hears it any more, and while the end cannot be told it would be found readable at each look.
        if let Some(set) = self.existing_poll_set() {
            fd::epoll_remove(set, tether.as_fd());
        }
        lock(&self.untold).add(tether, end, through);
        self.say_ends(Instant::now());
    }

    pub(crate) fn say_ends(&self, now: Instant) {
        let (done, next) = lock(&self.untold).say(now, say);
        done.into_iter().for_each(|tether| self.hang_up(tether));
        if let Some(next) = next {
            self.set_timer(next, Timer::Ends);
        }
    }
}

/// What the ancestor says.
pub(crate) fn hear<T: for<'de> Deserialize<'de>>(tether: &OwnedFd) -> Heard<T> {
    let mut room = [0; WORD];
    look(|| match fd::receive_packet(tether.as_fd(), &mut room, false)? {
        0 => Ok(Heard::Cut),
        length => Ok(word(room.get(..length))),
    })
}

/// What the asker says, who is not believed: descriptors beside it are received, for the system would take its time to
/// close them.
pub(crate) fn hear_asker<T: for<'de> Deserialize<'de>>(tether: &OwnedFd) -> Heard<T> {
    let mut room = [0; WORD];
    look(|| {
        let came = fd::receive_packet_with(tether.as_fd(), &mut room)?;
        if !came.carried.is_empty() {
            fd::close_apart(came.carried);
            return Ok(Heard::Cut);
        }
        Ok(if came.length == 0 { Heard::Cut } else { word(room.get(..came.length)) })
    })
}

fn look<T>(mut receive: impl FnMut() -> io::Result<Heard<T>>) -> Heard<T> {
    loop {
        return match receive() {
            Ok(heard) => heard,
            // The other half was closed with words of ours unread; what it said comes after that.
            Err(e) if matches!(e.kind(), io::ErrorKind::Interrupted | io::ErrorKind::ConnectionReset) => {
                continue;
            }
            Err(e) if e.kind() == io::ErrorKind::WouldBlock => Heard::Nothing,
            Err(_) => Heard::Cut,
        };
    }
}

/// None is a packet that was longer than the room.
fn word<T: for<'de> Deserialize<'de>>(packet: Option<&[u8]>) -> Heard<T> {
    match packet.map(postcard::take_from_bytes) {
        Some(Ok((word, []))) => Heard::Word(word),
        _ => Heard::Cut,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended() -> Ended {
        let status = Status::Signalled(libc::SIGTERM);
        let reaped = Reaped { status, cpu: Duration::from_millis(3), max_rss: u64::MAX };
        Ended::of(Some(&reaped), Some(KillReason::Stalled))
    }

    #[test]
    fn what_is_said_is_heard_and_then_the_cut() {
        let (asker, ancestor) = fd::packet_pair().expect("a pair");
        let words = [Up::Stop { left_ms: u64::MAX }, Up::Look { token: u32::MAX }];
        assert!(words.iter().all(|word| say(&asker, word) == Sent::Whole));
        say(&ancestor, &Down::Looked { token: u32::MAX, asleep: true });
        say(&ancestor, &Down::Ended(ended()));
        for word in words {
            assert_eq!(hear_asker(&ancestor), Heard::Word(word));
        }
        assert_eq!(hear_asker::<Up>(&ancestor), Heard::Nothing);
        say(&asker, &Up::Look { token: 1 });
        drop(ancestor);
        assert_eq!(hear(&asker), Heard::Word(Down::Looked { token: u32::MAX, asleep: true }));
        assert_eq!(hear(&asker), Heard::Word(Down::Ended(ended())));
        assert_eq!(hear::<Down>(&asker), Heard::Cut);
        assert_eq!(ended().reaped().map(|r| r.max_rss), Some(u64::MAX));
    }

    #[test]
    fn a_cut_asker_still_hears_the_end() {
        let (asker, ancestor) = fd::packet_pair().expect("a pair");
        fd::close_writing(&asker);
        assert_eq!(hear_asker::<Up>(&ancestor), Heard::Cut);
        say(&ancestor, &Down::Ended(ended()));
        assert_eq!(hear(&asker), Heard::Word(Down::Ended(ended())));
    }

    #[test]
    fn an_end_that_the_system_has_no_memory_for_is_told_later() {
        let (asker, ancestor) = fd::packet_pair().expect("a pair");
        let (_other, gone) = fd::packet_pair().expect("a pair");
        let mut untold = Untold::default();
        untold.add(ancestor, ended(), 7);
        let now = Instant::now();
        let short = |_: &OwnedFd, _: &Down| Sent::Short(libc::ENOBUFS);
        let (done, next) = untold.say(now, short);
        assert_eq!((done.len(), next), (0, Some(now + Duration::from_millis(1))));
        untold.add(gone, ended(), 8);
        let (done, next) = untold.say(now, |_, _| Sent::Short(libc::ENOMEM));
        assert_eq!((done.len(), next), (0, None), "its time has been told");
        assert_eq!((untold.count(7), untold.count(8), hear::<Down>(&asker)), (1, 1, Heard::Nothing));
        let (done, next) = untold.say(now, say);
        assert_eq!((done.len(), next, untold.ends.len()), (2, None, 0));
        assert_eq!(hear(&asker), Heard::Word(Down::Ended(ended())));
        drop(done);
        assert_eq!(hear::<Down>(&asker), Heard::Cut);
    }

    #[test]
    fn another_language_is_a_cut() {
        for junk in [&[9][..], &[0], &[1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], &[0; 65], &[1, 0, 0]] {
            let (asker, ancestor) = fd::packet_pair().expect("a pair");
            fd::send_word(asker.as_fd(), junk).expect("there is room");
            assert_eq!(hear_asker::<Up>(&ancestor), Heard::Cut, "{junk:?}");
        }
    }
}
