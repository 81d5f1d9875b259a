//! One client's connection: a state that bytes, answers and time move on. It waits for nothing; `server.rs` tells it when
//! its socket is ready. An exchange whose body or answer goes in pieces is in `exchange.rs`.

use super::exchange::{Out, Streaming, WINDOW};
use super::message::{self, Bad, Body, Framing, Head, Headers, Request, is_header};
use super::server::Limits;
use super::status::reason;
use crate::error;
use crate::net::wait::{READABLE, WRITABLE};
use crate::net::wire::Wire;
use std::io;
use std::net::Shutdown;
use std::time::{Duration, Instant};

const CHUNK: usize = 16 << 10;
/// What a refused client may still send before its connection is cut, so that it sees the answer first.
const DRAINED: usize = 256 << 10;
const DRAIN: Duration = Duration::from_secs(1);

pub struct Connection {
    pub wire: Wire,
    peer: String,
    pub(super) stage: Stage,
    /// Read and not parsed.
    pub(super) input: Vec<u8>,
    /// Still to be written.
    pub(super) output: Vec<u8>,
    /// When the stage has taken too long.
    pub deadline: Option<Instant>,
    /// The client has said all it will.
    pub(super) ended: bool,
    pub(super) keep: bool,
    /// The request in hand was HEAD.
    pub(super) headless: bool,
}

pub(super) enum Stage {
    Head,
    Body(Box<Head>, Body),
    /// The program has the request.
    Asked(u64),
    /// The program has the request's head, and takes and gives the rest in pieces.
    Streaming(Box<Streaming>),
    Writing,
    /// The answer is out; what still comes is dropped, so many bytes of it.
    Draining(usize),
    Over,
}

/// What a connection has for the program.
pub enum Asking {
    /// With its whole body.
    Whole(Request),
    /// With its body to come; of so many bytes, where the client says so.
    Begun(Request, Option<u64>),
}

impl Connection {
    pub fn new(wire: Wire, peer: String, now: Instant, limits: &Limits) -> Connection {
        Connection {
            wire,
            peer,
            stage: Stage::Head,
            input: Vec::new(),
            output: Vec::new(),
            deadline: Some(now + limits.head_time),
            ended: false,
            keep: true,
            headless: false,
        }
    }

    pub fn is_over(&self) -> bool {
        matches!(self.stage, Stage::Over)
    }

    /// Between two requests.
    pub fn is_idle(&self) -> bool {
        matches!(self.stage, Stage::Head) && self.input.is_empty()
    }

    pub fn has_asked(&self, id: u64) -> bool {
        match &self.stage {
            Stage::Asked(asked) => *asked == id,
            Stage::Streaming(streaming) => streaming.id == id,
            _ => false,
        }
    }

    /// What its socket is polled for; nothing while the program has the request.
    pub fn interest(&self) -> i16 {
        let writes = if self.has_output() { WRITABLE } else { 0 };
        let reads = match &self.stage {
            Stage::Head | Stage::Body(..) | Stage::Draining(_) if writes == 0 => READABLE,
            Stage::Streaming(streaming) if self.takes(streaming) => READABLE,
            _ => 0,
        };
        if matches!(self.stage, Stage::Over) { 0 } else { self.wire.events(reads | writes) }
    }

    /// Something can be read without the socket's being ready.
    pub fn has_input(&self) -> bool {
        let reads = match &self.stage {
            Stage::Head | Stage::Body(..) | Stage::Draining(_) => !self.has_output(),
            Stage::Streaming(streaming) => self.takes(streaming),
            _ => false,
        };
        reads && self.wire.has_input()
    }

    fn has_output(&self) -> bool {
        !self.output.is_empty() || self.wire.has_output()
    }

    fn takes(&self, streaming: &Streaming) -> bool {
        !self.ended
            && streaming.gone.is_none()
            && streaming.body.as_ref().is_some_and(|body| body.bytes.len() + self.input.len() < WINDOW)
    }

