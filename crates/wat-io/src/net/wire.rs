//! The bytes of a connection: as they are, or within TLS. It waits for nothing: what cannot go on says `WouldBlock`, and
//! `events` tells what to wait for. Whom to trust is in `tls.rs`.

use super::stream::Socket;
use super::tls;
use super::wait::{READABLE, WRITABLE};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, Connection, ServerConfig, ServerConnection};
use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub struct Wire {
    socket: Socket,
    tls: Option<Mutex<Connection>>,
    /// The peer must not take the end for a good one.
    aborted: AtomicBool,
}

impl AsFd for Wire {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

fn lock(tls: &Mutex<Connection>) -> MutexGuard<'_, Connection> {
    tls.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Wire {
    pub fn plain(socket: Socket) -> Wire {
        Wire { socket, tls: None, aborted: AtomicBool::new(false) }
    }

    /// The client's side of TLS with the server of that name.
    pub fn client(
        socket: Socket,
        config: Arc<ClientConfig>,
        name: ServerName<'static>,
    ) -> Result<Wire, rustls::Error> {
        let tls = ClientConnection::new(config, name)?;
        Ok(Wire { socket, tls: Some(Mutex::new(tls.into())), aborted: AtomicBool::new(false) })
    }

    pub fn server(socket: Socket, config: Arc<ServerConfig>) -> Result<Wire, rustls::Error> {
        let tls = ServerConnection::new(config)?;
        Ok(Wire { socket, tls: Some(Mutex::new(tls.into())), aborted: AtomicBool::new(false) })
    }

    pub fn socket(&self) -> &Socket {
        &self.socket
    }

    /// What has been deciphered and not been read, which the socket knows nothing of.
    pub fn has_input(&self) -> bool {
        self.tls.as_ref().is_some_and(|tls| {
            let mut tls = lock(tls);
            // Deciphers what has come, and takes nothing.
            tls.process_new_packets().is_ok_and(|state| state.plaintext_bytes_to_read() > 0)
        })
    }

    /// What has been taken and not been sent.
    pub fn has_output(&self) -> bool {
        self.tls.as_ref().is_some_and(|tls| lock(tls).wants_write())
    }

    /// What to wait for where these events are wanted.
    pub fn events(&self, wanted: i16) -> i16 {
        let Some(tls) = &self.tls else { return wanted };
        let tls = lock(tls);
        let mut events = wanted;
        if tls.is_handshaking() && wanted != 0 {
            // Nothing of ours goes before it is over.
            events = READABLE;
        }
        if tls.wants_write() {
            events |= WRITABLE;
        }
        events
    }

    pub fn read(&self, into: &mut [u8]) -> io::Result<usize> {
        let Some(tls) = &self.tls else { return self.socket.read(into) };
        let mut tls = lock(tls);
        loop {
            match tls.reader().read(into) {
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => {}
                // The peer left without saying that this is all.
                Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => {
                    let why = "the peer ended without the end that TLS has: what came may not be all";
                    return Err(tls::told("ended", why));
                }
                done => return done,
            }
            if self.receive(&mut tls)? == 0 && tls.is_handshaking() {
                return Err(tls::told("ended", "the peer ended during the handshake of TLS"));
            }
        }
    }

    /// Takes what the socket has; 0 at its end.
    fn receive(&self, tls: &mut Connection) -> io::Result<usize> {
        // What waits to be sent may be what the peer waits for.
        if let Err(e) = self.send(tls)
            && e.kind() != io::ErrorKind::WouldBlock
            && tls.is_handshaking()
        {
            return self.refusal(tls, e);
        }
        let count = tls.read_tls(&mut Reading(&self.socket))?;
        if let Err(error) = tls.process_new_packets() {
            // The peer is told, where it still listens.
            let _ = self.send(tls);
            return Err(tls::failed(&error));
        }
        match self.send(tls) {
            Err(e) if e.kind() != io::ErrorKind::WouldBlock && tls.is_handshaking() => Err(e),
            _ => Ok(count),
        }
    }

    /// A peer that refuses the handshake may have said why before it closed.
    fn refusal(&self, tls: &mut Connection, otherwise: io::Error) -> io::Result<usize> {
        while tls.read_tls(&mut Reading(&self.socket)).is_ok_and(|count| count > 0) {
            tls.process_new_packets().map_err(|error| tls::failed(&error))?;
        }
        Err(otherwise)
    }

    fn send(&self, tls: &mut Connection) -> io::Result<()> {
        while tls.wants_write() {
            tls.write_tls(&mut Writing(&self.socket))?;
        }
        Ok(())
    }

    /// Agrees with the peer, where TLS is spoken.
    pub fn handshake(&self) -> io::Result<()> {
        self.tls.as_ref().map_or(Ok(()), |tls| self.agree(&mut lock(tls)))
    }

    fn agree(&self, tls: &mut Connection) -> io::Result<()> {
        while tls.is_handshaking() {
            if self.receive(tls)? == 0 {
                return Err(tls::told("ended", "the peer ended during the handshake of TLS"));
            }
        }
        self.send(tls)
    }

    /// Takes some of the bytes; those may still be here, which `flush` sends.
    pub fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        let Some(tls) = &self.tls else { return self.socket.write(bytes) };
        let mut tls = lock(tls);
        self.agree(&mut tls)?;
        let count = tls.writer().write(bytes)?;
        match self.send(&mut tls) {
            Err(e) if e.kind() != io::ErrorKind::WouldBlock => Err(e),
            _ => Ok(count),
        }
    }

    /// Sends what has been taken.
    pub fn flush(&self) -> io::Result<()> {
        self.tls.as_ref().map_or(Ok(()), |tls| self.send(&mut lock(tls)))
    }

    /// Ends in a way that the peer cannot take for a good end.
    pub fn abort(&self) {
        self.aborted.store(true, Ordering::Relaxed);
        self.socket.abort();
    }

    pub fn shutdown(&self, how: Shutdown) -> io::Result<()> {
        if let Some(tls) = &self.tls {
            let mut tls = lock(tls);
            tls.send_close_notify();
            // A peer that takes nothing more is not told.
            let _ = self.send(&mut tls);
        }
        self.socket.shutdown(how)
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        if let Some(tls) = &self.tls
            && !self.aborted.load(Ordering::Relaxed)
        {
            let mut tls = lock(tls);
            // A peer that is told knows that what came was all.
            tls.send_close_notify();
            let _ = self.send(&mut tls);
        }
    }
}

/// A socket as rustls reads it.
struct Reading<'a>(&'a Socket);

impl Read for Reading<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.0.read(into)
    }
}

struct Writing<'a>(&'a Socket);

impl Write for Writing<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
