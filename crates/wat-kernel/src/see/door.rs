//! The door at the root: a listener in the abstract namespace, named after user and pid, so that nothing is left behind
//! on a disk. Only the same user and root come in; they are few, each with one question at a time, and one that is slow
//! or talks nonsense is shown out. The warden alone works here, and never waits.

use super::sight::PIECE;
use super::tap::{ROOM, Wanted};
use crate::mutation::removed;
use crate::sys::{fd, process, unix};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::time::{Duration, Instant};

/// Visitors at once. One more takes the place of whoever has been idle longest.
const MOST: usize = 8;
/// How long a visitor may be idle, or leave its answer unread.
const IDLE: Duration = Duration::from_secs(30);
/// For how long it lets nobody in when no descriptor is free.
const REST: Duration = Duration::from_millis(100);
/// What a queued packet takes beside its bytes.
const KEEPING: usize = 64;
/// Bytes of a question.
const LONGEST_QUESTION: usize = 8 * 1024;
/// The version of what is spoken here: another's visitor is told so.
pub(crate) const VERSION: u8 = 1;

/// First byte of every packet to a visitor.
pub(crate) const MORE: u8 = 0;
pub(crate) const LAST: u8 = 1;
pub(crate) const NO: u8 = 2;

/// What a visitor may ask.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Request {
    /// All that is to be seen of the tree, as far as it answers within the time.
    Look { within_ms: u32 },
    /// Copies of what passes between the node at the path and its parent, until the visitor leaves.
    Tap { path: String, wanted: Wanted },
    /// The least level of events that is logged at that path and below; 0 leaves it to their setting.
    Level { path: String, level: u8 },
}

impl Request {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut bytes = vec![VERSION];
        bytes.extend(postcard::to_stdvec(self).expect("a vector grows to hold any request"));
        bytes
    }

    fn decode(bytes: &[u8]) -> Result<Request, &'static str> {
        match bytes.split_first() {
            Some((&VERSION, rest)) => match postcard::take_from_bytes(rest) {
                Ok((request, [])) => Ok(request),
                _ => Err("that is no question"),
            },
            _ => Err("this tree is of another version of wat"),
        }
    }
}

/// The name of a process's door.
pub(crate) fn name(user: u32, pid: i32) -> String {
    format!("wat-tree/{user}/{pid}")
}

pub(crate) struct Door {
    listener: OwnedFd,
    user: u32,
    visitors: Vec<Visitor>,
    count: u64,
    /// Until when nobody is let in: the system had no room for another.
    rests: Option<Instant>,
}

struct Visitor {
    id: u64,
    socket: OwnedFd,
    /// Packets on their way to it.
    queue: VecDeque<Vec<u8>>,
    queued: usize,
    /// Has it asked something that is not answered yet?
    asked: bool,
    /// Is it answered without an end? Then it may be idle for as long as it likes.
    streams: bool,
    until: Instant,
}

impl Door {
    /// Opens this process's door. Where somebody holds the name already there is none.
    pub(crate) fn open() -> io::Result<Door> {
        let user = process::user();
        let listener = unix::listen(&name(user, process::id()), MOST as i32)?;
        Ok(Door { listener, user, visitors: Vec::new(), count: 0, rests: None })
    }

    /// What to poll for: the listener, then each visitor.
    pub(crate) fn interests(&self, into: &mut Vec<libc::pollfd>) {
        into.push(match self.rests {
            Some(_) => libc::pollfd { fd: -1, events: 0, revents: 0 },
            None => fd::interest(self.listener.as_fd(), libc::POLLIN),
        });
        for visitor in &self.visitors {
            let events = match (visitor.queue.is_empty(), visitor.asked) {
                (false, _) => libc::POLLOUT,
                (true, false) => libc::POLLIN,
                // Its next question is read once this one is answered; that it has gone is told anyway.
                (true, true) => 0,
            };
            into.push(fd::interest(visitor.socket.as_fd(), events));
        }
    }

    /// When somebody's patience ends, or its own rest.
    pub(crate) fn next(&self) -> Option<Instant> {
        let impatient = self.visitors.iter().filter(|visitor| !visitor.is_content());
        impatient.map(|visitor| visitor.until).chain(self.rests).min()
    }

    /// Works off what a poll over [`Door::interests`] found: the questions that came, and who has gone.
    pub(crate) fn turn(&mut self, found: &[libc::pollfd], now: Instant) -> Came {
        let mut came = Came::default();
        self.rests = self.rests.filter(|until| *until > now);
        let (listener, visitors) = found.split_first().expect("the listener is polled");
        let mut events = visitors.iter();
        self.visitors.retain_mut(|visitor| {
            let happened = events.next().map_or(0, |entry| entry.revents);
            let in_time = visitor.until > now || visitor.is_content();
            let stays = in_time && visitor.turn(happened, now, &mut came.questions);
            if !stays {
                came.gone.push(visitor.id);
            }
            stays
        });
        if listener.revents != 0 {
            self.let_in(now, &mut came);
        }
        came
    }

