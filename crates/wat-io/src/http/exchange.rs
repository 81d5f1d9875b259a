//! An exchange in pieces, on a client's connection: the request's body as it comes, the answer's as it is made. What waits in
//! either direction is bounded by [`WINDOW`], however long the body is.

use super::connection::{CONTINUE, Connection, Stage, is_bodiless, wishes_to_close};
use super::message::{Bad, Body, Headers};
use super::server::Limits;
use std::time::{Duration, Instant};

/// Bytes of one direction that wait here.
pub const WINDOW: usize = 64 << 10;
/// Bytes that win back a second of the time that a client has: a slower one could hold a program for ever.
const LEAST: u64 = 1 << 10;

pub struct Streaming {
    pub id: u64,
    /// None once all of it has been taken.
    pub body: Option<Body>,
    /// The client waits for a word before it sends the body.
    expects: bool,
    takes_chunks: bool,
    out: Out,
    /// Why nothing more can come or go: a kind and a reason.
    pub gone: Option<(&'static str, String)>,
    /// Waited for the client to send, and to take.
    pub sends: Pace,
    pub takes: Pace,
}

/// Time spent waiting, less what the bytes that moved have won back.
#[derive(Default)]
pub struct Pace {
    spent: Duration,
}

impl Pace {
    /// How long the next wait may be.
    pub fn left(&self, allowed: Duration) -> Duration {
        allowed.saturating_sub(self.spent)
    }

    fn win(&mut self, bytes: usize) {
        self.spent = self.spent.saturating_sub(Duration::from_micros(bytes as u64 * 1_000_000 / LEAST));
    }

    pub fn spend(&mut self, time: Duration) {
        self.spent += time;
    }
}

/// How an answer's body ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Out {
    Unbegun,
    /// After so many more bytes.
    Length(u64),
    Chunked,
    /// With the connection.
    ToEnd,
}

/// What comes of a try that does not wait.
pub enum Step<T> {
    Done(T),
    Wait,
    Failed(&'static str, String),
}

impl Streaming {
    pub fn new(id: u64, body: Option<Body>, expects: bool, takes_chunks: bool) -> Streaming {
        Streaming {
            id,
            body,
            expects,
            takes_chunks,
            out: Out::Unbegun,
            gone: None,
            sends: Pace::default(),
            takes: Pace::default(),
        }
    }
}

impl Connection {
    pub fn streaming(&mut self) -> Option<&mut Streaming> {
        match &mut self.stage {
            Stage::Streaming(streaming) => Some(streaming),
            _ => None,
        }
    }

    /// The next bytes of the body, `most` at most; None at its end.
    pub fn take(&mut self, most: usize, now: Instant, limits: &Limits) -> Step<Option<Vec<u8>>> {
        let Stage::Streaming(streaming) = &mut self.stage else {
            return Step::Failed("closed", "the exchange is over".to_string());
        };
        let Some(body) = &mut streaming.body else { return Step::Done(None) };
        let fed = body.feed(&mut self.input, WINDOW);
        if !body.bytes.is_empty() {
            let rest = body.bytes.split_off(body.bytes.len().min(most));
            let piece = std::mem::replace(&mut body.bytes, rest);
            streaming.sends.win(piece.len());
            return Step::Done(Some(piece));
        }
        match fed {
            Ok(true) => {
                streaming.body = None;
                Step::Done(None)
            }
            Err(Bad(413, _)) => {
                self.keep = false;
                let limit = limits.of_body(true);
                Step::Failed("limit", format!("the body is longer than the limit of {limit} bytes"))
            }
            Err(Bad(_, why)) => {
                self.keep = false;
                Step::Failed("malformed", why.to_string())
            }
            Ok(false) => {
                if let Some((kind, why)) = &streaming.gone {
                    return Step::Failed(kind, why.clone());
                }
                if self.ended {
                    let why =
                        format!("the client ended in the middle of the body, after {} bytes", body.total);
                    return Step::Failed("ended", why);
                }
                if std::mem::take(&mut streaming.expects) {
                    self.output.extend_from_slice(CONTINUE);
                    self.write(now, limits);
                }
                Step::Wait
            }
        }
    }

