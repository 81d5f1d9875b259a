//! Asking another server: one connection a request, closed after its response; no more redirects than allowed, and
//! within one time limit for all of it.

use super::message::{self, Bad, Body, Headers, header, is_header};
use crate::error::{Refusal, Trouble};
use crate::net::stream::{Part, Stream};
use crate::net::wait::Purpose;
use std::time::{Duration, Instant};
use wat_kernel::Waiter;

const CALL: &str = "request";
const READ: usize = 16 << 10;

pub struct Limits {
    time: Duration,
    redirects: i64,
    /// Bytes of a response's head and of its body.
    head: usize,
    body: usize,
}

impl Limits {
    /// In the order in which `lib/wat/http.wat` gives them.
    pub fn of(numbers: &[i64]) -> Limits {
        let count = |i: usize| usize::try_from(numbers[i]).unwrap_or(0);
        Limits {
            time: Duration::from_nanos(numbers[0].clamp(0, 31_536_000_000_000_000) as u64),
            redirects: numbers[1],
            head: count(2),
            body: count(3),
        }
    }
}

pub struct Reply {
    pub status: u16,
    pub headers: Headers,
    pub body: Vec<u8>,
}

/// The parts of `http://host:port/path?query`.
#[derive(Debug, PartialEq, Eq, Clone)]
struct Target {
    /// As a Host header has it.
    authority: String,
    /// As `connect` takes it.
    address: String,
    path: String,
}

impl Target {
    fn parse(url: &str) -> Result<Target, Refusal> {
        let invalid = |why: &str| Refusal::new("invalid", CALL, url, why);
        let scheme = url.get(..7).unwrap_or_default();
        if url.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("https://")) {
            return Err(Refusal::new(
                "unsupported",
                CALL,
                url,
                "https is not spoken: the address is http://…",
            ));
        }
        if !scheme.eq_ignore_ascii_case("http://") {
            return Err(invalid("an address begins with http://"));
        }
        let rest = url[7..].split('#').next().unwrap_or_default();
        let (authority, path) = match rest.find(['/', '?']) {
            Some(at) => rest.split_at(at),
            None => (rest, "/"),
        };
        if authority.is_empty() || authority.contains('@') {
            return Err(invalid("an address has a host, and no user before it"));
        }
        let plain = |text: &str| text.bytes().all(|b| b > b' ' && b < 0x7f);
        if !plain(authority) || !plain(path) {
            return Err(invalid("letters beyond ASCII, spaces and controls are written as %XX"));
        }
        let port = if authority.ends_with(']') || !authority.contains(':') { ":80" } else { "" };
        let path = if path.starts_with('?') { format!("/{path}") } else { path.to_string() };
        Ok(Target { authority: authority.to_string(), address: format!("{authority}{port}"), path })
    }

    /// Where a Location header points.
    fn join(&self, location: &str) -> Result<Target, Refusal> {
        if location.starts_with('/') && !location.starts_with("//") {
            return Target::parse(&format!("http://{}{location}", self.authority));
        }
        if let Some(rest) = location.strip_prefix("//") {
            return Target::parse(&format!("http://{rest}"));
        }
        if location.contains("://") {
            return Target::parse(location);
        }
        let path = self.path.split('?').next().unwrap_or_default();
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        Target::parse(&format!("http://{}{folder}/{location}", self.authority))
    }
}

/// Asks, and follows redirects.
pub fn ask(
    waiter: &Waiter,
    method: &str,
    url: &str,
    headers: &Headers,
    body: &[u8],
    limits: Limits,
) -> Result<Reply, Trouble> {
    let deadline = Instant::now().checked_add(limits.time);
    if !is_header(method, "") {
        return Err(Refusal::new("invalid", CALL, url, format!("{method:?} is no method")).into());
    }
    let own = ["host", "content-length", "transfer-encoding", "connection"];
    for (name, value) in headers {
        if !is_header(name, value) || own.iter().any(|own| name.eq_ignore_ascii_case(own)) {
            let why = format!(
                "the header {name:?} is written by the client itself or has letters that no header has"
            );
            return Err(Refusal::new("invalid", CALL, url, why).into());
        }
    }
    let (mut target, mut method, mut body) = (Target::parse(url)?, method.to_string(), body);
    let first = target.authority.clone();
    let mut left = limits.redirects;
    loop {
        // What was meant for one host is not told to another.
        let secret =
            |name: &str| ["authorization", "cookie"].iter().any(|secret| name.eq_ignore_ascii_case(secret));
        let sent: Headers =
            headers.iter().filter(|(name, _)| target.authority == first || !secret(name)).cloned().collect();
        let reply = once(waiter, &method, &target, &sent, body, &limits, deadline)?;
        let location = header(&reply.headers, "location");
        let (301 | 302 | 303 | 307 | 308, Some(location)) = (reply.status, location) else {
            return Ok(reply);
        };
        if limits.redirects <= 0 {
            return Ok(reply);
        }
        if left == 0 {
            let why = format!("redirected more than {} times", limits.redirects);
            return Err(Refusal::new("limit", CALL, url, why).into());
        }
        left -= 1;
        target = target.join(location)?;
        if reply.status == 303 || (reply.status < 303 && method == "POST") {
            if method != "HEAD" {
                method = "GET".to_string();
            }
            body = &[];
        }
    }
}

