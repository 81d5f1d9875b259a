//! A connection: bytes both ways, with a buffer of what has been read and not been asked for.

use super::address::{self, Address};
use super::opening;
use super::wait::{self, Purpose};
use super::wire::Wire;
use crate::error::{Refusal, Trouble};
use rustix::fs::{CWD, Mode, OFlags, ResolveFlags, openat2};
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType, socket_with};
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use wat_edn::{Framer, Limits, Next};
use wat_kernel::Waiter;
use wat_runtime::codec;
use wat_runtime::desc::DescRef;
use wat_runtime::handles::Handle;
use wat_runtime::heap::Mem;

/// Bytes asked of the system at once.
const CHUNK: usize = 16 << 10;
/// Nesting of a value read.
const DEPTH: usize = 256;

pub enum Socket {
    Tcp(TcpStream),
    Unix(UnixStream),
}

impl AsFd for Socket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Socket::Tcp(socket) => socket.as_fd(),
            Socket::Unix(socket) => socket.as_fd(),
        }
    }
}

impl Socket {
    /// A connection to the first place of the address that takes one.
    pub fn connect(to: &Purpose) -> Result<Socket, Trouble> {
        let Purpose { waiter, object: text, .. } = *to;
        // Checked again by whoever opens it; here it is told which grant is lacking.
        let authority = waiter.authority();
        if !address::granted(
            text,
            |host, port| authority.connects(host, port),
            |at| authority.connects_unix(&waiter.place(at)),
        ) {
            let refusal = Refusal::new("permission-denied", to.call, text, "permission denied");
            return Err(refusal.granting(waiter, || address::connecting(text)).into());
        }
        if waiter.opens_itself() {
            return Socket::open(to, false);
        }
        let given = opening::ask_descriptor(to, opening::CONNECT, text)?;
        Ok(if text.starts_with("unix:") { Socket::Unix(given.into()) } else { Socket::Tcp(given.into()) })
    }

    /// The same by this process itself; `strict` follows no symbolic link to a socket's path.
    pub fn open(to: &Purpose, strict: bool) -> Result<Socket, Trouble> {
        let Purpose { waiter, object: text, deadline, .. } = *to;
        match address::resolve(to)? {
            Address::Unix(path) => {
                let failed = |e: io::Error| Refusal::system("connect", text, &e);
                // A socket is found by its inode, where no link can be put in the way any more.
                let found = if strict { Some(plainly(&path).map_err(failed)?) } else { None };
                let path =
                    found.as_ref().map_or(path, |fd| format!("/proc/self/fd/{}", fd.as_raw_fd()).into());
                let fd = socket(AddressFamily::UNIX).map_err(failed)?;
                let target = SocketAddrUnix::new(&path).map_err(|e| failed(e.into()))?;
                loop {
                    match rustix::net::connect(&fd, &target) {
                        Ok(()) => break,
                        // Its queue is full; there is no event for when it no longer is.
                        Err(rustix::io::Errno::AGAIN) => wait::pause(waiter, deadline, "connect", text)?,
                        Err(rustix::io::Errno::INTR) => {}
                        Err(e) => return Err(failed(e.into()).into()),
                    }
                }
                Ok(Socket::Unix(fd.into()))
            }
            Address::Inet(addresses) => {
                let mut last = None;
                for address in addresses {
                    match connect(waiter, address, deadline, text) {
                        Ok(fd) => return Ok(Socket::Tcp(fd.into())),
                        Err(Trouble::Refused(why)) if why.kind != "stopped" => last = Some(why),
                        Err(other) => return Err(other),
                    }
                }
                Err(last.expect("an address has at least one place").into())
            }
        }
    }

    pub fn read(&self, into: &mut [u8]) -> io::Result<usize> {
        match self {
            Socket::Tcp(socket) => (&*socket).read(into),
            Socket::Unix(socket) => (&*socket).read(into),
        }
    }

    pub fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Socket::Tcp(socket) => (&*socket).write(bytes),
            Socket::Unix(socket) => (&*socket).write(bytes),
        }
    }

    pub fn shutdown(&self, how: Shutdown) -> io::Result<()> {
        match self {
            Socket::Tcp(socket) => socket.shutdown(how),
            Socket::Unix(socket) => socket.shutdown(how),
        }
    }

    /// Ends in a way that the peer cannot take for a good end.
    pub fn abort(&self) {
        if let Socket::Tcp(socket) = self {
            // Where it cannot be, the end is an ordinary one.
            let _ = rustix::net::sockopt::set_socket_linger(socket, Some(std::time::Duration::ZERO));
        }
    }

    /// What every connection is: without waits of its own, its small writes sent at once.
    pub fn settle(&self) -> io::Result<()> {
        match self {
            Socket::Tcp(socket) => {
                socket.set_nonblocking(true)?;
                socket.set_nodelay(true)
            }
            Socket::Unix(socket) => socket.set_nonblocking(true),
        }
    }
}

