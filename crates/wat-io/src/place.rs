//! Opening files: where a path leads from, and reads and writes that a stop of the node ends. Not here: wat values.

use crate::error::{Refusal, Trouble};
use rustix::fs::OFlags;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use wat_host::{Halt, Host};
use wat_kernel::{Grant, Interrupt, Source};

/// `poll` events.
const READABLE: i16 = 1;
const WRITABLE: i16 = 4;
/// The system's answer to opening a FIFO for writing that nobody reads.
const NO_READER: i32 = 6;
/// Bytes of one read of a file.
pub const CHUNK: usize = 64 << 10;

/// The call and the path that an error names.
#[derive(Clone, Copy)]
pub struct What<'a> {
    pub call: &'static str,
    pub path: &'a str,
}

impl What<'_> {
    pub fn failed(&self, error: &io::Error) -> Trouble {
        Refusal::system(self.call, self.path, error).into()
    }

    pub fn refuse(&self, kind: &'static str, reason: impl Into<String>) -> Trouble {
        Refusal::new(kind, self.call, self.path, reason).into()
    }

    pub fn interrupted(&self, why: Interrupt) -> Trouble {
        match why {
            Interrupt::Stopped => self.refuse("stopped", "this node is stopping"),
            Interrupt::Killed => Trouble::Halt(Halt::Killed),
        }
    }

    /// Passes unless the thread must end at once: what long work asks between its steps.
    pub fn pass(&self, host: &Host) -> Result<(), Trouble> {
        match host.waiter.interrupted() {
            Some(why @ Interrupt::Killed) => Err(self.interrupted(why)),
            _ => Ok(()),
        }
    }
}

/// Where the path leads.
pub fn resolve(host: &Host, path: &str) -> PathBuf {
    host.waiter.place(path)
}

/// What lets a process read the path, or make, change and remove it: for the latter it is the directory that counts.
pub fn grant(path: &str, writes: bool) -> Grant {
    match Path::new(path).parent() {
        Some(above) if writes && above.as_os_str().is_empty() => Grant::Write(".".into()),
        Some(above) if writes => Grant::Write(above.into()),
        _ if writes => Grant::Write("/".into()),
        _ => Grant::Read(path.into()),
    }
}

/// An open file.
pub struct Open {
    file: File,
    /// A FIFO, terminal or device: a read may wait.
    waits: bool,
}

/// Opens a path. A FIFO is opened without waiting for its other side; the first read or write waits, and a stop of the
/// node ends it.
pub fn open(host: &Host, what: What, options: &mut OpenOptions, writes: bool) -> Result<Open, Trouble> {
    if what.path.is_empty() {
        return Err(what.refuse("not-found", "the path is empty"));
    }
    options.custom_flags((OFlags::NONBLOCK | OFlags::NOCTTY).bits() as i32);
    let path = resolve(host, what.path);
    let file = loop {
        match options.open(&path) {
            Ok(file) => break file,
            Err(e) if writes && e.raw_os_error() == Some(NO_READER) && is_fifo(&path) => {
                let soon = Instant::now() + Duration::from_millis(10);
                host.waiter.sleep_until(soon).map_err(|why| what.interrupted(why))?;
            }
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => {
                let refusal = Refusal::system(what.call, what.path, &e);
                return Err(refusal.granting(&host.waiter, || grant(what.path, writes)).into());
            }
        }
    };
    let meta = file.metadata().map_err(|e| what.failed(&e))?;
    if meta.is_dir() {
        return Err(what.refuse("is-a-directory", "is a directory"));
    }
    Ok(Open { file, waits: !meta.is_file() })
}

fn is_fifo(path: &Path) -> bool {
    path.metadata().is_ok_and(|meta| meta.file_type().is_fifo())
}

impl Open {
    pub fn file(&self) -> &File {
        &self.file
    }

    /// The next bytes, 0 at the end.
    pub fn read(&self, host: &Host, what: What, buffer: &mut [u8]) -> Result<usize, Trouble> {
        loop {
            if self.waits {
                self.wait(host, what, READABLE)?;
            } else {
                what.pass(host)?;
            }
            match (&self.file).read(buffer) {
                Ok(n) => return Ok(n),
                Err(e) if retry(&e) => {}
                Err(e) => return Err(what.failed(&e)),
            }
        }
    }

    pub fn write_all(&self, host: &Host, what: What, mut bytes: &[u8]) -> Result<(), Trouble> {
        while !bytes.is_empty() {
            if self.waits {
                self.wait(host, what, WRITABLE)?;
            } else {
                what.pass(host)?;
            }
            match (&self.file).write(&bytes[..bytes.len().min(1 << 20)]) {
                Ok(n) => bytes = &bytes[n..],
                Err(e) if retry(&e) => {}
                Err(e) => return Err(what.failed(&e)),
            }
        }
        Ok(())
    }

    fn wait(&self, host: &Host, what: What, events: i16) -> Result<(), Trouble> {
        let source = Source::Descriptor(self.file.as_fd(), events);
        wat_kernel::poll(&host.waiter, &[source], None).map(drop).map_err(|why| what.interrupted(why))
    }

    /// Everything to the end, refused when it is more than the limit.
    pub fn read_whole(&self, host: &Host, what: What, limit: usize) -> Result<Vec<u8>, Trouble> {
        let mut bytes = Vec::new();
        let mut chunk = vec![0; CHUNK];
        loop {
            let room = (limit - bytes.len()).saturating_add(1).min(CHUNK);
            let n = self.read(host, what, &mut chunk[..room])?;
            if n == 0 {
                return Ok(bytes);
            }
            if bytes.len() + n > limit {
                let reason = format!(
                    "is longer than the limit of {limit} bytes; give a larger :limit, or open it and read it piece by piece"
                );
                return Err(what.refuse("limit", reason));
            }
            bytes.extend_from_slice(&chunk[..n]);
        }
    }
}

fn retry(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::Interrupted | io::ErrorKind::WouldBlock)
}

/// The text, or where it is not UTF-8; lines count from `line`.
pub fn utf8<'a>(what: What, bytes: &'a [u8], line: usize) -> Result<&'a str, Trouble> {
    std::str::from_utf8(bytes).map_err(|error| {
        let at = error.valid_up_to();
        let before = String::from_utf8_lossy(&bytes[..at]);
        let row = line + before.matches('\n').count();
        let column = 1 + before.rsplit('\n').next().map_or(0, |last| last.chars().count());
        what.refuse("invalid", format!("not UTF-8 at line {row}, column {column} (byte 0x{:02x})", bytes[at]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_is_not_utf_8_says_where() {
        let what = What { call: "read", path: "x" };
        let Err(Trouble::Refused(refusal)) = utf8(what, b"a\n\xc3\xb1\xff", 1) else {
            panic!("it is not text")
        };
        assert_eq!(refusal.reason, "not UTF-8 at line 2, column 2 (byte 0xff)");
    }
}
