//! Bytes coming in on the process's own stdin. The calling thread blocks in read(2) itself. Not here: values.

use crate::see::Wait;
use crate::sys::fd;
use crate::waiter::{Blocked, Interrupt, Waiter, Wakes};
use std::io;
use std::os::fd::BorrowedFd;

/// Why no bytes came.
#[derive(Debug)]
pub enum ReadError {
    /// The thread was asked to stop ("no more requests") or to end.
    Interrupted(Interrupt),
    System(io::Error),
}

impl From<Interrupt> for ReadError {
    fn from(why: Interrupt) -> Self {
        ReadError::Interrupted(why)
    }
}

/// The process's stdin.
#[derive(Clone, Copy)]
pub struct Reader(pub(crate) ());

impl Reader {
    /// Reads what there is, at least one byte; `Ok(0)` is the end. Before it blocks, everything gathered goes out.
    pub fn read(&self, waiter: &Waiter, buffer: &mut [u8]) -> Result<usize, ReadError> {
        let _about = waiter.about(Wait::Stdin, None);
        waiter.settle();
        blocking_read(waiter, fd::standard(0), buffer)
    }
}

/// Reads, waiting for bytes; a reset connection is an end like any other.
fn blocking_read(waiter: &Waiter, fd: BorrowedFd, buffer: &mut [u8]) -> Result<usize, ReadError> {
    loop {
        match waiter.blocking_on(Wakes::Stop, fd, libc::POLLIN, || fd::read(fd, buffer)) {
            Ok(count) => return Ok(count),
            Err(Blocked::Interrupt(why)) => return Err(why.into()),
            Err(Blocked::System(e)) => match e.kind() {
                io::ErrorKind::ConnectionReset => return Ok(0),
                // A root's stdin may have been made non-blocking by whoever shares it.
                io::ErrorKind::WouldBlock => await_readable(waiter, fd)?,
                _ => return Err(ReadError::System(e)),
            },
        }
    }
}

fn await_readable(waiter: &Waiter, fd: BorrowedFd) -> Result<(), ReadError> {
    let mut entries = [fd::interest(fd, libc::POLLIN)];
    match waiter.blocking(Wakes::Stop, || fd::poll(&mut entries, None)) {
        Ok(_) => Ok(()),
        Err(Blocked::Interrupt(why)) => Err(why.into()),
        Err(Blocked::System(e)) => Err(ReadError::System(e)),
    }
}
