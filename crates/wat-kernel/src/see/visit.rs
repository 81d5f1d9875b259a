//! The asking side of the door: finding a tree, making sure that it is the one, asking. Runs in a process of its own,
//! which is no part of any tree.

use super::door::{LAST, MORE, NO, Request, name};
use super::sight::{self, MAX_ANSWER, PIECE, Sight};
use super::tap::{Tapped, Wanted};
use crate::mutation::removed;
use crate::sys::{fd, process, unix};
use std::fmt;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::time::{Duration, Instant};

/// What a tree may take beyond the time it was given for its answer.
const SLACK: Duration = Duration::from_secs(2);

/// A connection to the root of a tree.
pub struct Visit {
    pid: i32,
    socket: OwnedFd,
}

/// Why a tree cannot be looked at.
#[derive(Debug)]
pub enum VisitError {
    /// No root of a tree has this pid.
    NoTree {
        pid: i32,
    },
    /// Another process has taken the name that belongs to this pid.
    Foreign {
        pid: i32,
        holder: i32,
    },
    /// It closed the door: it belongs to somebody else, or has just ended.
    Closed {
        pid: i32,
    },
    /// It did not answer within the time: it is suspended, or has no time to run.
    Silent {
        pid: i32,
        after: Duration,
    },
    /// It answered that it will not.
    Refused {
        pid: i32,
        why: String,
    },
    /// It answered what is none.
    Malformed {
        pid: i32,
    },
    System {
        pid: i32,
        error: io::Error,
    },
}

impl fmt::Display for VisitError {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            VisitError::NoTree { pid } => write!(f, "process {pid} is not the root of a tree"),
            VisitError::Foreign { pid, holder } => {
                write!(f, "process {holder} answers in the place of {pid}; nothing it says is believed")
            }
            VisitError::Closed { pid } => {
                write!(
                    f,
                    "the tree of {pid} closed the door: only its own user and root may look, and it may have ended"
                )
            }
            VisitError::Silent { pid, after } => {
                let seconds = after.as_secs_f64();
                write!(f, "the tree of {pid} did not answer within {seconds:.1} s: its root may be suspended")
            }
            VisitError::Refused { pid, why } => write!(f, "the tree of {pid} answered: {why}"),
            VisitError::Malformed { pid } => write!(f, "the tree of {pid} answered what is no answer"),
            VisitError::System { pid, error } => write!(f, "ask the tree of {pid}: {error}"),
        }
    }
}

impl std::error::Error for VisitError {}

