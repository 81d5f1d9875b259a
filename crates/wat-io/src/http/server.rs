//! A server: its listener and the connections of its clients, moved on by the one thread that asks for the next request.
//!
//! A stop closes the listener and the idle connections; requests in hand are answered until the deadline of the stop.

use super::connection::{Asking, Connection};
use super::exchange::{Pace, Step, Streaming};
use super::message::{Headers, is_header};
use crate::error::{Refusal, Trouble};
use crate::net::listener::{Listener, Listening, passing};
use crate::net::stream::Socket;
use crate::net::wait::{Purpose, READABLE};
use crate::net::wire::Wire;
use rustls::ServerConfig;
use std::collections::VecDeque;
use std::io;
use std::os::fd::AsFd;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use wat_host::{Halt, Host};
use wat_kernel::see::Wait;
use wat_kernel::{GRACE, Interrupt, Source, Waiter, poll};
use wat_runtime::handles::Handle;

/// A look at the stop word while a stopping server waits.
const LOOK: Duration = Duration::from_millis(20);
/// What of a stop's time is left to the rest of the program.
const REST: Duration = Duration::from_millis(200);
/// After an accept that failed for want of descriptors.
const BREATH: Duration = Duration::from_millis(50);
/// The largest whole body, where the program does not say.
const WHOLE: u64 = 1 << 20;

pub struct Limits {
    pub connections: usize,
    /// Bytes of a request's head and of its body; where none is said of a body, a whole one has a limit and one in pieces not.
    pub head: usize,
    body: Option<u64>,
    /// For a head and a body to arrive, an answer to leave, and between two requests.
    pub head_time: Duration,
    pub body_time: Duration,
    pub write_time: Duration,
    pub idle_time: Duration,
}

impl Limits {
    /// In the order in which `lib/wat/http.wat` gives them; times in nanoseconds.
    pub fn of(numbers: &[i64]) -> Limits {
        let count = |i: usize| usize::try_from(numbers[i]).unwrap_or(0).max(1);
        // A year is as good as for ever, and no sum of it and now overflows.
        let time = |i: usize| Duration::from_nanos(numbers[i].clamp(0, 31_536_000_000_000_000) as u64);
        Limits {
            connections: count(0),
            head: count(1),
            body: u64::try_from(numbers[2]).ok(),
            head_time: time(3),
            body_time: time(4),
            write_time: time(5),
            idle_time: time(6),
        }
    }

    pub fn of_body(&self, streams: bool) -> u64 {
        self.body.unwrap_or(if streams { u64::MAX } else { WHOLE })
    }
}

pub struct Server {
    listener: Listener,
    limits: Limits,
    /// Of a server that speaks TLS.
    tls: Option<Arc<ServerConfig>>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    connections: Vec<Connection>,
    asked: VecDeque<Asking>,
    /// The program takes bodies in pieces.
    streams: bool,
    /// The number of the next request.
    next: u64,
    /// When a stopping server ends whatever is in hand.
    end: Option<Instant>,
    /// No accept before this.
    breath: Option<Instant>,
}

/// What the thread is to do next.
pub enum Turn {
    Asking(Asking),
    /// Its own input is ready, or it is stopping and nothing is in hand any more.
    Other,
}

impl Handle for Server {
    fn released(&self) {
        self.listener.close();
        // An exchange in hand goes on without it.
        self.lock().connections.retain_mut(|connection| connection.streaming().is_some());
    }
}

impl Server {
    pub fn open(to: &Purpose, limits: Limits, tls: Option<Arc<ServerConfig>>) -> Result<Server, Trouble> {
        let state = State { next: 1, ..State::default() };
        Ok(Server { listener: Listener::open(to)?, limits, tls, state: Mutex::new(state) })
    }

