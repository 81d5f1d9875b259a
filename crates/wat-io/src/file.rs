//! `wat.fs`'s open files: reading by lines and chunks with one buffer, writing, moving.

use crate::error::Trouble;
use crate::fs::done;
use crate::place::{CHUNK, Open, What, open, utf8};
use std::fs::OpenOptions;
use std::io::{Seek, SeekFrom};
use std::sync::{Arc, Mutex};
use wat_abi::desc::Builtin;
use wat_host::{Halt, Host, host, lock};
use wat_runtime::desc::DescRef;
use wat_runtime::fail::Fail;
use wat_runtime::handles::{self, Handle};
use wat_runtime::{sum, text};

wat_host::world_rows! {
    fs_open(ctx, mem, path, how, result) => {
        let what = What { call: "open", path: text::str(path) };
        let mut options = OpenOptions::new();
        match how {
            0 => options.read(true),
            1 => options.write(true).create(true).truncate(true),
            2 => options.append(true).create(true),
            _ => options.read(true).write(true).create(true),
        };
        let made = open(host(ctx), what, &mut options, how != 0).and_then(|open| {
            let state = State { open, buffer: Vec::new(), taken: 0, line: 0, skipping: false };
            let held = Held { path: what.path.to_string(), state: Mutex::new(Some(state)) };
            handles::make(mem, Builtin::Resource, Arc::new(held)).map_err(Trouble::from)
        });
        done(ctx, mem, result, made)
    };
    file_read_line(ctx, mem, cell, limit, result) => {
        let option = sum::payload(DescRef(result as u32));
        let limit = usize::try_from(limit as i64).unwrap_or(0);
        let line = held(cell)?.with("read", |what, state| {
            let line = state.line(host(ctx), what, limit)?;
            let line = line.map(|line| text::make_string(mem, line)).transpose().map_err(Trouble::from)?;
            sum::option(mem, option, line).map_err(Trouble::from)
        });
        done(ctx, mem, result, line)
    };
    file_read(ctx, mem, cell, most, result) => {
        let most = usize::try_from(most as i64).unwrap_or(0).min(MOST);
        done(ctx, mem, result, held(cell)?.with("read", |what, state| {
            text::make_bytes(mem, &state.chunk(host(ctx), what, most)?).map_err(Trouble::from)
        }))
    };
    file_write(ctx, mem, cell, bytes, result) => {
        done(ctx, mem, result, held(cell)?.with("write", |what, state| {
            state.settle(what)?;
            state.open.write_all(host(ctx), what, text::bytes(bytes)).map(|()| 0)
        }))
    };
    file_seek(ctx, mem, cell, offset, from, result) => {
        done(ctx, mem, result, held(cell)?.with("seek", |what, state| {
            state.settle(what)?;
            let to = match from {
                0 => match u64::try_from(offset as i64) {
                    Ok(offset) => SeekFrom::Start(offset),
                    Err(_) => return Err(what.refuse("invalid", "a place before the start of the file")),
                },
                1 => SeekFrom::Current(offset as i64),
                _ => SeekFrom::End(offset as i64),
            };
            state.line = 0;
            state.skipping = false;
            state.open.file().seek(to).map_err(|e| what.failed(&e))
        }))
    };
    file_sync(ctx, mem, cell, result) => {
        done(ctx, mem, result, held(cell)?.with("sync", |what, state| {
            state.open.file().sync_all().map(|()| 0).map_err(|e| what.failed(&e))
        }))
    };
    file_close(ctx, mem, cell) => {
        *lock(&held(cell)?.state) = None;
        Ok(0)
    };
}

/// Bytes of one chunk.
const MOST: usize = 64 << 20;

/// What stands behind a `wat.fs/File`.
struct Held {
    path: String,
    /// None once closed.
    state: Mutex<Option<State>>,
}

impl Handle for Held {
    /// The file closes by being dropped.
    fn released(&self) {}
}

fn held(cell: u64) -> Result<Arc<Held>, Halt> {
    let held = handles::get(cell).downcast();
    Ok(held.ok_or_else(|| Fail::new("contract", "the resource of a File is not a file"))?)
}

impl Held {
    fn with(
        &self,
        call: &'static str,
        act: impl FnOnce(What, &mut State) -> Result<u64, Trouble>,
    ) -> Result<u64, Trouble> {
        let what = What { call, path: &self.path };
        match lock(&self.state).as_mut() {
            Some(state) => act(what, state),
            None => Err(what.refuse("closed", "the file has been closed")),
        }
    }
}

struct State {
    open: Open,
    buffer: Vec<u8>,
    /// Bytes of the buffer that have been given.
    taken: usize,
    /// Lines given since the last move.
    line: usize,
    /// In a line over the limit that has been reported.
    skipping: bool,
}

impl State {
    /// Reads more behind what is in the buffer; false at the end.
    fn fill(&mut self, host: &Host, what: What) -> Result<bool, Trouble> {
        self.buffer.drain(..self.taken);
        self.taken = 0;
        let start = self.buffer.len();
        self.buffer.resize(start + CHUNK, 0);
        let read = self.open.read(host, what, &mut self.buffer[start..]);
        self.buffer.truncate(start + *read.as_ref().unwrap_or(&0));
        Ok(read? > 0)
    }

    fn line(&mut self, host: &Host, what: What, limit: usize) -> Result<Option<&str>, Trouble> {
        let mut scanned = self.taken;
        loop {
            let end = self.buffer[scanned..].iter().position(|b| *b == b'\n').map(|at| scanned + at);
            let (start, stop) = match end {
                Some(end) => {
                    let start = std::mem::replace(&mut self.taken, end + 1);
                    if std::mem::take(&mut self.skipping) {
                        scanned = self.taken;
                        continue;
                    }
                    (start, end)
                }
                None => {
                    let length = self.buffer.len() - self.taken;
                    if self.skipping || length > limit.saturating_add(1) {
                        self.taken = self.buffer.len();
                        if !std::mem::replace(&mut self.skipping, true) {
                            self.line += 1;
                            return Err(self.too_long(what, limit));
                        }
                    }
                    let length = self.buffer.len() - self.taken;
                    if self.fill(host, what)? {
                        scanned = length;
                        continue;
                    }
                    if length == 0 {
                        return Ok(None);
                    }
                    self.taken = length;
                    (0, length)
                }
            };
            self.line += 1;
            let line = &self.buffer[start..stop];
            let length = line.strip_suffix(b"\r").unwrap_or(line).len();
            if length > limit {
                return Err(self.too_long(what, limit));
            }
            return utf8(what, &self.buffer[start..start + length], self.line).map(Some);
        }
    }

    fn too_long(&self, what: What, limit: usize) -> Trouble {
        what.refuse("limit", format!("line {} is longer than the limit of {limit} bytes", self.line))
    }

    fn chunk(&mut self, host: &Host, what: What, most: usize) -> Result<Vec<u8>, Trouble> {
        if self.taken == self.buffer.len() && most > 0 {
            self.fill(host, what)?;
        }
        let end = self.buffer.len().min(self.taken.saturating_add(most));
        let bytes = self.buffer[self.taken..end].to_vec();
        self.taken = end;
        Ok(bytes)
    }

    /// Puts the system's place where the reader stands.
    fn settle(&mut self, what: What) -> Result<(), Trouble> {
        let ahead = (self.buffer.len() - self.taken) as i64;
        self.buffer.clear();
        self.taken = 0;
        if ahead > 0 {
            self.open.file().seek(SeekFrom::Current(-ahead)).map_err(|e| what.failed(&e))?;
        }
        Ok(())
    }
}
