//! Asking up: what a confined process may have but cannot do itself is done by the nearest ancestor that can.
//!
//! A thread asks by [`Waiter::ask`]`(kind, bytes, descriptors)` and is answered bytes and descriptors. The request goes over
//! the control socket to the parent, whose warden asks its own [`Opener`] whether the authority that *it* gave this child
//! allows it; what the child says of itself counts for nothing. A parent that is confined too passes the request on, by
//! a number of its own, and is held to its own authority by the next; one that is not has a thread of its own do it
//! ([`Opener::open`]). The answer comes down the same way, and reaches the thread that asked.
//!
//! Each request has one answer, a given-up one too, and neither is lost on the way: what cannot be sent now is tried again,
//! and where its descriptors cannot be sent at all the asker is told why. What is under way is bounded, per child and per
//! process: more is refused with `EAGAIN`, if the child takes that at once; of one whose process keeps to these rules
//! nothing ever is. Who gives up, by a stop, a deadline or its end, has the work ended wherever it is.
//!
//! To add a kind: a number in the library's opener, a check in `permits`, the work in `open`. Larger things than fit a
//! packet travel through a descriptor. A request carries pipes and files, never sockets: to close one of a hostile child's can
//! take as long as it likes.
//!
//! Not here: what a kind is, or how anything is opened.

mod answers;
mod pending;
mod worker;

pub(crate) use pending::{Asks, Request};

use crate::authority::Authority;
use crate::boot::Boot;
use crate::channel::Receiver;
use crate::process::Process;
use crate::shared::Shared;
use crate::waiter::{Interrupt, Waiter};
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

/// Bytes of a request.
pub const LONGEST_REQUEST: usize = 32 * 1024;
/// Bytes of an answer.
pub const LONGEST_ANSWER: usize = 7 * 1024;
/// `ETOOMANYREFS`, in words.
pub const CROWDED: &str = "too many descriptors of this user are on their way between processes";

/// What is done for children that ask, and for whom. One for each process, given at its start.
pub trait Opener: Send + Sync {
    /// Does the asker's authority allow it? Else the answer that it gets. Called on the warden's thread: it neither waits
    /// nor panics, whatever the bytes.
    fn permits(&self, asked: &Asked) -> Result<(), Vec<u8>>;

    /// Does it, on a thread of its own. A kill of the waiter means that nobody waits for the answer.
    fn open(&self, asked: &Asked, carried: Vec<OwnedFd>, process: &Process, waiter: &Waiter) -> Answer;
}

/// A request, as it has come from a child.
pub struct Asked<'a> {
    pub kind: u8,
    pub bytes: &'a [u8],
    /// What the child was given by this process.
    pub authority: &'a Authority,
    /// Where relative paths lead from: the same in the whole tree.
    pub directory: &'a Path,
}

/// What was asked for.
#[derive(Debug, Default)]
pub struct Answer {
    /// At most [`LONGEST_ANSWER`].
    pub bytes: Vec<u8>,
    /// At most four.
    pub carried: Vec<OwnedFd>,
}

/// Why there is no answer.
#[derive(Debug)]
pub enum AskError {
    Interrupt(Interrupt),
    /// The deadline has passed.
    Late,
    /// A process on the way, or this one, had no descriptor free for what was sent: which, and its limit.
    Starved(String),
    /// It got as far as nobody: too many requests are under way, or the system lacks something.
    System(io::Error),
}

/// A request under way; dropped before its answer, it is given up.
pub struct Asking {
    token: u32,
    shared: Arc<Shared>,
    answer: Receiver<Reply>,
}

/// What came down for one request.
pub(crate) struct Reply {
    pub(crate) errno: u32,
    pub(crate) answer: Answer,
}

impl Reply {
    pub(crate) fn refusal(errno: i32) -> Reply {
        Reply { errno: errno as u32, answer: Answer::default() }
    }

    /// What was sent has found no room in the process with this record.
    pub(crate) fn starved(boot: &Boot) -> Reply {
        let answer = Answer { bytes: starved(boot).into_bytes(), carried: Vec::new() };
        Reply { errno: libc::EMFILE as u32, answer }
    }

    /// Of a size that the asker has room for.
    fn of(answer: Answer) -> Reply {
        let fits =
            answer.bytes.len() <= LONGEST_ANSWER && answer.carried.len() <= crate::sys::fd::MOST_CARRIED;
        if fits { Reply { errno: 0, answer } } else { Reply::refusal(libc::EMSGSIZE) }
    }
}

/// That no descriptor is free in the process with this record, which is the calling one, in words for whoever asked it.
pub fn starved(boot: &Boot) -> String {
    let limit = crate::sys::process::limit(libc::RLIMIT_NOFILE).map_or(0, |(soft, _)| soft);
    format!("no descriptor is free in the process {}: RLIMIT_NOFILE is {limit} there", boot.path)
}

impl Waiter {
    /// Does this process open what it may have itself? The root and whoever has the user's own authority do; all others
    /// ask.
    pub fn opens_itself(&self) -> bool {
        opens_itself(self.shared().boot())
    }

    /// Asks, and waits for the answer.
    pub fn ask(
        &self,
        kind: u8,
        bytes: &[u8],
        carried: Vec<OwnedFd>,
        deadline: Option<Instant>,
    ) -> Result<Answer, AskError> {
        self.begin_ask(kind, bytes, carried).map_err(AskError::System)?.wait(self, deadline)
    }

    /// Asks. What is carried is closed here once it has been sent.
    pub fn begin_ask(&self, kind: u8, bytes: &[u8], carried: Vec<OwnedFd>) -> io::Result<Asking> {
        let shared = self.shared();
        if bytes.len() > LONGEST_REQUEST || carried.len() > crate::sys::fd::MOST_CARRIED {
            return Err(io::Error::from_raw_os_error(libc::EMSGSIZE));
        }
        if carried.iter().any(|fd| crate::sys::fd::is_socket(fd.as_fd())) {
            return Err(io::Error::from_raw_os_error(libc::EINVAL));
        }
        if shared.control().is_none() {
            return Err(io::Error::from_raw_os_error(libc::ENOSYS));
        }
        let (token, answer) = shared.asks.begin(kind, bytes, carried);
        shared.send_asks();
        Ok(Asking { token, shared: shared.clone(), answer })
    }
}

impl Asking {
    /// Waits for the answer; a stop of the thread ends the wait.
    pub fn wait(&self, waiter: &Waiter, deadline: Option<Instant>) -> Result<Answer, AskError> {
        match self.answer.receive_until(waiter, deadline) {
            Err(why) => Err(AskError::Interrupt(why)),
            Ok(None) => Err(AskError::Late),
            Ok(Some(Some(Reply { errno: 0, answer }))) => Ok(answer),
            Ok(Some(Some(Reply { errno, answer }))) if errno == libc::EMFILE as u32 => {
                Err(AskError::Starved(String::from_utf8_lossy(&answer.bytes).into_owned()))
            }
            Ok(Some(Some(Reply { errno, .. }))) => {
                Err(AskError::System(io::Error::from_raw_os_error(errno as i32)))
            }
            // It has been taken before.
            Ok(Some(None)) => Err(AskError::System(io::Error::from_raw_os_error(libc::ECANCELED))),
        }
    }

    /// The answer, to wait for it among other things.
    pub fn source(&self) -> crate::select::Source<'_> {
        crate::select::Source::Channel(&self.answer)
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        self.shared.asks.give_up(self.token);
        self.shared.send_asks();
    }
}

pub(crate) fn opens_itself(boot: &Boot) -> bool {
    boot.authority.is_whole() || boot.confines.opens
}
