//! A socket on which others connect.

use super::address::{self, Address};
use super::opening;
use super::stream::{Socket, Stream};
use super::wait::{self, Purpose};
use super::wire::Wire;
use crate::error::{Refusal, Trouble};
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixListener;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;
use wat_kernel::{Grant, Waiter};
use wat_runtime::handles::Handle;

pub struct Listener {
    /// As `connect` takes it, with the port that the system chose.
    pub address: String,
    /// None once closed.
    socket: Mutex<Option<Arc<Listening>>>,
}

pub enum Listening {
    Tcp(TcpListener),
    /// With the path, which ends with the socket.
    Unix(UnixListener, PathBuf),
}

impl Handle for Listener {
    fn released(&self) {
        self.close();
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        if let Listening::Unix(_, path) = self {
            // It may be gone already.
            let _ = std::fs::remove_file(path);
        }
    }
}

impl AsFd for Listening {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Listening::Tcp(socket) => socket.as_fd(),
            Listening::Unix(socket, _) => socket.as_fd(),
        }
    }
}

impl Listening {
    pub fn accept(&self) -> io::Result<(Socket, String)> {
        match self {
            Listening::Tcp(socket) => socket.accept().map(|(s, from)| (Socket::Tcp(s), from.to_string())),
            Listening::Unix(socket, path) => {
                socket.accept().map(|(s, _)| (Socket::Unix(s), format!("unix:{}", path.display())))
            }
        }
    }
}

impl Listener {
    pub fn open(to: &Purpose) -> Result<Listener, Trouble> {
        let text = to.object;
        let socket = if to.waiter.opens_itself() {
            bind_to(to)?
        } else {
            let given = opening::ask_descriptor(to, opening::LISTEN, text);
            Listening::Tcp(given.map_err(|trouble| trouble.granting(to.waiter, || wanted(text)))?.into())
        };
        let address = match &socket {
            Listening::Tcp(socket) => {
                socket.local_addr().map_err(|e| Refusal::system("listen", text, &e))?.to_string()
            }
            Listening::Unix(..) => text.to_string(),
        };
        Ok(Listener { address, socket: Mutex::new(Some(Arc::new(socket))) })
    }

    pub fn socket(&self) -> Option<Arc<Listening>> {
        self.socket.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn close(&self) {
        *self.socket.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    pub fn accept(&self, waiter: &Waiter, deadline: Option<Instant>) -> Result<Stream, Trouble> {
        let Some(socket) = self.socket() else {
            return Err(Refusal::new("closed", "accept", &self.address, "the listener is closed").into());
        };
        loop {
            match socket.accept() {
                Ok((accepted, peer)) => return Ok(Stream::of(Wire::plain(accepted), peer, "accept")?),
                Err(e) if passing(&e) => {}
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => {
                    wait::until(waiter, socket.as_fd(), wait::READABLE, deadline, "accept", &self.address)?;
                }
                Err(e) => return Err(Refusal::system("accept", &self.address, &e).into()),
            }
        }
    }
}

/// The error of a connection that ended before it was accepted, or a signal: the next one is tried.
pub fn passing(e: &io::Error) -> bool {
    matches!(e.kind(), io::ErrorKind::ConnectionAborted | io::ErrorKind::Interrupted)
}

/// A listener of this process's own making.
pub fn bind_to(to: &Purpose) -> Result<Listening, Trouble> {
    let text = to.object;
    let failed = |e: io::Error| Refusal::system("listen", text, &e).granting(to.waiter, || wanted(text));
    Ok(match address::resolve(to)? {
        Address::Inet(addresses) => {
            let socket = bind(&addresses).map_err(failed)?;
            socket.set_nonblocking(true).map_err(failed)?;
            Listening::Tcp(socket)
        }
        Address::Unix(path) => {
            let socket = UnixListener::bind(&path).map_err(failed)?;
            socket.set_nonblocking(true).map_err(failed)?;
            Listening::Unix(socket, path)
        }
    })
}

/// The grant that would let a process listen there, where there is one.
fn wanted(text: &str) -> Option<Grant> {
    text.rsplit_once(':').and_then(|(_, port)| port.parse().ok()).map(Grant::Listen)
}

fn bind(addresses: &[SocketAddr]) -> io::Result<TcpListener> {
    let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for address in addresses {
        match TcpListener::bind(address) {
            Ok(socket) => return Ok(socket),
            Err(e) => last = e,
        }
    }
    Err(last)
}
