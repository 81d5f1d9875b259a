//! One client's connection: a state that bytes, answers and time move on. It waits for nothing; `server.rs` tells it when
//! its socket is ready.

use super::message::{self, Bad, Body, Head, Headers, Request, is_header};
use super::server::Limits;
use crate::net::stream::Socket;
use crate::net::wait::{READABLE, WRITABLE};
use std::io;
use std::net::Shutdown;
use std::time::{Duration, Instant};

const CHUNK: usize = 16 << 10;
/// What a refused client may still send before its connection is cut, so that it sees the answer first.
const DRAINED: usize = 256 << 10;
const DRAIN: Duration = Duration::from_secs(1);

pub struct Connection {
    pub socket: Socket,
    peer: String,
    stage: Stage,
    /// Read and not parsed.
    input: Vec<u8>,
    /// Still to be written.
    output: Vec<u8>,
    /// When the stage has taken too long.
    pub deadline: Option<Instant>,
    /// The client has said all it will.
    ended: bool,
    keep: bool,
    /// The request in hand was HEAD.
    headless: bool,
}

enum Stage {
    Head,
    Body(Box<Head>, Body),
    /// The program has the request.
    Asked(u64),
    Writing,
    /// The answer is out; what still comes is dropped, so many bytes of it.
    Draining(usize),
    Over,
}

impl Connection {
    pub fn new(socket: Socket, peer: String, now: Instant, limits: &Limits) -> Connection {
        Connection {
            socket,
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
        matches!(self.stage, Stage::Asked(asked) if asked == id)
    }

    /// What its socket is polled for; nothing while the program has the request.
    pub fn interest(&self) -> i16 {
        match self.stage {
            _ if !self.output.is_empty() => WRITABLE,
            Stage::Asked(_) | Stage::Over => 0,
            _ => READABLE,
        }
    }

    /// The socket is ready: reads and writes what goes without waiting.
    pub fn ready(&mut self, now: Instant, limits: &Limits) {
        if !self.output.is_empty() {
            return self.write(now, limits);
        }
        let before = self.input.len();
        self.input.resize(before + CHUNK, 0);
        let read = self.socket.read(&mut self.input[before..]);
        self.input.truncate(before + read.as_ref().unwrap_or(&0));
        match read {
            Ok(0) => self.ended = true,
            Ok(_) if before == 0 && matches!(self.stage, Stage::Head) => {
                self.deadline = Some(now + limits.head_time);
            }
            Ok(_) => {}
            Err(e) if is_passing(&e) => {}
            Err(_) => self.stage = Stage::Over,
        }
    }

    /// Goes on with what has been read; a request once it is whole, whose number is then `id`.
    pub fn advance(&mut self, now: Instant, limits: &Limits, id: u64) -> Option<Request> {
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
                        match Body::new(head.framing, limits.body) {
                            Err(bad) => self.refuse(bad, now, limits),
                            Ok(body) => {
                                if head.expects && self.input.is_empty() {
                                    self.output.extend_from_slice(b"HTTP/1.1 100 Continue\r\n\r\n");
                                }
                                self.deadline = Some(now + limits.body_time);
                                self.stage = Stage::Body(Box::new(head), body);
                            }
                        }
                    }
                },
                Stage::Body(head, body) => match body.feed(&mut self.input) {
                    Err(bad) => self.refuse(bad, now, limits),
                    Ok(false) => {
                        if self.ended {
                            self.stage = Stage::Over;
                        }
                        return None;
                    }
                    Ok(true) => {
                        let request = Request {
                            id,
                            method: std::mem::take(&mut head.method),
                            target: std::mem::take(&mut head.target),
                            headers: std::mem::take(&mut head.headers),
                            body: std::mem::take(&mut body.bytes),
                            peer: self.peer.clone(),
                        };
                        self.stage = Stage::Asked(id);
                        self.deadline = None;
                        return Some(request);
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
                Stage::Asked(_) | Stage::Writing | Stage::Over => return None,
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
        let wishes = message::header(headers, "connection").is_some_and(|v| v.eq_ignore_ascii_case("close"));
        self.keep &= !last && !wishes && !self.ended;
        self.put(status, headers, body);
        self.write(now, limits);
    }

    /// The headers that tell where a message ends are this file's own.
    fn put(&mut self, status: u16, headers: &[(String, String)], body: &[u8]) {
        debug_assert!(headers.iter().all(|(name, value)| is_header(name, value)));
        let mut head = format!("HTTP/1.1 {status} {}\r\n", reason(status));
        for (name, value) in headers {
            let own = ["content-length", "transfer-encoding", "connection"];
            if !own.iter().any(|own| name.eq_ignore_ascii_case(own)) {
                head.push_str(&format!("{name}: {value}\r\n"));
            }
        }
        let bodiless = status < 200 || status == 204 || status == 304;
        if !bodiless {
            head.push_str(&format!("content-length: {}\r\n", body.len()));
        }
        if !self.keep {
            head.push_str("connection: close\r\n");
        }
        head.push_str("\r\n");
        self.output.extend_from_slice(head.as_bytes());
        if !bodiless && !self.headless {
            self.output.extend_from_slice(body);
        }
        self.stage = Stage::Writing;
    }

    fn write(&mut self, now: Instant, limits: &Limits) {
        if matches!(self.stage, Stage::Writing) {
            self.deadline = Some(now + limits.write_time);
        }
        let mut sent = 0;
        while sent < self.output.len() {
            match self.socket.write(&self.output[sent..]) {
                Ok(count) => sent += count,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => break,
                Err(_) => {
                    self.output.clear();
                    self.stage = Stage::Over;
                    return;
                }
            }
        }
        self.output.drain(..sent);
        if self.output.is_empty() && matches!(self.stage, Stage::Writing) {
            if self.keep {
                self.stage = Stage::Head;
                self.deadline = Some(now + limits.idle_time);
            } else {
                // A client that has gone has nothing to be told.
                let _ = self.socket.shutdown(Shutdown::Write);
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

fn is_passing(e: &io::Error) -> bool {
    matches!(e.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted)
}

/// The words of RFC 9110; empty for a status it does not have.
fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        204 => "No Content",
        206 => "Partial Content",
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        304 => "Not Modified",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        406 => "Not Acceptable",
        408 => "Request Timeout",
        409 => "Conflict",
        410 => "Gone",
        411 => "Length Required",
        412 => "Precondition Failed",
        413 => "Content Too Large",
        414 => "URI Too Long",
        415 => "Unsupported Media Type",
        422 => "Unprocessable Content",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        505 => "HTTP Version Not Supported",
        _ => "",
    }
}