impl From<Socket> for OwnedFd {
    fn from(socket: Socket) -> OwnedFd {
        match socket {
            Socket::Tcp(socket) => socket.into(),
            Socket::Unix(socket) => socket.into(),
        }
    }
}

/// What is at the path, on a way without symbolic links.
fn plainly(path: &Path) -> io::Result<OwnedFd> {
    let flags = OFlags::PATH | OFlags::CLOEXEC;
    Ok(openat2(CWD, path, flags, Mode::empty(), ResolveFlags::NO_SYMLINKS)?)
}

pub struct Stream {
    pub local: String,
    pub peer: String,
    /// None once closed.
    wire: Mutex<Option<Arc<Wire>>>,
    input: Mutex<Input>,
}

struct Input {
    /// Read and not taken.
    bytes: Vec<u8>,
    /// From the first value on, what is read goes here.
    values: Option<Framer>,
    ended: bool,
}

/// How much a read takes.
#[derive(Clone, Copy)]
pub enum Part {
    /// What is there, up to so many bytes.
    Some(usize),
    Exactly(usize),
    /// To the next LF, which is not given, nor a CR before it; at most so many bytes.
    Line(usize),
}

impl Part {
    /// By number, as `lib/wat/net.wat` has it.
    pub fn of(number: u64, count: u64) -> Option<Part> {
        let count = usize::try_from(count as i64).ok().filter(|count| *count > 0)?;
        Some(match number {
            0 => Part::Some(count),
            1 => Part::Exactly(count),
            _ => Part::Line(count),
        })
    }
}

