//! Sockets that a confined process is given by an ancestor: what it asks, what the ancestor checks, and how it answers.
//!
//! The texts are those of the library's calls. A name is looked up by whoever opens, so whether a grant names it is checked
//! where it cannot be changed any more. Not here: how a request travels (`wat_kernel::ask`).

use super::address::{self, Place};
use super::listener::{self, Listening};
use super::stream::Socket;
use super::udp;
use super::wait::{self, Purpose};
use crate::error::{Refusal, Trouble};
use std::os::fd::OwnedFd;
use wat_kernel::ask::{Answer, AskError, Asked};
use wat_kernel::see::Wait;
use wat_kernel::{Authority, Process, Waiter};

/// A connection to an address.
pub const CONNECT: u8 = 1;
/// A listener on an address.
pub const LISTEN: u8 = 2;
/// A socket for datagrams: its own address, LF, its peer's or nothing.
pub const DATAGRAMS: u8 = 3;
/// The places of an address, a line each.
pub const LOOK_UP: u8 = 4;

/// The first byte of an answer.
const DONE: u8 = 0;
const REFUSED: u8 = 1;

/// What was opened, and the text that came with it.
pub fn ask(to: &Purpose, kind: u8, request: &str) -> Result<(Option<OwnedFd>, String), Trouble> {
    let _about = to.waiter.about(if kind == CONNECT { Wait::Connect } else { Wait::Read }, None);
    let answer = match to.waiter.ask(kind, request.as_bytes(), Vec::new(), to.deadline) {
        Ok(answer) => answer,
        Err(AskError::Interrupt(why)) => return Err(wait::woken(why, to.call, to.object)),
        Err(AskError::Late) => return Err(wait::late(to.call, to.object)),
        Err(AskError::System(e)) if e.raw_os_error() == Some(libc::EAGAIN) => {
            return Err(to.refuse("limit", "too many requests to open something are under way").into());
        }
        Err(AskError::System(e)) if e.raw_os_error() == Some(libc::ETOOMANYREFS) => {
            return Err(to.refuse("limit", wat_kernel::ask::CROWDED).into());
        }
        Err(AskError::Starved(text)) => return Err(to.refuse("limit", &text).into()),
        Err(AskError::System(e)) => return Err(Refusal::system(to.call, to.object, &e).into()),
    };
    let (first, text) = answer.bytes.split_first().unwrap_or((&REFUSED, b""));
    let text = String::from_utf8_lossy(text).into_owned();
    if *first == DONE {
        return Ok((answer.carried.into_iter().next(), text));
    }
    let (kind, reason) = text.split_once('\n').unwrap_or(("failed", "the answer cannot be read"));
    Err(to.refuse(crate::error::known(kind), reason).into())
}

/// The same where a descriptor is due.
pub fn ask_descriptor(to: &Purpose, kind: u8, request: &str) -> Result<OwnedFd, Trouble> {
    let (descriptor, _) = ask(to, kind, request)?;
    Ok(descriptor.ok_or_else(|| to.refuse("failed", "the answer came without a descriptor"))?)
}

/// Whether the authority allows what is asked; the answer where it does not.
pub fn permits(asked: &Asked) -> Result<(), Vec<u8>> {
    let checked = match (asked.kind, std::str::from_utf8(asked.bytes)) {
        (_, Err(_)) => Err(refusal("invalid", "the request is no text")),
        (CONNECT, Ok(text)) => may_connect(asked, text),
        (LISTEN, Ok(text)) => may_listen(asked.authority, text),
        (DATAGRAMS, Ok(text)) => match text.split_once('\n') {
            None => Err(refusal("invalid", "the request has no peer")),
            Some((own, "")) => may_listen(asked.authority, own),
            Some((own, peer)) => match address::parse("udp-open", own) {
                // Any port of the system's choice is as good as another.
                Ok(place) if place.port() == Some(0) => may_be_on(&place),
                _ => may_listen(asked.authority, own),
            }
            .and_then(|()| may_connect(asked, peer)),
        },
        (LOOK_UP, Ok(text)) => may_connect(asked, text),
        _ => Err(refusal("unsupported", "no such request is known here")),
    };
    checked.map_err(|refusal| refused(&refusal))
}

fn may_connect(asked: &Asked, text: &str) -> Result<(), Refusal> {
    if let Place::Unix(path) = address::parse("connect", text)?
        && path.components().any(|part| part == std::path::Component::ParentDir)
    {
        // What is above a symbolic link is not what the path says.
        return Err(refusal("invalid", "a path that is asked for has no `..`"));
    }
    let path = |path: &std::path::Path| asked.authority.connects_unix(&asked.directory.join(path));
    if address::granted(text, |host, port| asked.authority.connects(host, port), path) {
        return Ok(());
    }
    Err(refusal("permission-denied", "permission denied"))
}

fn may_listen(authority: &Authority, text: &str) -> Result<(), Refusal> {
    let place = address::parse("listen", text)?;
    may_be_on(&place)?;
    match place.port() {
        Some(port) if authority.listens(port) => Ok(()),
        _ => Err(refusal("permission-denied", "permission denied")),
    }
}