    /// The socket is ready: reads and writes what goes without waiting.
    pub fn ready(&mut self, now: Instant, limits: &Limits) {
        if self.has_output() {
            self.write(now, limits);
        }
        let reads = match &self.stage {
            Stage::Head | Stage::Body(..) | Stage::Draining(_) => !self.has_output(),
            Stage::Streaming(streaming) => self.takes(streaming),
            Stage::Asked(_) | Stage::Writing | Stage::Over => false,
        };
        if !reads {
            return;
        }
        let before = self.input.len();
        self.input.resize(before + CHUNK, 0);
        let read = self.wire.read(&mut self.input[before..]);
        self.input.truncate(before + read.as_ref().unwrap_or(&0));
        match read {
            Ok(0) => self.ended = true,
            Ok(_) if before == 0 && matches!(self.stage, Stage::Head) => {
                self.deadline = Some(now + limits.head_time);
            }
            Ok(_) => {}
            Err(e) if is_passing(&e) => {}
            Err(e) => self.lose(&e),
        }
    }

    /// The client is no longer there; a program in the middle of the exchange will be told.
    fn lose(&mut self, e: &io::Error) {
        self.output.clear();
        match &mut self.stage {
            Stage::Streaming(streaming) => {
                streaming.gone.get_or_insert((error::kind(e), error::reason(e)));
            }
            _ => self.stage = Stage::Over,
        }
    }

    /// Goes on with what has been read; a request once it is whole, or with `streams` once its head is, whose number is then
    /// `id`.
    pub fn advance(&mut self, now: Instant, limits: &Limits, id: u64, streams: bool) -> Option<Asking> {
        loop {
            match &mut self.stage {
                Stage::Head => match message::request(&self.input, limits.head) {
                    Err(bad) => self.refuse(bad, now, limits),
                    Ok(None) => {
                        if self.ended {
                            self.stage = Stage::Over;
                        }
                        return None;
                    }
                    Ok(Some((head, length))) => {
                        self.input.drain(..length);
                        self.keep = head.keep;
                        self.headless = head.method == "HEAD";
                        match Body::new(head.framing, limits.of_body(streams)) {
                            Err(bad) => self.refuse(bad, now, limits),
                            Ok(body) => {
                                if head.expects && self.input.is_empty() && !streams {
                                    self.output.extend_from_slice(CONTINUE);
                                }
                                self.deadline = Some(now + limits.body_time);
                                self.stage = Stage::Body(Box::new(head), body);
                            }
                        }
                    }
                },
                Stage::Body(head, body) if streams => {
                    let length = match head.framing {
                        Framing::Length(length) => Some(length),
                        Framing::Chunked | Framing::ToEnd => None,
                    };
                    let request = request_of(id, head, Vec::new(), &self.peer);
                    let body = (!body.whole || !body.bytes.is_empty())
                        .then(|| std::mem::replace(body, Body::none()));
                    let expects = head.expects && body.is_some() && self.input.is_empty();
                    let streaming = Streaming::new(id, body, expects, head.takes_chunks);
                    self.stage = Stage::Streaming(Box::new(streaming));
                    self.deadline = None;
                    return Some(Asking::Begun(request, length));
                }
                Stage::Body(head, body) => match body.feed(&mut self.input, usize::MAX) {
                    Err(bad) => self.refuse(bad, now, limits),
                    Ok(false) => {
                        if self.ended {
                            self.stage = Stage::Over;
                        }
                        return None;
                    }
                    Ok(true) => {
                        let request = request_of(id, head, std::mem::take(&mut body.bytes), &self.peer);
                        self.stage = Stage::Asked(id);
                        self.deadline = None;
                        return Some(Asking::Whole(request));
                    }
                },
                Stage::Draining(left) => {
                    let count = self.input.len();
                    self.input.clear();
                    *left = left.saturating_sub(count);
                    if self.ended || *left == 0 {
                        self.stage = Stage::Over;
                    }
                    return None;
                }
                Stage::Asked(_) | Stage::Streaming(_) | Stage::Writing | Stage::Over => return None,
            }
        }
    }

    fn refuse(&mut self, bad: Bad, now: Instant, limits: &Limits) {
        self.keep = false;
        let body = format!("{}\n", bad.1);
        let headers = [("content-type".to_string(), "text/plain".to_string())];
        self.put(bad.0, &headers, body.as_bytes());
        self.write(now, limits);
    }

