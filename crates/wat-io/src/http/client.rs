//! Asking another server: a request whose body is whole or goes in pieces, and a response that comes in pieces or is put
//! together; no more redirects than allowed. Connections are kept in `pool.rs`, addresses are in `target.rs`.

use super::exchange::{Out, WINDOW};
use super::message::{self, Bad, Body, Headers, ReplyHead, header, is_header};
use super::pool::{self, Key};
use super::target::Target;
use crate::error::{Refusal, Trouble};
use crate::net::stream::{Part, Socket, Stream};
use crate::net::tls;
use crate::net::wait::{self, Purpose};
use crate::net::wire::Wire;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use wat_kernel::Waiter;

pub const CALL: &str = "request";
const READ: usize = 16 << 10;
/// Of a response that is passed over, for the sake of its connection.
const PASSED: u64 = 64 << 10;
/// How long a server may take to say that it wants the body.
const EXPECT: Duration = Duration::from_secs(1);
/// What the client writes itself.
const OWN: [&str; 3] = ["host", "transfer-encoding", "connection"];

pub struct Limits {
    time: Duration,
    redirects: i64,
    /// Bytes of a response's head and of its body.
    head: usize,
    body: Option<u64>,
    /// The connection may serve again.
    keep: bool,
    /// Whatever the time, not beyond this.
    until: Option<Instant>,
}

impl Limits {
    /// In the order in which `lib/wat/http.wat` gives them.
    pub fn of(numbers: &[i64], until: Option<Instant>) -> Limits {
        Limits {
            until,
            time: Duration::from_nanos(numbers[0].clamp(0, 31_536_000_000_000_000) as u64),
            redirects: numbers[1],
            head: usize::try_from(numbers[2]).unwrap_or(0),
            body: u64::try_from(numbers[3]).ok(),
            keep: numbers[4] != 0,
        }
    }

    fn deadline(&self) -> Option<Instant> {
        ends(self.time, self.until)
    }
}

/// When a time from now is over, or the deadline around it.
fn ends(time: Duration, until: Option<Instant>) -> Option<Instant> {
    Instant::now().checked_add(time).into_iter().chain(until).min()
}

/// What is asked, and whom a server must be known to: a file of certificates as the program names it and where it is, or
/// nothing for those known to all.
#[derive(Clone, Copy)]
pub struct Question<'a> {
    pub method: &'a str,
    pub url: &'a str,
    pub headers: &'a Headers,
    pub roots: Option<(&'a str, &'a Path)>,
}

pub struct Reply {
    pub status: u16,
    pub headers: Headers,
    pub body: Vec<u8>,
}

/// A request and its response on their way.
pub struct Call {
    object: String,
    time: Duration,
    link: Mutex<Link>,
}

struct Link {
    key: Key,
    /// None once closed or given back.
    stream: Option<Stream>,
    /// What is left of the request.
    out: Option<Out>,
    /// HEAD: the response has no body.
    headless: bool,
    keep: bool,
    head_limit: usize,
    body_limit: u64,
    /// Read and not parsed.
    input: Vec<u8>,
    reply: Option<(u16, Headers)>,
    body: Body,
}

/// Asks, follows redirects, and gives the whole response.
pub fn ask(waiter: &Waiter, question: Question, body: &[u8], limits: &Limits) -> Result<Reply, Trouble> {
    let deadline = limits.deadline();
    let mut link = follow(waiter, question, body, limits, deadline)?;
    let mut whole = Vec::new();
    while let Some(piece) = link.read(waiter, usize::MAX, deadline)? {
        whole.extend_from_slice(&piece);
        if !link.body.whole {
            wait::goes_on(waiter, deadline, CALL, link.key.address())?;
        }
    }
    let (status, headers) = link.reply.take().expect("followed to a response");
    Ok(Reply { status, headers, body: whole })
}

/// Asks, follows redirects, and gives the response as it comes.
pub fn open(waiter: &Waiter, question: Question, body: &[u8], limits: &Limits) -> Result<Call, Trouble> {
    let deadline = limits.deadline();
    let link = follow(waiter, question, body, limits, deadline)?;
    Ok(Call { object: question.url.to_string(), time: limits.time, link: Mutex::new(link) })
}