    pub fn address(&self) -> &str {
        &self.listener.address
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next request, whole or with `streams` its head; with `with_input` also the moment when the thread's own input is
    /// ready.
    pub fn next(&self, host: &mut Host, with_input: bool, streams: bool) -> Result<Turn, Trouble> {
        let mut state = self.lock();
        state.streams = streams;
        loop {
            let now = Instant::now();
            state.settle(now, &self.limits);
            if let Some(asking) = state.asked.pop_front() {
                return Ok(Turn::Asking(asking));
            }
            if state.end.is_some_and(|end| end <= now || state.connections.is_empty()) {
                return Ok(Turn::Other);
            }
            if self.wait(&mut state, host, with_input, None)? {
                return Ok(Turn::Other);
            }
        }
    }

    /// Waits once, also for a stop, with which the server begins to end.
    fn wait(
        &self,
        state: &mut State,
        host: &mut Host,
        with_input: bool,
        until: Option<Instant>,
    ) -> Result<bool, Trouble> {
        let now = Instant::now();
        match self.poll(state, host, with_input, now, until) {
            Ok(own) => Ok(own),
            Err(Interrupt::Killed) => Err(Trouble::Halt(Halt::Killed)),
            Err(Interrupt::Stopped) => {
                let left = host.node.process.stop_left().unwrap_or(GRACE);
                state.end = Some(now + left.saturating_sub(REST));
                self.listener.close();
                Ok(false)
            }
        }
    }

    /// Repeats a step of the exchange with this number until it is done. Meanwhile everybody else is served as far as it goes
    /// without the program.
    fn until<T>(
        &self,
        host: &mut Host,
        id: u64,
        call: &'static str,
        (pace, allowed): (fn(&mut Streaming) -> &mut Pace, Duration),
        mut step: impl FnMut(&mut Connection, Instant) -> Step<T>,
    ) -> Result<T, Trouble> {
        let refuse = |kind, why: String| Trouble::from(Refusal::new(kind, call, self.address(), why));
        let over = || refuse("closed", "the exchange is over".to_string());
        let mut state = self.lock();
        loop {
            let now = Instant::now();
            let connection = state.connections.iter_mut().find(|connection| connection.has_asked(id));
            let connection = connection.ok_or_else(over)?;
            match step(connection, now) {
                Step::Done(done) => return Ok(done),
                Step::Failed(kind, why) => return Err(refuse(kind, why)),
                Step::Wait => {}
            }
            let left = connection.streaming().map_or(Duration::ZERO, |s| pace(s).left(allowed));
            if left.is_zero() {
                return Err(refuse("timed-out", "the client takes too long".to_string()));
            }
            if state.end.is_some_and(|end| end <= now) {
                return Err(refuse("stopped", "this node was told to stop".to_string()));
            }
            let until = now.checked_add(left);
            self.wait(&mut state, host, false, until)?;
            let spent = now.elapsed();
            let mine = state.connections.iter_mut().find(|connection| connection.has_asked(id));
            if let Some(streaming) = mine.and_then(Connection::streaming) {
                pace(streaming).spend(spent);
            }
            state.settle(Instant::now(), &self.limits);
        }
    }

    /// The next bytes of a body, `most` at most; None at its end.
    pub fn take(&self, host: &mut Host, id: u64, most: usize) -> Result<Option<Vec<u8>>, Trouble> {
        let pace = (|s: &mut Streaming| &mut s.sends) as fn(&mut Streaming) -> &mut Pace;
        self.until(host, id, "read", (pace, self.limits.body_time), |connection, now| {
            connection.take(most, now, &self.limits)
        })
    }

    /// Puts all of the bytes into the answer.
    pub fn push(&self, host: &mut Host, id: u64, bytes: &[u8]) -> Result<(), Trouble> {
        let pace = (|s: &mut Streaming| &mut s.takes) as fn(&mut Streaming) -> &mut Pace;
        let mut rest = bytes;
        while !rest.is_empty() {
            let count =
                self.until(host, id, "write", (pace, self.limits.write_time), |connection, now| {
                    connection.push(rest, now, &self.limits)
                })?;
            rest = &rest[count..];
        }
        Ok(())
    }

    pub fn begin(&self, id: u64, status: i64, headers: &Headers) -> Result<(), Refusal> {
        let status = self.answerable(status, headers)?;
        let mut state = self.lock();
        let last = state.is_full(&self.limits);
        self.at_once("begin", &mut state, id, |connection| {
            connection.begin(status, headers, last, Instant::now(), &self.limits)
        })
    }

    pub fn finish(&self, id: u64) -> Result<(), Refusal> {
        self.at_once("finish", &mut self.lock(), id, |connection| {
            connection.finish(Instant::now(), &self.limits)
        })
    }

    fn at_once(
        &self,
        call: &'static str,
        state: &mut State,
        id: u64,
        step: impl FnOnce(&mut Connection) -> Step<()>,
    ) -> Result<(), Refusal> {
        let refuse = |kind, why: String| Err(Refusal::new(kind, call, self.address(), why));
        match state.connections.iter_mut().find(|connection| connection.has_asked(id)).map(step) {
            Some(Step::Done(())) => Ok(()),
            Some(Step::Failed(kind, why)) => refuse(kind, why),
            Some(Step::Wait) | None => refuse("closed", "the exchange is over".to_string()),
        }
    }

    /// The program has let go of the exchange, finished or not.
    pub fn abandon(&self, id: u64) {
        let mut state = self.lock();
        if let Some(connection) = state.connections.iter_mut().find(|connection| connection.has_asked(id)) {
            connection.abandon(Instant::now(), &self.limits);
        }
    }

    /// Waits for a socket, for time or for the thread's own input (then true), and does what the sockets are ready for.
    fn poll(
        &self,
        state: &mut State,
        host: &mut Host,
        with_input: bool,
        now: Instant,
        until: Option<Instant>,
    ) -> Result<bool, Interrupt> {
        let Host { waiter, input, .. } = host;
        let room = state.connections.len() < self.limits.connections;
        let breathing = state.breath.is_some_and(|end| end > now);
        let listening = self.listener.socket().filter(|_| room && !breathing);
        let asleep: Vec<usize> =
            (0..state.connections.len()).filter(|i| state.connections[*i].interest() != 0).collect();
        let hungry: Vec<bool> = asleep.iter().map(|i| state.connections[*i].has_input()).collect();
        let deadline = state
            .connections
            .iter()
            .filter_map(|connection| connection.deadline)
            .chain(state.end)
            .chain(state.breath.filter(|_| breathing))
            .chain(until)
            .chain(hungry.contains(&true).then_some(now))
            .min();
        let (ready, own) = {
            let mut sources: Vec<Source> = asleep
                .iter()
                .map(|i| &state.connections[*i])
                .map(|connection| Source::Descriptor(connection.wire.as_fd(), connection.interest()))
                .collect();
            if let Some(listening) = &listening {
                sources.push(Source::Descriptor(listening.as_fd(), READABLE));
            }
            let at = sources.len();
            let _about = waiter.about(Wait::Accept, None);
            if with_input && state.end.is_none() {
                match input.source() {
                    Some(source) => sources.push(source),
                    None => return Ok(true),
                }
            }
            let ready = if state.end.is_some() {
                while_stopping(waiter, &sources, deadline)?
            } else {
                poll(waiter, &sources, deadline)?
            };
            let own = ready.get(at).copied().unwrap_or(false);
            (ready, own)
        };
        let now = Instant::now();
        for (i, at) in asleep.iter().enumerate() {
            if ready[i] || hungry[i] {
                state.connections[*at].ready(now, &self.limits);
            }
        }
        if let Some(listening) = listening
            && ready[asleep.len()]
        {
            self.accept(state, &listening, now);
        }
        Ok(own)
    }

    fn accept(&self, state: &mut State, listening: &Arc<Listening>, now: Instant) {
        while state.connections.len() < self.limits.connections {
            match listening.accept() {
                Ok((socket, peer)) => {
                    if let Some(wire) = self.wire(socket) {
                        state.connections.push(Connection::new(wire, peer, now, &self.limits));
                    }
                }
                Err(e) if passing(&e) => {}
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => return,
                Err(_) => {
                    state.breath = Some(now + BREATH);
                    return;
                }
            }
        }
    }

    /// A connection as this server speaks on it; none where the client has gone already.
    fn wire(&self, socket: Socket) -> Option<Wire> {
        socket.settle().ok()?;
        match &self.tls {
            None => Some(Wire::plain(socket)),
            Some(config) => Wire::server(socket, config.clone()).ok(),
        }
    }

    /// The status, where an answer can have it and these headers.
    fn answerable(&self, status: i64, headers: &Headers) -> Result<u16, Refusal> {
        let invalid = |why: String| Refusal::new("invalid", "answer", self.address(), why);
        let Some(status) = u16::try_from(status).ok().filter(|status| (200..=599).contains(status)) else {
            return Err(invalid(format!("{status} is no final status: 200 to 599")));
        };
        if let Some((name, _)) = headers.iter().find(|(name, value)| !is_header(name, value)) {
            return Err(invalid(format!("the header {name:?} has letters that no header has")));
        }
        Ok(status)
    }

    /// Answers the request with this number.
    pub fn answer(&self, id: u64, status: i64, headers: &Headers, body: &[u8]) -> Result<(), Refusal> {
        let status = self.answerable(status, headers)?;
        let mut state = self.lock();
        let full = state.is_full(&self.limits);
        let Some(connection) = state.connections.iter_mut().find(|connection| connection.has_asked(id))
        else {
            let why = format!("no client waits for an answer to request {id}");
            return Err(Refusal::new("closed", "answer", self.address(), why));
        };
        // With no room for another, a connection serves one request and makes room.
        connection.answer((status, headers, body), full, Instant::now(), &self.limits);
        Ok(())
    }
}

impl State {
    /// A connection serves one more request and makes room.
    fn is_full(&self, limits: &Limits) -> bool {
        self.connections.len() >= limits.connections || self.end.is_some()
    }