    fn let_in(&mut self, now: Instant, came: &mut Came) {
        // Bounded, so that a crowd cannot keep the warden here.
        for _ in 0..MOST {
            let socket = match unix::accept(self.listener.as_fd()) {
                Ok(socket) => socket,
                Err(e) if matches!(e.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => {
                    return;
                }
                // Whoever knocks is told of at each look until there is room.
                Err(_) => {
                    self.rests = (!removed("door-rest")).then(|| now + REST);
                    return;
                }
            };
            let allowed = unix::peer(socket.as_fd()).is_ok_and(|who| who.uid == self.user || who.uid == 0)
                || removed("door-credentials");
            if !allowed {
                continue;
            }
            if self.visitors.len() >= MOST {
                let idle =
                    self.visitors.iter().position(|visitor| !visitor.asked && visitor.queue.is_empty());
                // All of them are being served: the newcomer is too many.
                let Some(idle) = idle else { continue };
                came.gone.push(self.visitors.remove(idle).id);
            }
            self.count += 1;
            let until = now + IDLE;
            self.visitors.push(Visitor {
                id: self.count,
                socket,
                queue: VecDeque::new(),
                queued: 0,
                asked: false,
                streams: false,
                until,
            });
        }
    }

    /// The whole answer to a visitor's question.
    pub(crate) fn answer(&mut self, visitor: u64, bytes: &[u8], now: Instant) {
        let Some(visitor) = self.visitors.iter_mut().find(|v| v.id == visitor) else { return };
        visitor.asked = false;
        visitor.until = now + IDLE;
        let mut pieces = bytes.chunks(PIECE).peekable();
        while let Some(piece) = pieces.next() {
            let kind = if pieces.peek().is_some() { MORE } else { LAST };
            visitor.add(kind, piece);
        }
        visitor.push();
    }

    /// Why there is no answer.
    pub(crate) fn refuse(&mut self, visitor: u64, why: &str) {
        let Some(visitor) = self.visitors.iter_mut().find(|v| v.id == visitor) else { return };
        visitor.asked = false;
        visitor.add(NO, why.as_bytes());
        visitor.push();
    }

    /// Is there room for more of a stream?
    pub(crate) fn has_room(&self, visitor: u64) -> bool {
        self.visitors.iter().find(|v| v.id == visitor).is_some_and(|v| v.queued < ROOM)
    }

    /// A piece of an answer without an end, or its last.
    pub(crate) fn stream(&mut self, visitor: u64, piece: &[u8], last: bool, now: Instant) {
        let Some(visitor) = self.visitors.iter_mut().find(|v| v.id == visitor) else { return };
        if visitor.queue.is_empty() {
            visitor.until = now + IDLE;
        }
        visitor.streams = !last;
        visitor.asked = !last;
        visitor.add(if last { LAST } else { MORE }, piece);
        visitor.push();
    }
}

/// What a turn at the door brought.
#[derive(Default)]
pub(crate) struct Came {
    pub(crate) questions: Vec<(u64, Request)>,
    pub(crate) gone: Vec<u64>,
}

impl Visitor {
    /// False when it is to be shown out.
    fn turn(&mut self, events: libc::c_short, now: Instant, questions: &mut Vec<(u64, Request)>) -> bool {
        if events & libc::POLLOUT != 0 {
            // There is room because it has read something.
            self.until = now + IDLE;
            if !self.push() {
                return false;
            }
        }
        if events & libc::POLLIN != 0 && self.queue.is_empty() && !self.asked {
            let mut packet = [0; LONGEST_QUESTION];
            let length = match fd::receive_packet(self.socket.as_fd(), &mut packet, false) {
                Ok(0) => return false,
                Ok(length) if length <= packet.len() => length,
                Err(e) if matches!(e.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => {
                    return true;
                }
                _ => return false,
            };
            match Request::decode(&packet[..length]) {
                Ok(request) => {
                    self.asked = true;
                    // Until the first value there is nothing to leave unread.
                    self.streams = matches!(request, Request::Tap { .. });
                    self.until = now + IDLE;
                    questions.push((self.id, request));
                }
                Err(why) => {
                    self.add(NO, why.as_bytes());
                    self.push();
                }
            }
            return true;
        }
        events & (libc::POLLHUP | libc::POLLERR) == 0
    }

    /// Watches a stream, and has taken all that there was.
    fn is_content(&self) -> bool {
        self.streams && self.queue.is_empty()
    }

    fn add(&mut self, kind: u8, piece: &[u8]) {
        self.queued += piece.len() + KEEPING;
        self.queue.push_back([&[kind][..], piece].concat());
    }

    /// Sends what goes now. False when nobody takes it any more.
    fn push(&mut self) -> bool {
        while let Some(packet) = self.queue.front() {
            match fd::send_packet(self.socket.as_fd(), packet, &[], false) {
                Ok(()) => {
                    self.queued -= packet.len() - 1 + KEEPING;
                    self.queue.pop_front();
                }
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => return true,
                Err(_) => return false,
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_survives_the_journey() {
        let request = Request::Look { within_ms: 900 };
        assert_eq!(Request::decode(&request.encode()), Ok(request));
    }

    #[test]
    fn nonsense_is_no_question() {
        let good = Request::Look { within_ms: 900 }.encode();
        for end in 0..good.len() {
            assert!(Request::decode(&good[..end]).is_err());
        }
        assert!(Request::decode(&[&good[..], &[0]].concat()).is_err());
        assert!(Request::decode(&[VERSION + 1, 0, 0]).is_err());
        for byte in 0..=255 {
            let _ = Request::decode(&[VERSION, byte, byte, byte]);
        }
    }
}