/// The pids and users of the trees whose doors are open here, in order.
pub fn trees() -> io::Result<Vec<(i32, u32)>> {
    let mut found: Vec<(i32, u32)> =
        std::fs::read_to_string("/proc/net/unix")?.lines().filter_map(listed).collect();
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// The pid and user that a line of the kernel's list of sockets names, if it is a listening door.
fn listed(line: &str) -> Option<(i32, u32)> {
    const LISTENING: &str = "00010000";
    let mut words = line.split_ascii_whitespace();
    if words.nth(3)? != LISTENING {
        return None;
    }
    let (user, pid) = words.last()?.strip_prefix("@wat-tree/")?.split_once('/')?;
    Some((pid.parse().ok()?, user.parse().ok()?))
}

impl Visit {
    /// Goes to the root of that pid and user, and makes sure that it is the one who listens.
    pub fn new(pid: i32, user: u32) -> Result<Visit, VisitError> {
        let end = Instant::now() + SLACK;
        let socket = loop {
            match unix::connect(&name(user, pid)) {
                Ok(socket) => break socket,
                Err(e) if e.raw_os_error() == Some(libc::ECONNREFUSED) => {
                    return Err(VisitError::NoTree { pid });
                }
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => {
                    if Instant::now() >= end {
                        return Err(VisitError::Silent { pid, after: SLACK });
                    }
                    std::thread::sleep(Duration::from_millis(10));
                }
                Err(error) => return Err(VisitError::System { pid, error }),
            }
        };
        let holder = unix::peer(socket.as_fd()).map_err(|error| VisitError::System { pid, error })?;
        if (holder.pid, holder.uid) != (pid, user) && !removed("visit-credentials") {
            return Err(VisitError::Foreign { pid, holder: holder.pid });
        }
        Ok(Visit { pid, socket })
    }

    pub fn pid(&self) -> i32 {
        self.pid
    }

    /// All that is to be seen, the root first; who does not answer within the time is shown as such.
    pub fn look(&mut self, within: Duration) -> Result<Vec<Sight>, VisitError> {
        let within_ms = u32::try_from(within.as_millis()).unwrap_or(u32::MAX);
        self.ask(&Request::Look { within_ms })?;
        let answer = self.answer(within + SLACK)?;
        sight::decode(&answer, "/").map_err(|_| VisitError::Malformed { pid: self.pid })
    }

    /// Gives each value that passes between the node at the path and its parent to `each`, until that answers false or
    /// the tap ends: then why it did.
    pub fn tap(
        &mut self,
        path: &str,
        wanted: Wanted,
        mut each: impl FnMut(Tapped) -> bool,
    ) -> Result<Option<String>, VisitError> {
        self.ask(&Request::Tap { path: path.to_string(), wanted })?;
        let mut packet = vec![0; PIECE + 1];
        loop {
            let (_, piece) = self.packet(&mut packet, None)?;
            match Tapped::decode(piece) {
                Some(Tapped::Ended(why)) => return Ok(Some(why)),
                Some(tapped) => {
                    if !each(tapped) {
                        return Ok(None);
                    }
                }
                None => return Err(VisitError::Malformed { pid: self.pid }),
            }
        }
    }

    /// The nodes at that path and below log no events below the level; 0 leaves it to their setting.
    pub fn set_log_level(&mut self, path: &str, level: u8) -> Result<(), VisitError> {
        self.ask(&Request::Level { path: path.to_string(), level })?;
        self.answer(SLACK).map(drop)
    }

    fn ask(&self, request: &Request) -> Result<(), VisitError> {
        fd::send_packet(self.socket.as_fd(), &request.encode(), &[], false)
            .map_err(|error| self.failed(error))
    }

    fn answer(&self, within: Duration) -> Result<Vec<u8>, VisitError> {
        let end = Instant::now() + within;
        let mut packet = vec![0; PIECE + 1];
        let mut answer = Vec::new();
        loop {
            let (last, piece) = self.packet(&mut packet, Some((end, within)))?;
            if answer.len() + piece.len() > MAX_ANSWER {
                return Err(VisitError::Malformed { pid: self.pid });
            }
            answer.extend_from_slice(piece);
            if last {
                return Ok(answer);
            }
        }
    }

    /// The next packet: whether it is the last of an answer, and its piece. `end` comes with the time it ends.
    fn packet<'a>(
        &self,
        buffer: &'a mut [u8],
        end: Option<(Instant, Duration)>,
    ) -> Result<(bool, &'a [u8]), VisitError> {
        let length = loop {
            let left = end.map(|(end, _)| end.saturating_duration_since(Instant::now()));
            let mut entries = [fd::interest(self.socket.as_fd(), libc::POLLIN)];
            match fd::poll(&mut entries, left) {
                Ok(0) => {
                    let after = end.map_or(Duration::ZERO, |(_, time)| time);
                    return Err(VisitError::Silent { pid: self.pid, after });
                }
                Ok(_) => {}
                Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(self.failed(error)),
            }
            match fd::receive_packet(self.socket.as_fd(), buffer, false) {
                Err(e) if matches!(e.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => {}
                Err(error) => return Err(self.failed(error)),
                Ok(length) => break length,
            }
        };
        match buffer.get(..length).map(<[u8]>::split_first) {
            Some(None) => Err(VisitError::Closed { pid: self.pid }),
            Some(Some((&kind @ (MORE | LAST), piece))) => Ok((kind == LAST, piece)),
            Some(Some((&NO, why))) => {
                let why = String::from_utf8_lossy(why).into_owned();
                Err(VisitError::Refused { pid: self.pid, why })
            }
            _ => Err(VisitError::Malformed { pid: self.pid }),
        }
    }

    fn failed(&self, error: io::Error) -> VisitError {
        match error.raw_os_error() {
            Some(libc::EPIPE | libc::ECONNRESET) => VisitError::Closed { pid: self.pid },
            _ => VisitError::System { pid: self.pid, error },
        }
    }
}

/// The user whose trees are looked for where nobody says another.
pub fn own_user() -> u32 {
    process::user()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doors_are_found_in_the_list_of_sockets() {
        let line = "0000000000000000: 00000002 00000000 00010000 0005 01 9000 @wat-tree/1000/42";
        assert_eq!(listed(line), Some((42, 1000)));
        for other in [
            "Num       RefCount Protocol Flags    Type St Inode Path",
            "0000000000000000: 00000003 00000000 00000000 0005 03 9001 @wat-tree/1000/42",
            "0000000000000000: 00000002 00000000 00010000 0005 01 9000 @wat-tree/1000/x",
            "0000000000000000: 00000002 00000000 00010000 0005 01 9000",
            "",
        ] {
            assert_eq!(listed(other), None, "{other}");
        }
    }
}