    /// The program's answer to the request in hand.
    pub fn answer(
        &mut self,
        (status, headers, body): (u16, &Headers, &[u8]),
        last: bool,
        now: Instant,
        limits: &Limits,
    ) {
        self.keep &= !last && !wishes_to_close(headers) && !self.ended;
        self.put(status, headers, body);
        self.write(now, limits);
    }

    /// A whole answer.
    fn put(&mut self, status: u16, headers: &[(String, String)], body: &[u8]) {
        self.put_head(status, headers, &Out::Length(body.len() as u64));
        if !is_bodiless(status) && !self.headless {
            self.output.extend_from_slice(body);
        }
        self.stage = Stage::Writing;
    }

    /// The headers that tell where a message ends are this file's own.
    pub(super) fn put_head(&mut self, status: u16, headers: &[(String, String)], body: &Out) {
        debug_assert!(headers.iter().all(|(name, value)| is_header(name, value)));
        let mut head = format!("HTTP/1.1 {status} {}\r\n", reason(status));
        for (name, value) in headers {
            let own = ["content-length", "transfer-encoding", "connection"];
            if !own.iter().any(|own| name.eq_ignore_ascii_case(own)) {
                head.push_str(&format!("{name}: {value}\r\n"));
            }
        }
        match body {
            _ if is_bodiless(status) => {}
            Out::Length(length) => head.push_str(&format!("content-length: {length}\r\n")),
            Out::Chunked => head.push_str("transfer-encoding: chunked\r\n"),
            Out::ToEnd | Out::Unbegun => {}
        }
        if !self.keep {
            head.push_str("connection: close\r\n");
        }
        head.push_str("\r\n");
        self.output.extend_from_slice(head.as_bytes());
    }

    pub(super) fn write(&mut self, now: Instant, limits: &Limits) {
        if matches!(self.stage, Stage::Writing) {
            self.deadline = Some(now + limits.write_time);
        }
        let mut sent = 0;
        loop {
            let written = match &self.output[sent..] {
                [] => self.wire.flush().map(|()| 0),
                rest => self.wire.write(rest),
            };
            match written {
                Ok(0) => break,
                Ok(count) => sent += count,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => break,
                Err(e) => return self.lose(&e),
            }
        }
        self.output.drain(..sent);
        if !self.has_output() && matches!(self.stage, Stage::Writing) {
            if self.keep {
                self.stage = Stage::Head;
                self.deadline = Some(now + limits.idle_time);
            } else {
                // A client that has gone has nothing to be told.
                let _ = self.wire.shutdown(Shutdown::Write);
                self.stage = if self.ended { Stage::Over } else { Stage::Draining(DRAINED) };
                self.deadline = Some(now + DRAIN);
            }
        }
    }

    /// The stage has taken too long: a client in the middle of a request is told.
    pub fn expire(&mut self, now: Instant, limits: &Limits) {
        match self.stage {
            Stage::Head if !self.input.is_empty() => {
                self.refuse(Bad(408, "the request takes too long"), now, limits);
            }
            Stage::Body(..) => self.refuse(Bad(408, "the request takes too long"), now, limits),
            _ => self.stage = Stage::Over,
        }
    }
}

pub(super) const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";

fn request_of(id: u64, head: &mut Head, body: Vec<u8>, peer: &str) -> Request {
    Request {
        id,
        method: std::mem::take(&mut head.method),
        target: std::mem::take(&mut head.target),
        headers: std::mem::take(&mut head.headers),
        body,
        peer: peer.to_string(),
    }
}

/// Of an answer that has no body whatever is given.
pub(super) fn is_bodiless(status: u16) -> bool {
    status < 200 || status == 204 || status == 304
}

pub(super) fn wishes_to_close(headers: &Headers) -> bool {
    headers.iter().any(|(name, value)| {
        name.eq_ignore_ascii_case("connection") && value.trim().eq_ignore_ascii_case("close")
    })
}

fn is_passing(e: &io::Error) -> bool {
    matches!(e.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted)
}
