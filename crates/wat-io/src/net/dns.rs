//! Asking name servers (RFC 1035) over UDP, and over TCP for an answer that does not fit: both kinds of address at once, the
//! chain of other names followed, whatever does not answer our question ignored. Messages are simple-dns's. Not here: whom
//! to ask, and for which names.

use super::names::Settings;
use super::stream::{Part, Stream};
use super::wait::{self, Purpose};
use crate::error::{Refusal, Trouble};
use rustix::rand::{GetRandomFlags, getrandom};
use simple_dns::rdata::RData;
use simple_dns::{CLASS, Name, Packet, PacketFlag, QCLASS, QTYPE, Question, RCODE, TYPE};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::os::fd::AsFd;
use std::time::Instant;

/// Other names one after another before a chain counts as endless.
const LONGEST_CHAIN: usize = 8;
/// The largest answer taken.
const MOST: usize = 65_535;

#[derive(Debug, PartialEq, Eq)]
pub enum Answer {
    Found(Vec<IpAddr>),
    /// The name does not exist.
    NoName,
    /// It exists and has no address.
    NoAddress,
}

/// One question and what has been said to it.
struct Query {
    id: u16,
    kind: TYPE,
    bytes: Vec<u8>,
    reply: Option<Reply>,
}

#[derive(Debug, PartialEq, Eq)]
enum Reply {
    /// The addresses, or where the chain of names leads on.
    Addresses(Vec<IpAddr>, Option<String>),
    NoName,
    /// To be asked for again over TCP.
    Truncated,
    /// The server cannot or will not say.
    Failed(RCODE),
}

/// The addresses of a whole name.
pub fn ask(to: &Purpose, settings: &Settings, name: &str) -> Result<Answer, Trouble> {
    let mut name = name.to_string();
    for _ in 0..LONGEST_CHAIN {
        match ask_once(to, settings, &name)? {
            Ok(answer) => return Ok(answer),
            Err(next) => name = next,
        }
    }
    Err(to.refuse("failed", format!("the name leads through more than {LONGEST_CHAIN} other names")).into())
}

/// An answer, or the other name to ask for.
fn ask_once(to: &Purpose, settings: &Settings, name: &str) -> Result<Result<Answer, String>, Trouble> {
    let mut why = Vec::new();
    for _ in 0..settings.attempts {
        for server in &settings.servers {
            let mut queries = [query(to, name, TYPE::A)?, query(to, name, TYPE::AAAA)?];
            match exchange(to, settings, *server, name, &mut queries)? {
                Ok(()) => match merged(queries) {
                    Ok(answer) => return Ok(answer),
                    Err(code) => why.push((*server, "failed", format!("cannot say ({code:?})"))),
                },
                Err((kind, reason)) => why.push((*server, kind, reason)),
            }
        }
    }
    let kind = match why.iter().map(|(_, kind, _)| *kind).collect::<Vec<_>>().as_slice() {
        kinds if kinds.contains(&"failed") => "failed",
        kinds if kinds.contains(&"timed-out") => "timed-out",
        [first, ..] => first,
        [] => "failed",
    };
    let mut said: Vec<String> = Vec::new();
    for (server, _, reason) in why {
        let line = format!("{server} {reason}");
        if !said.contains(&line) {
            said.push(line);
        }
    }
    let tries = if settings.attempts == 1 { "once" } else { "each time" };
    let words =
        format!("no name server answers for {name}: {} ({tries} of {})", said.join("; "), settings.attempts);
    Err(to.refuse(kind, words).into())
}

fn query(to: &Purpose, name: &str, kind: TYPE) -> Result<Query, Refusal> {
    let mut id = [0; 2];
    getrandom(&mut id, GetRandomFlags::empty())
        .map_err(|e| Refusal::system(to.call, to.object, &e.into()))?;
    let id = u16::from_be_bytes(id);
    let malformed = |e: simple_dns::SimpleDnsError| to.refuse("invalid", format!("{name} is no name: {e}"));
    let mut packet = Packet::new_query(id);
    packet.set_flags(PacketFlag::RECURSION_DESIRED);
    let name = Name::new(name).map_err(malformed)?;
    packet.questions.push(Question::new(name, QTYPE::TYPE(kind), QCLASS::CLASS(CLASS::IN), false));
    let bytes = packet.build_bytes_vec().map_err(malformed)?;
    Ok(Query { id, kind, bytes, reply: None })
}

