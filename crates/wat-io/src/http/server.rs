//! A server: its listener and the connections of its clients, moved on by the one thread that asks for the next request.
//!
//! A stop closes the listener and the idle connections; requests in hand are answered until the deadline of the stop.

use super::connection::Connection;
use super::message::{Headers, Request, is_header};
use crate::error::{Refusal, Trouble};
use crate::net::listener::{Listener, Listening, passing};
use crate::net::wait::{Purpose, READABLE};
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

pub struct Limits {
    pub connections: usize,
    /// Bytes of a request's head and of its body.
    pub head: usize,
    pub body: usize,
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
            body: count(2),
            head_time: time(3),
            body_time: time(4),
            write_time: time(5),
            idle_time: time(6),
        }
    }
}

pub struct Server {
    listener: Listener,
    limits: Limits,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    connections: Vec<Connection>,
    whole: VecDeque<Request>,
    /// The number of the next request.
    next: u64,
    /// When a stopping server ends whatever is in hand.
    end: Option<Instant>,
    /// No accept before this.
    breath: Option<Instant>,
}

/// What the thread is to do next.
pub enum Turn {
    Request(Request),
    /// Its own input is ready, or it is stopping and nothing is in hand any more.
    Other,
}

impl Handle for Server {
    fn released(&self) {
        self.listener.close();
        self.lock().connections.clear();
    }
}

impl Server {
    pub fn open(to: &Purpose, limits: Limits) -> Result<Server, Trouble> {
        let state = State { next: 1, ..State::default() };
        Ok(Server { listener: Listener::open(to)?, limits, state: Mutex::new(state) })
    }

    pub fn address(&self) -> &str {
        &self.listener.address
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next whole request; with `with_input` also the moment when the thread's own input is ready.
    pub fn next(&self, host: &mut Host, with_input: bool) -> Result<Turn, Trouble> {
        let mut state = self.lock();
        loop {
            let now = Instant::now();
            state.settle(now, &self.limits);
            if let Some(request) = state.whole.pop_front() {
                return Ok(Turn::Request(request));
            }
            if state.end.is_some_and(|end| end <= now || state.connections.is_empty()) {
                return Ok(Turn::Other);
            }
            match self.wait(&mut state, host, with_input, now) {
                Ok(true) => return Ok(Turn::Other),
                Ok(false) => {}
                Err(Interrupt::Killed) => return Err(Trouble::Halt(Halt::Killed)),
                Err(Interrupt::Stopped) => {
                    let left = host.node.process.stop_left().unwrap_or(GRACE);
                    state.end = Some(now + left.saturating_sub(REST));
                    self.listener.close();
                }
            }
        }
    }

    /// Waits for a socket, for time or for the thread's own input (then true), and does what the sockets are ready for.
    fn wait(
        &self,
        state: &mut State,
        host: &mut Host,
        with_input: bool,
        now: Instant,
    ) -> Result<bool, Interrupt> {
        let Host { waiter, input, .. } = host;
        let room = state.connections.len() < self.limits.connections;
        let breathing = state.breath.is_some_and(|end| end > now);
        let listening = self.listener.socket().filter(|_| room && !breathing);
        let asleep: Vec<usize> =
            (0..state.connections.len()).filter(|i| state.connections[*i].interest() != 0).collect();
        let deadline = state
            .connections
            .iter()
            .filter_map(|connection| connection.deadline)
            .chain(state.end)
            .chain(state.breath.filter(|_| breathing))
            .min();
        let (ready, own) = {
            let mut sources: Vec<Source> = asleep
                .iter()
                .map(|i| &state.connections[*i])
                .map(|connection| Source::Descriptor(connection.socket.as_fd(), connection.interest()))
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
            if ready[i] {
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
                    if socket.settle().is_ok() {
                        state.connections.push(Connection::new(socket, peer, now, &self.limits));
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

    /// Answers the request with this number.
    pub fn answer(&self, id: u64, status: i64, headers: &Headers, body: &[u8]) -> Result<(), Refusal> {
        let invalid = |why: String| Refusal::new("invalid", "answer", self.address(), why);
        let Some(status) = u16::try_from(status).ok().filter(|status| (200..=599).contains(status)) else {
            return Err(invalid(format!("{status} is no final status: 200 to 599")));
        };
        if let Some((name, _)) = headers.iter().find(|(name, value)| !is_header(name, value)) {
            return Err(invalid(format!("the header {name:?} has letters that no header has")));
        }
        let mut state = self.lock();
        let full = state.connections.len() >= self.limits.connections || state.end.is_some();
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
    /// Moves every connection on as far as it goes, and drops those that are over.
    fn settle(&mut self, now: Instant, limits: &Limits) {
        let stopping = self.end.is_some();
        for connection in &mut self.connections {
            if let Some(request) = connection.advance(now, limits, self.next) {
                self.next += 1;
                self.whole.push_back(request);
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