/// Asks, with a body that is then written in pieces. A Content-Length among the headers says how long it is; with `Expect:
/// 100-continue` the server has a second to refuse it before it is sent.
pub fn upload(waiter: &Waiter, question: Question, limits: &Limits) -> Result<Call, Trouble> {
    let deadline = limits.deadline();
    check(&question, &OWN)?;
    let target = Target::parse(question.url)?;
    let lengths = question.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let lengths: Vec<&str> = lengths.map(|(_, length)| length.as_str()).collect();
    let out = match message::length(&lengths)
        .map_err(|Bad(_, why)| Refusal::new("invalid", CALL, question.url, why))?
    {
        None => Out::Chunked,
        Some(length) => Out::Length(length),
    };
    let expects = header_is(question.headers, "expect", "100-continue");
    let mut sent = question.headers.clone();
    if lengths.is_empty() {
        sent.push(("transfer-encoding".to_string(), "chunked".to_string()));
    }
    let head = head(question.method, &target, &sent, limits.keep);
    let mut link = Link::connect(waiter, &target, &question, limits, deadline, false)?.0;
    link.out = Some(out);
    link.stream()?.write(waiter, &head, deadline)?;
    if expects {
        let soon = ends(EXPECT.min(limits.time), limits.until);
        match link.hear(waiter, soon) {
            Err(Trouble::Refused(why)) if why.kind == "timed-out" => {}
            heard => drop(heard?),
        }
    }
    Ok(Call { object: question.url.to_string(), time: limits.time, link: Mutex::new(link) })
}

fn header_is(headers: &Headers, name: &str, value: &str) -> bool {
    headers.iter().any(|(key, v)| key.eq_ignore_ascii_case(name) && v.eq_ignore_ascii_case(value))
}

fn check(question: &Question, own: &[&str]) -> Result<(), Refusal> {
    let Question { method, url, headers, .. } = question;
    if !is_header(method, "") {
        return Err(Refusal::new("invalid", CALL, *url, format!("{method:?} is no method")));
    }
    for (name, value) in *headers {
        if !is_header(name, value) || own.iter().any(|own| name.eq_ignore_ascii_case(own)) {
            let why = format!(
                "the header {name:?} is written by the client itself or has letters that no header has"
            );
            return Err(Refusal::new("invalid", CALL, *url, why));
        }
    }
    Ok(())
}

/// The link on which the last response comes.
fn follow(
    waiter: &Waiter,
    question: Question,
    body: &[u8],
    limits: &Limits,
    deadline: Option<Instant>,
) -> Result<Link, Trouble> {
    check(&question, &[&OWN[..], &["content-length"]].concat())?;
    let (mut target, mut method, mut body) =
        (Target::parse(question.url)?, question.method.to_string(), body);
    let first = (target.secure, target.authority.clone());
    let mut left = limits.redirects;
    loop {
        // What was meant for one host is not told to another, nor in the clear.
        let secret =
            |name: &str| ["authorization", "cookie"].iter().any(|secret| name.eq_ignore_ascii_case(secret));
        let is_first = first == (target.secure, target.authority.clone());
        let sent: Headers =
            question.headers.iter().filter(|(name, _)| is_first || !secret(name)).cloned().collect();
        let now = Question { method: &method, headers: &sent, ..question };
        let mut link = once(waiter, &target, &now, body, limits, deadline)?;
        let (status, headers) = link.reply.as_ref().expect("heard to a response");
        let (301 | 302 | 303 | 307 | 308, Some(location)) = (*status, header(headers, "location")) else {
            return Ok(link);
        };
        if limits.redirects <= 0 {
            return Ok(link);
        }
        if left == 0 {
            let why = format!("redirected more than {} times", limits.redirects);
            return Err(Refusal::new("limit", CALL, question.url, why).into());
        }
        left -= 1;
        let next = target.join(location)?;
        if *status == 303 || (*status < 303 && method == "POST") {
            if method != "HEAD" {
                method = "GET".to_string();
            }
            body = &[];
        }
        link.pass(waiter, deadline);
        target = next;
    }
}