/// Asks one server and fills in its replies; the inner error is why it does not answer.
fn exchange(
    to: &Purpose,
    settings: &Settings,
    server: SocketAddr,
    name: &str,
    queries: &mut [Query],
) -> Result<Result<(), (&'static str, String)>, Trouble> {
    let own: IpAddr =
        if server.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let failed = |e: &io::Error| {
        let refusal = Refusal::system(to.call, to.object, e);
        Ok(Err((refusal.kind, refusal.reason)))
    };
    // Bound and connected: the port is the system's choice, and only the server's datagrams arrive.
    let socket = match UdpSocket::bind((own, 0)) {
        Ok(socket) => socket,
        Err(e) => return failed(&e),
    };
    let begun = socket.set_nonblocking(true).and_then(|()| socket.connect(server));
    if let Err(e) = begun.and_then(|()| queries.iter().try_for_each(|q| socket.send(&q.bytes).map(drop))) {
        return failed(&e);
    }
    let patience = Instant::now() + settings.timeout;
    let mut buffer = vec![0; MOST];
    while queries.iter().any(|query| query.reply.is_none()) {
        if !to.until_or(socket.as_fd(), wait::READABLE, patience)? {
            let why = format!("says nothing within {} s", settings.timeout.as_secs());
            return Ok(Err(("timed-out", why)));
        }
        match socket.recv(&mut buffer) {
            Ok(length) => take(&buffer[..length], name, queries),
            Err(e) if matches!(e.kind(), io::ErrorKind::Interrupted | io::ErrorKind::WouldBlock) => {}
            Err(e) => return failed(&e),
        }
    }
    for query in queries.iter_mut().filter(|query| query.reply == Some(Reply::Truncated)) {
        let within = Purpose { deadline: Some(to.deadline.map_or(patience, |end| end.min(patience))), ..*to };
        query.reply = None;
        match over_tcp(&within, server, &query.bytes) {
            Ok(bytes) => take(&bytes, name, std::slice::from_mut(query)),
            Err(Trouble::Refused(refusal)) if refusal.kind != "stopped" && !to.is_late() => {
                return Ok(Err((refusal.kind, format!("over TCP: {}", refusal.reason))));
            }
            Err(trouble) => return Err(trouble),
        }
        if !matches!(query.reply, Some(Reply::Addresses(..) | Reply::NoName | Reply::Failed(_))) {
            return Ok(Err(("malformed", "answers something else over TCP".to_string())));
        }
    }
    Ok(Ok(()))
}

fn over_tcp(to: &Purpose, server: SocketAddr, query: &[u8]) -> Result<Vec<u8>, Trouble> {
    let stream = Stream::to(to, server)?;
    let mut framed = (query.len() as u16).to_be_bytes().to_vec();
    framed.extend_from_slice(query);
    stream.write(to.waiter, &framed, to.deadline)?;
    let ended = || to.refuse("ended", "the answer ends early");
    let length = stream.read(to.waiter, Part::Exactly(2), to.deadline)?.ok_or_else(ended)?;
    let length = usize::from(u16::from_be_bytes([length[0], length[1]])).max(1);
    Ok(stream.read(to.waiter, Part::Exactly(length), to.deadline)?.ok_or_else(ended)?)
}

/// Puts a message to the query it answers; anything else is nobody's.
fn take(bytes: &[u8], name: &str, queries: &mut [Query]) {
    let Ok(packet) = Packet::parse(bytes) else { return };
    if !packet.has_flags(PacketFlag::RESPONSE) {
        return;
    }
    let [question] = packet.questions.as_slice() else { return };
    let answers = |query: &&mut Query| {
        query.reply.is_none() && query.id == packet.id() && question.qtype == QTYPE::TYPE(query.kind)
    };
    if let Some(query) = queries.iter_mut().find(answers)
        && same(&question.qname, name)
    {
        query.reply = Some(read(&packet, name, query.kind));
    }
}

fn same(name: &Name, other: &str) -> bool {
    name.to_string().eq_ignore_ascii_case(other)
}

fn read(packet: &Packet, name: &str, kind: TYPE) -> Reply {
    if packet.has_flags(PacketFlag::TRUNCATION) {
        return Reply::Truncated;
    }
    match packet.rcode() {
        RCODE::NoError => {}
        RCODE::NameError => return Reply::NoName,
        other => return Reply::Failed(other),
    }
    let mut at = name.to_string();
    // As many steps as there are records: a chain that bites its own tail ends, too.
    for _ in 0..=packet.answers.len() {
        let mine = packet.answers.iter().filter(|r| r.class == CLASS::IN && same(&r.name, &at));
        let mut found = Vec::new();
        let mut other = None;
        for record in mine {
            match &record.rdata {
                RData::A(a) if kind == TYPE::A => found.push(Ipv4Addr::from(a.address).into()),
                RData::AAAA(a) if kind == TYPE::AAAA => found.push(Ipv6Addr::from(a.address).into()),
                RData::CNAME(cname) => other = Some(cname.0.to_string()),
                _ => {}
            }
        }
        match other {
            Some(other) if found.is_empty() => at = other,
            _ => {
                let on = found.is_empty() && !at.eq_ignore_ascii_case(name);
                return Reply::Addresses(found, on.then_some(at));
            }
        }
    }
    Reply::Failed(RCODE::ServerFailure)
}

/// What both kinds of address come to.
fn merged(queries: [Query; 2]) -> Result<Result<Answer, String>, RCODE> {
    let (mut found, mut next, mut failed, mut missing) = (Vec::new(), None, None, false);
    for query in queries {
        match query.reply {
            Some(Reply::Addresses(more, on)) => {
                found.extend(more);
                next = next.or(on);
            }
            Some(Reply::NoName) => missing = true,
            Some(Reply::Failed(code)) => failed = Some(code),
            Some(Reply::Truncated) | None => failed = Some(RCODE::ServerFailure),
        }
    }
    match (found.is_empty(), missing, failed, next) {
        (false, ..) => Ok(Ok(Answer::Found(found))),
        (_, true, ..) => Ok(Ok(Answer::NoName)),
        (_, _, Some(code), _) => Err(code),
        (_, _, _, Some(next)) => Ok(Err(next)),
        _ => Ok(Ok(Answer::NoAddress)),
    }
}
