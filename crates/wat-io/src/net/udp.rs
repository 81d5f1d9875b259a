//! Datagrams over UDP: a socket that anyone, or only one peer, may write to.

use super::address::{self, Address};
use super::opening;
use super::wait::{self, Purpose};
use crate::error::{Refusal, Trouble};
use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::os::fd::AsFd;
use std::sync::{Arc, Mutex, PoisonError};
use wat_kernel::Grant;
use wat_runtime::handles::Handle;

/// The largest datagram there is.
const MOST: usize = 65_535;

pub struct Udp {
    /// With the port that the system chose.
    pub address: String,
    /// The one peer, where there is one.
    peer: Option<String>,
    /// None once closed.
    socket: Mutex<Option<Arc<UdpSocket>>>,
}

impl Handle for Udp {
    fn released(&self) {
        self.close();
    }
}

impl Udp {
    /// On an address; with a peer, only for datagrams from and to it.
    pub fn open(to: &Purpose, peer: &str) -> Result<Udp, Trouble> {
        let socket = if to.waiter.opens_itself() {
            bind_to(to, peer)?
        } else {
            let request = format!("{}\n{peer}", to.object);
            let given = opening::ask_descriptor(to, opening::DATAGRAMS, &request);
            given.map_err(|trouble| trouble.granting(to.waiter, || lacking(to, peer)))?.into()
        };
        let failed = |e: io::Error| Refusal::system(to.call, to.object, &e);
        let address = socket.local_addr().map_err(failed)?.to_string();
        let peer = Some(peer.to_string()).filter(|peer| !peer.is_empty());
        Ok(Udp { address, peer, socket: Mutex::new(Some(Arc::new(socket))) })
    }

    fn socket(&self, call: &'static str) -> Result<Arc<UdpSocket>, Refusal> {
        let socket = self.socket.lock().unwrap_or_else(PoisonError::into_inner).clone();
        socket.ok_or_else(|| Refusal::new("closed", call, &self.address, "the socket is closed"))
    }

    pub fn close(&self) {
        *self.socket.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Sends one datagram.
    pub fn send(&self, to: &Purpose, bytes: &[u8]) -> Result<(), Trouble> {
        let socket = self.socket(to.call)?;
        let target =
            if to.waiter.opens_itself() { Some(one(to, &socket)?) } else { self.target(to, &socket)? };
        loop {
            let sent = match target {
                Some(target) => socket.send_to(bytes, target),
                None => socket.send(bytes),
            };
            match sent {
                Ok(_) => return Ok(()),
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => {
                    to.until(socket.as_fd(), wait::WRITABLE)?
                }
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) if e.raw_os_error() == Some(libc::EMSGSIZE) => {
                    let why = format!("{} bytes are more than a datagram holds here", bytes.len());
                    return Err(to.refuse("limit", why).into());
                }
                Err(e) => return Err(Refusal::system(to.call, to.object, &e).into()),
            }
        }
    }

    /// Where a confined process sends to; none is its one peer. An address beside a datagram is one that the system could
    /// not hold to a grant, so it is let through only where every host is granted.
    fn target(&self, to: &Purpose, socket: &UdpSocket) -> Result<Option<SocketAddr>, Trouble> {
        let denied = |why: &str| Refusal::new("permission-denied", to.call, to.object, why);
        match &self.peer {
            Some(peer) if peer == to.object => Ok(None),
            Some(peer) => Err(denied(&format!("the socket is for its peer {peer} alone")).into()),
            None => {
                let anywhere = Grant::Connect(None, None);
                if to.waiter.lacks(std::slice::from_ref(&anywhere)).is_none() {
                    return Ok(Some(one(to, socket)?));
                }
                let why = "a socket without a {:peer …} sends where (net-connect \"*:*\") is granted alone";
                Err(denied(why).into())
            }
        }
    }

    /// The next datagram of at most `limit` bytes, and who sent it; a longer one is dropped.
    pub fn receive(&self, to: &Purpose, limit: usize) -> Result<(Vec<u8>, SocketAddr), Trouble> {
        let socket = self.socket(to.call)?;
        let mut buffer = vec![0; limit.min(MOST) + 1];
        loop {
            match socket.recv_from(&mut buffer) {
                Ok((length, from)) if length > limit => {
                    let why = format!("a datagram from {from} is longer than {limit} bytes and was dropped");
                    return Err(to.refuse("limit", why).into());
                }
                Ok((length, from)) => {
                    buffer.truncate(length);
                    return Ok((buffer, from));
                }
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => {
                    to.until(socket.as_fd(), wait::READABLE)?
                }
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(Refusal::system(to.call, to.object, &e).into()),
            }
        }
    }
}

/// A socket of this process's own making.
pub fn bind_to(to: &Purpose, peer: &str) -> Result<UdpSocket, Trouble> {
    let failed = |e: io::Error| Refusal::system(to.call, to.object, &e);
    let own = places(to)?;
    let socket = UdpSocket::bind(own.as_slice()).map_err(failed)?;
    socket.set_nonblocking(true).map_err(failed)?;
    if !peer.is_empty() {
        let to = Purpose { object: peer, ..*to };
        let failed = |e: io::Error| Refusal::system(to.call, peer, &e);
        socket.connect(one(&to, &socket)?).map_err(failed)?;
    }
    Ok(socket)
}

/// The grant that would let a process have such a socket: that of its peer, else that of its port.
fn lacking(to: &Purpose, peer: &str) -> Option<Grant> {
    let port = to.object.rsplit_once(':').and_then(|(_, port)| port.parse().ok());
    let peer = (!peer.is_empty()).then(|| address::connecting(peer));
    let peer = peer.filter(|grant| to.waiter.lacks(std::slice::from_ref(grant)).is_some());
    peer.or(port.map(Grant::Listen))
}

fn places(to: &Purpose) -> Result<Vec<SocketAddr>, Trouble> {
    match address::resolve(to)? {
        Address::Inet(places) => Ok(places),
        Address::Unix(_) => Err(to.refuse("invalid", "datagrams have no path: give `host:port`").into()),
    }
}

/// The first place of the socket's own family.
fn one(to: &Purpose, socket: &UdpSocket) -> Result<SocketAddr, Trouble> {
    let is_v4 = socket.local_addr().map_or(true, |own| own.is_ipv4());
    let place = places(to)?.into_iter().find(|place| place.is_ipv4() == is_v4);
    let why = "the address is of another family than the socket's own";
    Ok(place.ok_or_else(|| to.refuse("invalid", why))?)
}