fn once(
    waiter: &Waiter,
    method: &str,
    target: &Target,
    headers: &Headers,
    body: &[u8],
    limits: &Limits,
    deadline: Option<Instant>,
) -> Result<Reply, Trouble> {
    let stream = Stream::connect(&Purpose { waiter, call: CALL, object: &target.address, deadline })?;
    let mut head = format!("{method} {} HTTP/1.1\r\nhost: {}\r\n", target.path, target.authority);
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if !body.is_empty() || matches!(method, "POST" | "PUT" | "PATCH") {
        head.push_str(&format!("content-length: {}\r\n", body.len()));
    }
    head.push_str("connection: close\r\n\r\n");
    let mut request = head.into_bytes();
    request.extend_from_slice(body);
    // A server may answer and close before it has read all: its answer counts.
    let written = stream.write(waiter, &request, deadline);
    if let Err(Trouble::Refused(why)) = &written
        && !matches!(why.kind, "reset" | "closed")
    {
        return written.map(|()| unreachable!("the match above saw an error"));
    }
    if let Err(halt @ Trouble::Halt(_)) = written {
        return Err(halt);
    }
    let malformed = |Bad(status, why): Bad| {
        let kind = if matches!(status, 413 | 431) { "limit" } else { "malformed" };
        Trouble::from(Refusal::new(kind, CALL, &target.address, why))
    };
    let ended =
        || Trouble::from(Refusal::new("ended", CALL, &target.address, "the server ended in the middle"));
    let mut input = Vec::new();
    let (status, headers, mut body) = loop {
        match message::response(&input, limits.head, method == "HEAD").map_err(malformed)? {
            // A word in between, 100 Continue and its kin.
            Some((status, _, _, length)) if status < 200 && status != 101 => {
                input.drain(..length);
            }
            Some((status, headers, framing, length)) => {
                input.drain(..length);
                break (status, headers, Body::new(framing, limits.body).map_err(malformed)?);
            }
            None => match stream.read(waiter, Part::Some(READ), deadline)? {
                Some(bytes) => input.extend_from_slice(&bytes),
                None => return Err(ended()),
            },
        }
    };
    while !body.feed(&mut input).map_err(malformed)? {
        match stream.read(waiter, Part::Some(READ), deadline)? {
            Some(bytes) => input.extend_from_slice(&bytes),
            None if body.may_end() => break,
            None => return Err(ended()),
        }
    }
    Ok(Reply { status, headers, body: body.bytes })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_a_host_a_port_and_a_path() {
        let parts = |url: &str| {
            Target::parse(url)
                .map(|t| format!("{} {} {}", t.authority, t.address, t.path))
                .map_err(|e| e.kind)
        };
        assert_eq!(parts("http://a"), Ok("a a:80 /".to_string()));
        assert_eq!(parts("HTTP://a:81?q#f"), Ok("a:81 a:81 /?q".to_string()));
        assert_eq!(parts("http://[::1]/x"), Ok("[::1] [::1]:80 /x".to_string()));
        for wrong in ["", "a", "ftp://a", "http://", "http://u@a", "http://a/ b", "http://a\r\nb: c/"] {
            assert_eq!(parts(wrong), Err("invalid"), "{wrong:?}");
        }
        assert_eq!(parts("https://a"), Err("unsupported"));
        let at = Target::parse("http://a:1/x/y?q").expect("an address");
        for (location, wanted) in
            [("/z", "a:1/z"), ("z", "a:1/x/z"), ("//b/z", "b/z"), ("http://b:2", "b:2/"), ("?p", "a:1/x/?p")]
        {
            let joined = at.join(location).map(|t| format!("{}{}", t.authority, t.path));
            assert_eq!(joined.map_err(|e| e.kind), Ok(wanted.to_string()), "{location}");
        }
    }
}