/// One request with a whole body. On a connection that the server closed while it was idle, one that may be asked twice is
/// asked again on a new one.
fn once(
    waiter: &Waiter,
    target: &Target,
    question: &Question,
    body: &[u8],
    limits: &Limits,
    deadline: Option<Instant>,
) -> Result<Link, Trouble> {
    let method = question.method;
    let mut sent = question.headers.clone();
    if !body.is_empty() || matches!(method, "POST" | "PUT" | "PATCH") {
        sent.push(("content-length".to_string(), body.len().to_string()));
    }
    let mut request = head(method, target, &sent, limits.keep);
    request.extend_from_slice(body);
    let mut fresh = false;
    loop {
        let (mut link, used) = Link::connect(waiter, target, question, limits, deadline, fresh)?;
        match link.ask(waiter, &request, deadline) {
            Ok(()) => return Ok(link),
            Err(Trouble::Refused(why))
                if used
                    && link.input.is_empty()
                    && matches!(why.kind, "ended" | "reset" | "closed")
                    && matches!(method, "GET" | "HEAD" | "OPTIONS" | "PUT" | "DELETE" | "TRACE") =>
            {
                fresh = true;
            }
            Err(trouble) => return Err(trouble),
        }
    }
}

fn head(method: &str, target: &Target, headers: &Headers, keep: bool) -> Vec<u8> {
    let mut head = format!("{method} {} HTTP/1.1\r\nhost: {}\r\n", target.path, target.authority);
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(if keep { "\r\n" } else { "connection: close\r\n\r\n" });
    head.into_bytes()
}

impl Link {
    /// A link to the target, and whether it has served before.
    fn connect(
        waiter: &Waiter,
        target: &Target,
        question: &Question,
        limits: &Limits,
        deadline: Option<Instant>,
        fresh: bool,
    ) -> Result<(Link, bool), Trouble> {
        let key = Key::of(target, question.roots.map_or("", |(name, _)| name));
        let kept = if fresh { None } else { pool::take(&key) };
        let used = kept.is_some();
        let stream = match kept {
            Some(stream) => stream,
            None => {
                let to = Purpose { waiter, call: "connect", object: &target.address, deadline };
                let tls = match target.secure {
                    true => Some((tls::client(CALL, question.roots)?, target.name()?)),
                    false => None,
                };
                let socket = Socket::connect(&to)?;
                let wire = match tls {
                    None => Wire::plain(socket),
                    Some((config, name)) => Wire::client(socket, config, name)
                        .map_err(|e| tls::refused("handshake", &target.address, &e))?,
                };
                let stream = Stream::of(wire, target.address.clone(), "connect")?;
                stream.handshake(waiter, deadline)?;
                stream
            }
        };
        let link = Link {
            key,
            stream: Some(stream),
            out: None,
            headless: question.method == "HEAD",
            keep: limits.keep,
            head_limit: limits.head,
            body_limit: limits.body.unwrap_or(u64::MAX),
            input: Vec::new(),
            reply: None,
            body: Body::none(),
        };
        Ok((link, used))
    }

    fn stream(&self) -> Result<&Stream, Refusal> {
        let closed = || Refusal::new("closed", CALL, self.key.address(), "the exchange is over");
        self.stream.as_ref().ok_or_else(closed)
    }

    fn refuse(&self, kind: &'static str, why: impl Into<String>) -> Trouble {
        Refusal::new(kind, CALL, self.key.address(), why).into()
    }

    fn bad(&self, Bad(status, why): Bad) -> Trouble {
        match status {
            413 => self
                .refuse("limit", format!("the body is longer than the limit of {} bytes", self.body_limit)),
            431 => self.refuse("limit", why),
            _ => self.refuse("malformed", why),
        }
    }

    /// Sends a whole request and hears the head of the response. A server may answer, and close, before it has read all.
    fn ask(&mut self, waiter: &Waiter, request: &[u8], deadline: Option<Instant>) -> Result<(), Trouble> {
        let mut sent = 0;
        while sent < request.len() {
            match self.stream()?.write_unheard(waiter, &request[sent..], deadline) {
                Ok(count) => sent += count,
                Err(Trouble::Refused(why)) if matches!(why.kind, "reset" | "closed") => {
                    self.keep = false;
                    return match self.hear(waiter, deadline) {
                        Ok(true) => Ok(()),
                        Ok(false) => Err(why.into()),
                        Err(trouble @ Trouble::Halt(_)) => Err(trouble),
                        Err(_) => Err(why.into()),
                    };
                }
                Err(trouble) => return Err(trouble),
            }
            if sent < request.len() && self.hear(waiter, deadline)? {
                self.keep = false;
                return Ok(());
            }
        }
        while !self.hear(waiter, deadline)? {}
        Ok(())
    }