    /// Begins the answer. A Content-Length among its headers says how long it is; else it goes in chunks.
    pub fn begin(
        &mut self,
        status: u16,
        headers: &Headers,
        last: bool,
        now: Instant,
        limits: &Limits,
    ) -> Step<()> {
        let Stage::Streaming(streaming) = &mut self.stage else {
            return Step::Failed("closed", "the exchange is over".to_string());
        };
        if streaming.out != Out::Unbegun {
            return Step::Failed("invalid", "the answer has begun already".to_string());
        }
        let said = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
        let out = match said {
            _ if is_bodiless(status) => Out::Length(0),
            Some((_, length)) => match length.trim().parse() {
                Ok(length) => Out::Length(length),
                Err(_) => return Step::Failed("invalid", format!("{length:?} is no length")),
            },
            None if streaming.takes_chunks => Out::Chunked,
            None => Out::ToEnd,
        };
        streaming.out = out;
        if let Some((kind, why)) = &streaming.gone {
            return Step::Failed(kind, why.clone());
        }
        // Who is answered well may send the body, which can still be read; who is not keeps it.
        let expects = std::mem::take(&mut streaming.expects);
        let unsent = expects && status >= 300;
        if expects && !unsent {
            self.output.extend_from_slice(CONTINUE);
        }
        self.keep &= !last && !wishes_to_close(headers) && !self.ended && out != Out::ToEnd && !unsent;
        self.put_head(status, headers, &out);
        self.write(now, limits);
        Step::Done(())
    }

    /// Takes some of the bytes for the answer, if there is room.
    pub fn push(&mut self, bytes: &[u8], now: Instant, limits: &Limits) -> Step<usize> {
        if self.output.len() >= WINDOW {
            self.write(now, limits);
        }
        let Stage::Streaming(streaming) = &mut self.stage else {
            return Step::Failed("closed", "the answer is finished".to_string());
        };
        if let Some((kind, why)) = &streaming.gone {
            return Step::Failed(kind, why.clone());
        }
        if self.output.len() >= WINDOW {
            return Step::Wait;
        }
        let piece = &bytes[..bytes.len().min(WINDOW)];
        match &mut streaming.out {
            Out::Unbegun => return Step::Failed("invalid", "the answer has not begun".to_string()),
            Out::Length(left) => {
                let Some(rest) = left.checked_sub(bytes.len() as u64) else {
                    let why =
                        format!("{} bytes are more than the {left} that are left of its length", bytes.len());
                    return Step::Failed("invalid", why);
                };
                *left = rest + (bytes.len() - piece.len()) as u64;
                if !self.headless {
                    self.output.extend_from_slice(piece);
                }
            }
            _ if self.headless || piece.is_empty() => {}
            Out::Chunked => {
                self.output.extend_from_slice(format!("{:x}\r\n", piece.len()).as_bytes());
                self.output.extend_from_slice(piece);
                self.output.extend_from_slice(b"\r\n");
            }
            Out::ToEnd => self.output.extend_from_slice(piece),
        }
        streaming.takes.win(piece.len());
        self.write(now, limits);
        Step::Done(piece.len())
    }

    /// Ends the answer; what is left of it goes while the server goes on.
    pub fn finish(&mut self, now: Instant, limits: &Limits) -> Step<()> {
        let Stage::Streaming(streaming) = &mut self.stage else {
            return Step::Failed("closed", "the answer is finished".to_string());
        };
        if let Some((kind, why)) = &streaming.gone {
            let failed = Step::Failed(kind, why.clone());
            self.stage = Stage::Over;
            return failed;
        }
        match streaming.out {
            Out::Unbegun => return Step::Failed("invalid", "the answer has not begun".to_string()),
            Out::Length(left) if left > 0 && !self.headless => {
                self.abort();
                return Step::Failed("invalid", format!("{left} bytes are missing of the answer's length"));
            }
            Out::Chunked if !self.headless => self.output.extend_from_slice(b"0\r\n\r\n"),
            _ => {}
        }
        // A small rest of the body may be here already; a long one is not waited for.
        let read = match &mut streaming.body {
            None => true,
            Some(body) => {
                body.bytes.clear();
                body.feed(&mut self.input, WINDOW).unwrap_or(false)
            }
        };
        self.keep &= read && !self.ended;
        self.stage = Stage::Writing;
        self.write(now, limits);
        Step::Done(())
    }

    /// The program does not go on: the client is told by an error, or by an end that is no good one.
    pub fn abandon(&mut self, now: Instant, limits: &Limits) {
        let Stage::Streaming(streaming) = &mut self.stage else { return };
        if streaming.out == Out::Unbegun && streaming.gone.is_none() {
            self.keep = false;
            let headers = vec![("content-type".to_string(), "text/plain".to_string())];
            self.answer((500, &headers, b"the server failed\n"), true, now, limits);
        } else {
            self.abort();
        }
    }

    fn abort(&mut self) {
        self.wire.abort();
        self.output.clear();
        self.stage = Stage::Over;
    }
}
