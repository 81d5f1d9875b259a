//! What the root opens for those who ask. Both names it knows are this machine: only the check of grants tells them apart.

use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::fd::OwnedFd;
use wat_kernel::ask::{Answer, Asked, Opener};
use wat_kernel::{Process, Waiter};

pub const CONNECT: u8 = 1;
pub const LISTEN: u8 = 2;
pub const DATAGRAMS: u8 = 3;

/// The bytes of an answer that comes with a descriptor.
pub const DONE: &[u8] = b"done";

pub struct Sockets;

impl Opener for Sockets {
    fn permits(&self, asked: &Asked) -> Result<(), Vec<u8>> {
        let (host, port) = place(asked).ok_or(b"malformed".to_vec())?;
        let may = match asked.kind {
            CONNECT | DATAGRAMS => asked.authority.connects(host, port),
            LISTEN => asked.authority.listens(port),
            _ => false,
        };
        if may { Ok(()) } else { Err(b"denied".to_vec()) }
    }

    fn open(&self, asked: &Asked, _: Vec<OwnedFd>, _: &Process, _: &Waiter) -> Answer {
        let opened = place(asked).and_then(|(_, port)| open(asked.kind, port).ok());
        match opened {
            Some(opened) => Answer { bytes: DONE.to_vec(), carried: vec![opened] },
            None => Answer { bytes: b"failed".to_vec(), carried: Vec::new() },
        }
    }
}

fn open(kind: u8, port: u16) -> std::io::Result<OwnedFd> {
    let here = ("127.0.0.1", port);
    Ok(match kind {
        CONNECT => TcpStream::connect(here)?.into(),
        LISTEN => TcpListener::bind(here)?.into(),
        _ => {
            let socket = UdpSocket::bind(("127.0.0.1", 0))?;
            socket.connect(here)?;
            socket.into()
        }
    })
}

fn place<'a>(asked: &Asked<'a>) -> Option<(&'a str, u16)> {
    let (host, port) = std::str::from_utf8(asked.bytes).ok()?.rsplit_once(':')?;
    Some((host, port.parse().ok()?))
}