    /// Reads a head: true when it was the response's, false for a word in between, 100 Continue and its kin.
    fn hear(&mut self, waiter: &Waiter, deadline: Option<Instant>) -> Result<bool, Trouble> {
        loop {
            let heard = message::response(&self.input, self.head_limit, self.headless);
            match heard.map_err(|bad| self.bad(bad))? {
                Some((ReplyHead { status, .. }, length)) if status < 200 && status != 101 => {
                    self.input.drain(..length);
                    wait::goes_on(waiter, deadline, CALL, self.key.address())?;
                    return Ok(false);
                }
                Some((ReplyHead { status, headers, framing, keep }, length)) => {
                    self.input.drain(..length);
                    self.body = Body::new(framing, self.body_limit).map_err(|bad| self.bad(bad))?;
                    self.reply = Some((status, headers));
                    self.keep &= keep;
                    self.settle();
                    return Ok(true);
                }
                None => match self.stream()?.read(waiter, Part::Some(READ), deadline)? {
                    Some(bytes) => self.input.extend_from_slice(&bytes),
                    None if self.input.is_empty() => {
                        return Err(self.refuse("ended", "the server ended without an answer"));
                    }
                    None => return Err(self.refuse("ended", "the server ended in the middle of the head")),
                },
            }
        }
    }

    /// The next bytes of the response's body; None at its end.
    fn read(
        &mut self,
        waiter: &Waiter,
        most: usize,
        deadline: Option<Instant>,
    ) -> Result<Option<Vec<u8>>, Trouble> {
        let mut filled = false;
        loop {
            let fed = self.body.feed(&mut self.input, WINDOW);
            if !self.body.bytes.is_empty() {
                let rest = self.body.bytes.split_off(self.body.bytes.len().min(most));
                return Ok(Some(std::mem::replace(&mut self.body.bytes, rest)));
            }
            match fed {
                Err(bad) => {
                    self.stream = None;
                    return Err(self.bad(bad));
                }
                Ok(true) => {
                    self.settle();
                    return Ok(None);
                }
                Ok(false) if filled => wait::goes_on(waiter, deadline, CALL, self.key.address())?,
                Ok(false) => {}
            }
            filled = true;
            let read = self.stream()?.read(waiter, Part::Some(READ), deadline);
            match read {
                Ok(Some(bytes)) => self.input.extend_from_slice(&bytes),
                Ok(None) if self.body.may_end() => {
                    self.body.whole = true;
                    self.stream = None;
                    return Ok(None);
                }
                Ok(None) => {
                    let got = self.body.total;
                    let why = format!("the server ended in the middle of the body, after {got} bytes");
                    return Err(self.refuse("ended", why));
                }
                Err(trouble) => return Err(trouble),
            }
        }
    }

    /// Lets the connection serve again, or go, once the response is whole.
    fn settle(&mut self) {
        let asked = matches!(self.out, None | Some(Out::Length(0)));
        if self.body.whole
            && self.body.bytes.is_empty()
            && let Some(stream) = self.stream.take()
            && self.keep
            && asked
            && self.input.is_empty()
        {
            pool::put(self.key.clone(), stream);
        }
    }

    /// Reads the rest where it is short, so that the connection can serve again.
    fn pass(&mut self, waiter: &Waiter, deadline: Option<Instant>) {
        while self.keep && self.body.total < PASSED {
            match self.read(waiter, usize::MAX, deadline) {
                Ok(Some(_)) => {}
                // What fails here is another connection's concern no more.
                Ok(None) | Err(_) => return,
            }
        }
    }