    /// Moves every connection on as far as it goes, and drops those that are over.
    fn settle(&mut self, now: Instant, limits: &Limits) {
        let stopping = self.end.is_some();
        for connection in &mut self.connections {
            if let Some(asking) = connection.advance(now, limits, self.next, self.streams) {
                self.next += 1;
                self.asked.push_back(asking);
            }
            if connection.deadline.is_some_and(|deadline| deadline <= now) {
                connection.expire(now, limits);
            }
        }
        let goes = |connection: &Connection| connection.is_over() || (stopping && connection.is_idle());
        self.connections.retain(|connection| !goes(connection));
    }
}

/// A wait that the stop itself does not end.
fn while_stopping(
    waiter: &Waiter,
    sources: &[Source],
    deadline: Option<Instant>,
) -> Result<Vec<bool>, Interrupt> {
    use rustix::event::{PollFd, PollFlags, Timespec};
    let mut entries: Vec<PollFd> = sources
        .iter()
        .filter_map(|source| match source {
            Source::Descriptor(fd, events) => {
                Some(PollFd::from_borrowed_fd(*fd, PollFlags::from_bits_truncate(*events as u16)))
            }
            _ => None,
        })
        .collect();
    if waiter.interrupted() == Some(Interrupt::Killed) {
        return Err(Interrupt::Killed);
    }
    let left = deadline.map_or(LOOK, |end| end.saturating_duration_since(Instant::now()).min(LOOK));
    let time = Timespec { tv_sec: 0, tv_nsec: left.subsec_nanos().into() };
    // A poll fails for a signal or for want of memory: nothing is ready, and the next one tells.
    let _ = rustix::event::poll(&mut entries, Some(&time));
    Ok(entries.iter().map(|entry| !entry.revents().is_empty()).collect())
}