/// An address of one's own is one of the machine's: to look up a name for it would tell a name server something.
fn may_be_on(place: &Place) -> Result<(), Refusal> {
    match place {
        Place::Ip(..) => Ok(()),
        Place::Name(host, _) if host.eq_ignore_ascii_case("localhost") => Ok(()),
        Place::Name(..) => {
            Err(refusal("permission-denied", "a process with grants listens on addresses, not names"))
        }
        Place::Unix(_) => Err(refusal("permission-denied", "no grant is for listening on a path")),
    }
}

fn refusal(kind: &'static str, reason: &str) -> Refusal {
    Refusal::new(kind, "", "", reason)
}

fn refused(refusal: &Refusal) -> Vec<u8> {
    let mut text = vec![REFUSED];
    text.extend(format!("{}\n{}", refusal.kind, refusal.reason).bytes());
    text.truncate(wat_kernel::ask::LONGEST_ANSWER);
    text
}

/// Does what is asked and permitted.
pub fn open(asked: &Asked, process: &Process, waiter: &Waiter) -> Answer {
    let text = String::from_utf8_lossy(asked.bytes);
    match opened(asked, &text, waiter) {
        Ok((carried, text)) => {
            let bytes = [&[DONE], text.as_bytes()].concat();
            Answer { bytes, carried: carried.into_iter().collect() }
        }
        Err(Trouble::Refused(refusal)) => {
            // The limit is this process's, and not the asker's.
            let starved = crate::error::reason(&std::io::Error::from_raw_os_error(libc::EMFILE));
            let refusal = match refusal.reason == starved {
                true => Refusal { reason: wat_kernel::ask::starved(process.boot()), ..refusal },
                false => refusal,
            };
            Answer { bytes: refused(&refusal), carried: Vec::new() }
        }
        // Nobody waits any more.
        Err(Trouble::Halt(_)) => Answer::default(),
    }
}

fn opened(asked: &Asked, text: &str, waiter: &Waiter) -> Result<(Option<OwnedFd>, String), Trouble> {
    let purpose = |call, object| Purpose { waiter, call, object, deadline: None };
    let descriptor = match asked.kind {
        CONNECT => Socket::open(&purpose("connect", text), strict(asked.authority))?.into(),
        LISTEN => match &listener::bind_to(&purpose("listen", text))? {
            Listening::Tcp(socket) => {
                socket.try_clone().map_err(|e| Refusal::system("listen", text, &e))?.into()
            }
            Listening::Unix(..) => return Err(refusal("unsupported", "no path is listened on").into()),
        },
        DATAGRAMS => {
            let (own, peer) = text.split_once('\n').unwrap_or((text, ""));
            udp::bind_to(&purpose("udp-open", own), peer)?.into()
        }
        _ => {
            let address::Address::Inet(places) = address::resolve(&purpose("connect", text))? else {
                return Err(refusal("invalid", "a path has no addresses").into());
            };
            let lines: Vec<String> = places.iter().map(ToString::to_string).collect();
            return Ok((None, lines.join("\n")));
        }
    };
    Ok((Some(descriptor), String::new()))
}

/// One that may change files somewhere could put a symbolic link in the way to a socket.
fn strict(asker: &Authority) -> bool {
    asker.grants().iter().any(|grant| matches!(grant, wat_kernel::Grant::Write(_)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;
    use wat_kernel::Grant;

    fn allowed(kind: u8, request: &str) -> bool {
        let grants = vec![
            Grant::Connect(Some("db".into()), Some(5432)),
            Grant::ConnectUnix("/run/x".into()),
            Grant::Listen(8080),
        ];
        let authority = Authority::of(grants, true);
        let bytes = request.as_bytes();
        permits(&Asked { kind, bytes, authority: &authority, directory: Path::new("/run") }).is_ok()
    }

    #[test]
    fn only_what_a_grant_names_is_opened() {
        for (kind, request) in [
            (CONNECT, "db:5432"),
            (CONNECT, "DB:5432"),
            (CONNECT, "unix:/run/x"),
            (CONNECT, "unix:x"),
            (LISTEN, "127.0.0.1:8080"),
            (LISTEN, "localhost:8080"),
            (DATAGRAMS, "0.0.0.0:0\ndb:5432"),
            (DATAGRAMS, "0.0.0.0:8080\n"),
            (LOOK_UP, "db:5432"),
        ] {
            assert!(allowed(kind, request), "{kind} {request}");
        }
        for (kind, request) in [
            (CONNECT, "db:80"),
            (CONNECT, "web:5432"),
            (CONNECT, "db"),
            (CONNECT, "db:5432:5432"),
            (CONNECT, ""),
            (CONNECT, "unix:/run/y"),
            (CONNECT, "unix:/run/../etc/x"),
            (CONNECT, "unix:/run/link/../x"),
            (LISTEN, "127.0.0.1:8081"),
            (LISTEN, "told.to.a.server:8080"),
            (LISTEN, "unix:/run/x"),
            (DATAGRAMS, "0.0.0.0:0\n"),
            (DATAGRAMS, "0.0.0.0:0\nweb:5432"),
            (DATAGRAMS, "0.0.0.0:9\ndb:5432"),
            (DATAGRAMS, "told.to.a.server:0\ndb:5432"),
            (DATAGRAMS, "0.0.0.0:0"),
            (LOOK_UP, "web:5432"),
            (99, "db:5432"),
        ] {
            assert!(!allowed(kind, request), "{kind} {request}");
        }
    }
}