    fn write(&mut self, waiter: &Waiter, bytes: &[u8], deadline: Option<Instant>) -> Result<(), Trouble> {
        let mut sent = 0;
        while sent < bytes.len() {
            if self.is_refused() {
                self.keep = false;
                let why = "the server has answered already: `incoming` gives what it says";
                return Err(self.refuse("closed", why));
            }
            if self.reply.is_some() {
                // It answers well while it still reads.
                return self.stream()?.write(waiter, &bytes[sent..], deadline);
            }
            match self.stream()?.write_unheard(waiter, &bytes[sent..], deadline) {
                Ok(count) => sent += count,
                Err(Trouble::Refused(why)) if matches!(why.kind, "reset" | "closed") => {
                    self.keep = false;
                    match self.hear(waiter, deadline) {
                        Ok(true) => continue,
                        Err(trouble @ Trouble::Halt(_)) => return Err(trouble),
                        Ok(false) | Err(_) => return Err(why.into()),
                    }
                }
                Err(trouble) => return Err(trouble),
            }
            if sent < bytes.len() {
                self.hear(waiter, deadline)?;
            }
        }
        Ok(())
    }
}

impl Link {
    /// The server has answered, and does not want the rest of the request.
    fn is_refused(&self) -> bool {
        self.reply.as_ref().is_some_and(|(status, _)| *status >= 300 || self.stream.is_none())
    }
}

impl Call {
    fn lock(&self) -> MutexGuard<'_, Link> {
        self.link.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn deadline(&self, until: Option<Instant>) -> Option<Instant> {
        ends(self.time, until)
    }

    pub fn refuse(&self, kind: &'static str, why: impl Into<String>) -> Refusal {
        Refusal::new(kind, CALL, &self.object, why)
    }

    /// What was asked for.
    pub fn object(&self) -> &str {
        &self.object
    }

    pub fn close(&self) {
        self.lock().stream = None;
    }

    /// The status and headers of the response, once it is there.
    pub fn reply(&self) -> (u16, Headers) {
        self.lock().reply.clone().unwrap_or_default()
    }

    pub fn read(
        &self,
        waiter: &Waiter,
        most: usize,
        until: Option<Instant>,
    ) -> Result<Option<Vec<u8>>, Trouble> {
        let mut link = self.lock();
        if link.reply.is_none() {
            return Err(self.refuse("invalid", "the response has not come: `incoming` waits for it").into());
        }
        link.read(waiter, most, self.deadline(until))
    }

    pub fn write(&self, waiter: &Waiter, bytes: &[u8], until: Option<Instant>) -> Result<(), Trouble> {
        let mut link = self.lock();
        match &mut link.out {
            None => Err(self.refuse("closed", "the request is finished").into()),
            Some(_) if bytes.is_empty() => Ok(()),
            Some(Out::Length(left)) => {
                let Some(rest) = left.checked_sub(bytes.len() as u64) else {
                    let why =
                        format!("{} bytes are more than the {left} that are left of its length", bytes.len());
                    return Err(self.refuse("invalid", why).into());
                };
                *left = rest;
                link.write(waiter, bytes, self.deadline(until))
            }
            Some(_) => {
                let chunk = [format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat();
                link.write(waiter, &chunk, self.deadline(until))
            }
        }
    }

    pub fn finish(&self, waiter: &Waiter, until: Option<Instant>) -> Result<(), Trouble> {
        let mut link = self.lock();
        match link.out {
            None => Err(self.refuse("closed", "the request is finished").into()),
            Some(Out::Length(left)) if left > 0 && !link.is_refused() => {
                link.stream = None;
                Err(self
                    .refuse("invalid", format!("{left} bytes are missing of the request's length"))
                    .into())
            }
            Some(Out::Chunked) if !link.is_refused() => {
                link.write(waiter, b"0\r\n\r\n", self.deadline(until))?;
                link.out = None;
                Ok(())
            }
            Some(out) => {
                link.keep &= out == Out::Length(0);
                link.out = None;
                Ok(())
            }
        }
    }

    /// Finishes the request, where the server has not answered before, and waits for the response's head.
    pub fn incoming(&self, waiter: &Waiter, until: Option<Instant>) -> Result<(), Trouble> {
        let is_open = self.lock().out.is_some();
        if is_open {
            match self.finish(waiter, until) {
                Err(Trouble::Refused(why)) if why.kind == "closed" => {}
                finished => finished?,
            }
        }
        let mut link = self.lock();
        while link.reply.is_none() {
            link.hear(waiter, self.deadline(until))?;
        }
        Ok(())
    }
}