impl Handle for Stream {
    fn released(&self) {
        self.close();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Stream {
    pub fn of(wire: Wire, peer: String, call: &'static str) -> Result<Stream, Refusal> {
        let failed = |e: io::Error| Refusal::system(call, &peer, &e);
        wire.socket().settle().map_err(failed)?;
        let local = match wire.socket() {
            Socket::Tcp(socket) => socket.local_addr().map_err(failed)?.to_string(),
            Socket::Unix(socket) => {
                let address = socket.local_addr().map_err(failed)?;
                format!("unix:{}", address.as_pathname().unwrap_or(Path::new("")).display())
            }
        };
        let input = Input { bytes: Vec::new(), values: None, ended: false };
        Ok(Stream { local, peer, wire: Mutex::new(Some(Arc::new(wire))), input: Mutex::new(input) })
    }

    /// A connection over TCP to one place.
    pub fn to(to: &Purpose, place: SocketAddr) -> Result<Stream, Trouble> {
        let fd = connect(to.waiter, place, to.deadline, to.object)?;
        Ok(Stream::of(Wire::plain(Socket::Tcp(fd.into())), to.object.to_string(), to.call)?)
    }

    pub fn connect(to: &Purpose) -> Result<Stream, Trouble> {
        Ok(Stream::of(Wire::plain(Socket::connect(to)?), to.object.to_string(), to.call)?)
    }

    fn wire(&self, call: &'static str) -> Result<Arc<Wire>, Refusal> {
        let closed = || Refusal::new("closed", call, &self.peer, "the connection is closed");
        lock(&self.wire).clone().ok_or_else(closed)
    }
    /// Reads into `input` once; false at the end.
    fn fill(
        &self,
        waiter: &Waiter,
        wire: &Wire,
        input: &mut Input,
        deadline: Option<Instant>,
        call: &'static str,
    ) -> Result<bool, Trouble> {
        if input.ended {
            return Ok(false);
        }
        loop {
            let read = match &mut input.values {
                Some(values) => {
                    let read = wire.read(values.room(CHUNK));
                    values.filled(*read.as_ref().unwrap_or(&0));
                    read
                }
                None => {
                    let before = input.bytes.len();
                    input.bytes.resize(before + CHUNK, 0);
                    let read = wire.read(&mut input.bytes[before..]);
                    input.bytes.truncate(before + read.as_ref().unwrap_or(&0));
                    read
                }
            };
            match read {
                Ok(0) => {
                    input.ended = true;
                    if let Some(values) = &mut input.values {
                        values.finish();
                    }
                    return Ok(false);
                }
                Ok(_) => return Ok(true),
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => {
                    let events = wire.events(wait::READABLE);
                    wait::until(waiter, wire.as_fd(), events, deadline, call, &self.peer)?;
                }
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(Refusal::system(call, &self.peer, &e).into()),
            }
        }
    }

    /// None at the end of what the peer writes.
    pub fn read(
        &self,
        waiter: &Waiter,
        part: Part,
        deadline: Option<Instant>,
    ) -> Result<Option<Vec<u8>>, Trouble> {
        let wire = self.wire("read")?;
        let mut input = lock(&self.input);
        if input.values.is_some() {
            let why = "values have been read from the connection: its bytes can no longer be";
            return Err(Refusal::new("invalid", "read", &self.peer, why).into());
        }
        let (mut scanned, mut filled) = (0, false);
        loop {
            let have = input.bytes.len();
            let taken = match part {
                Part::Some(most) if have > 0 => Some((have.min(most), 0)),
                Part::Exactly(count) if have >= count => Some((count, 0)),
                Part::Some(_) | Part::Exactly(_) => None,
                Part::Line(most) => match input.bytes[scanned..].iter().position(|byte| *byte == b'\n') {
                    Some(at) if scanned + at <= most => Some((scanned + at, 1)),
                    None if have <= most => {
                        scanned = have;
                        None
                    }
                    _ => {
                        let why = format!("a line is longer than {most} bytes");
                        return Err(Refusal::new("limit", "read-line", &self.peer, why).into());
                    }
                },
            };
            if let Some((count, end)) = taken {
                let rest = input.bytes.split_off(count + end);
                let mut found = std::mem::replace(&mut input.bytes, rest);
                found.truncate(count);
                if end > 0 && found.last() == Some(&b'\r') {
                    found.pop();
                }
                return Ok(Some(found));
            }
            if filled {
                wait::goes_on(waiter, deadline, "read", &self.peer)?;
            }
            filled = self.fill(waiter, &wire, &mut input, deadline, "read")?;
            if filled {
                continue;
            }
            return match part {
                _ if have == 0 => Ok(None),
                Part::Exactly(count) => {
                    let why = format!("the peer ended after {have} of {count} bytes");
                    Err(Refusal::new("ended", "read", &self.peer, why).into())
                }
                _ => Ok(Some(std::mem::take(&mut input.bytes))),
            };
        }
    }

    /// The next EDN value, of type `desc`; None at the end. The first call sets the largest size of a value.
    pub fn read_edn(
        &self,
        mem: Mem,
        waiter: &Waiter,
        desc: DescRef,
        limit: usize,
        deadline: Option<Instant>,
    ) -> Result<Option<u64>, Trouble> {
        const CALL: &str = "read-edn";
        let wire = self.wire(CALL)?;
        let mut input = lock(&self.input);
        if input.values.is_none() {
            let mut values = Framer::new(Limits { bytes: limit, depth: DEPTH });
            values.push(&std::mem::take(&mut input.bytes));
            if input.ended {
                values.finish();
            }
            input.values = Some(values);
        }
        let mut filled = false;
        loop {
            let values = input.values.as_mut().expect("made above");
            match values.next() {
                Next::Value { start, end } => {
                    let position = values.position(start);
                    return match codec::decode_at(mem, desc, &values.bytes()[start..end], position)? {
                        Ok(value) => Ok(Some(value)),
                        Err(fault) => {
                            let why = format!("line {}, column {}: {fault}", fault.line, fault.column);
                            Err(Refusal::new("malformed", CALL, &self.peer, why).into())
                        }
                    };
                }
                Next::Eof => return Ok(None),
                Next::Error(e) => {
                    let why = format!("line {}, column {}: {}", e.line, e.column, e.message);
                    return Err(Refusal::new("malformed", CALL, &self.peer, why).into());
                }
                Next::NeedMore => {
                    if filled {
                        wait::goes_on(waiter, deadline, CALL, &self.peer)?;
                    }
                    filled = self.fill(waiter, &wire, &mut input, deadline, CALL)?;
                }
            }
        }
    }

    pub fn write(&self, waiter: &Waiter, bytes: &[u8], deadline: Option<Instant>) -> Result<(), Trouble> {
        self.send(waiter, bytes, deadline, false).map(drop)
    }

    /// Writes until all has gone or the peer says something: how many bytes have gone.
    pub fn write_unheard(
        &self,
        waiter: &Waiter,
        bytes: &[u8],
        deadline: Option<Instant>,
    ) -> Result<usize, Trouble> {
        self.send(waiter, bytes, deadline, true)
    }

    fn send(
        &self,
        waiter: &Waiter,
        bytes: &[u8],
        deadline: Option<Instant>,
        listens: bool,
    ) -> Result<usize, Trouble> {
        let wire = self.wire("write")?;
        let mut rest = bytes;
        loop {
            if listens && !rest.is_empty() && self.has_come(&wire) {
                return Ok(bytes.len() - rest.len());
            }
            let sent = if rest.is_empty() { wire.flush().map(|()| 0) } else { wire.write(rest) };
            match sent {
                Ok(_) if rest.is_empty() => return Ok(bytes.len()),
                Ok(count) => rest = &rest[count..],
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => {
                    let mut events = wire.events(wait::WRITABLE);
                    if listens {
                        events |= wait::READABLE;
                    }
                    wait::until(waiter, wire.as_fd(), events, deadline, "write", &self.peer)?;
                }
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(Refusal::system("write", &self.peer, &e).into()),
            }
        }
    }

    /// Agrees on TLS, where it is spoken: a peer that is not trusted is told of here.
    pub fn handshake(&self, waiter: &Waiter, deadline: Option<Instant>) -> Result<(), Trouble> {
        const CALL: &str = "handshake";
        let wire = self.wire(CALL)?;
        loop {
            match wire.handshake() {
                Ok(()) => return Ok(()),
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => {
                    wait::until(
                        waiter,
                        wire.as_fd(),
                        wire.events(wait::READABLE),
                        deadline,
                        CALL,
                        &self.peer,
                    )?;
                }
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(Refusal::system(CALL, &self.peer, &e).into()),
            }
        }
    }

    /// Whether the peer has said something or its last; asked without waiting.
    fn has_come(&self, wire: &Wire) -> bool {
        let mut input = lock(&self.input);
        if input.bytes.is_empty() && !input.ended {
            let mut piece = vec![0; CHUNK];
            match wire.read(&mut piece) {
                Ok(0) => input.ended = true,
                Ok(count) => input.bytes.extend_from_slice(&piece[..count]),
                // A broken connection is told by the next write.
                Err(_) => {}
            }
        }
        input.ended || !input.bytes.is_empty()
    }

    /// Nothing has come that was not read, nor an end: it can serve for another exchange.
    pub fn is_quiet(&self) -> bool {
        self.wire("read").is_ok_and(|wire| !self.has_come(&wire) && is_open(&wire))
    }

    /// No more will be written; what the peer writes can still be read.
    pub fn close_write(&self) -> Result<(), Refusal> {
        let failed = |e: io::Error| Refusal::system("close-write", &self.peer, &e);
        self.wire("close-write")?.shutdown(Shutdown::Write).map_err(failed)
    }

    pub fn close(&self) {
        *lock(&self.wire) = None;
    }
}

fn is_open(wire: &Wire) -> bool {
    match wire.read(&mut [0; 1]) {
        Err(e) => e.kind() == io::ErrorKind::WouldBlock,
        Ok(_) => false,
    }
}

fn socket(family: AddressFamily) -> io::Result<OwnedFd> {
    Ok(socket_with(family, SocketType::STREAM, SocketFlags::CLOEXEC | SocketFlags::NONBLOCK, None)?)
}

/// A TCP connection to one place.
fn connect(
    waiter: &Waiter,
    to: SocketAddr,
    deadline: Option<Instant>,
    object: &str,
) -> Result<OwnedFd, Trouble> {
    let failed = |e: io::Error| Trouble::from(Refusal::system("connect", object, &e));
    let family = if to.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
    let fd = socket(family).map_err(failed)?;
    match rustix::net::connect(&fd, &to) {
        Ok(()) => return Ok(fd),
        Err(rustix::io::Errno::INPROGRESS | rustix::io::Errno::INTR) => {}
        Err(e) => return Err(failed(e.into())),
    }
    wait::until(waiter, fd.as_fd(), wait::WRITABLE, deadline, "connect", object)?;
    match rustix::net::sockopt::socket_error(&fd).map_err(|e| failed(e.into()))? {
        Ok(()) => Ok(fd),
        Err(e) => Err(failed(e.into())),
    }
}
