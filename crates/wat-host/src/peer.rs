//! A spawned program and the bookkeeping of its requests, the same for a process and a thread.
//!
//! The n-th value read answers the n-th request sent. A call waits for its own number; answers to earlier sends are
//! kept for `recv`, those to calls that gave up are dropped on arrival. Not here: wat types ([`crate::traffic`]).

use crate::parcel::Parcel;
use crate::story::Story;
use crate::values::{Found, Values};
use std::collections::{BTreeSet, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};
use wat_kernel::{
    Child, Interrupt, Kicker, Leash, ReadError, Receiver, SendError, Sender, Source, State, Waiter,
    WriteError,
};
use wat_runtime::handles::{Handle, Ward};

/// What a call keeps for `recv` at most.
const KEPT_VALUES: usize = 64;
const KEPT_BYTES: usize = 64 * 1024;
pub struct Peer {
    pub path: String,
    pub program: String,
    pub link: Link,
    outgoing: Mutex<Outgoing>,
    incoming: Mutex<Incoming>,
}

pub enum Link {
    Process(Child),
    Thread(Thread),
}

/// The parent's ends of a thread peer.
pub struct Thread {
    pub requests: Mutex<Option<Sender<Parcel>>>,
    pub replies: Receiver<Parcel>,
    /// Closed after the end has been noted.
    pub done: Receiver<()>,
    pub shared: Arc<ThreadShared>,
}

/// What a thread peer and its parent both see.
#[derive(Default)]
pub struct ThreadShared {
    /// The crash's text, or none when it ended well.
    pub end: OnceLock<Option<String>>,
    pub kicker: OnceLock<Kicker>,
    pub state: AtomicU8,
    /// Set before a kill: the reason that the crash names.
    pub kill_reason: OnceLock<&'static str>,
    /// No handle is left: what it still writes is dropped, and its crash goes to stderr.
    pub released: AtomicBool,
    /// Its end has been looked at.
    pub seen: AtomicBool,
    /// It has been told to stop, perhaps before there was anything to kick.
    pub stop_asked: AtomicBool,
    /// What it has spawned, to be told to stop or to end with it.
    children: Mutex<Vec<Kin>>,
}

impl ThreadShared {
    /// Tells the thread and all below it to stop; does not wait.
    pub fn ask_stop(&self, grace: Duration) {
        self.stop_asked.store(true, Ordering::SeqCst);
        self.state.fetch_max(2, Ordering::SeqCst);
        if let Some(kicker) = self.kicker.get() {
            kicker.stop();
        }
        self.each_child(|child| child.ask_stop(grace));
    }

    /// Ends the thread, wherever it is, and all below it.
    pub fn kill(&self, reason: &'static str) {
        let _ = self.kill_reason.set(reason);
        if let Some(kicker) = self.kicker.get() {
            kicker.kill();
        }
        self.each_child(Ward::end);
    }

    /// A peer the thread has spawned.
    pub fn adopt(&self, child: Kin) {
        let mut children = lock(&self.children);
        children.retain(|known| !known.has_ended());
        children.push(child.clone());
        drop(children);
        if self.kill_reason.get().is_some() {
            child.end();
        } else if self.stop_asked.load(Ordering::SeqCst) {
            child.ask_stop(wat_kernel::GRACE);
        }
    }

    fn each_child(&self, tell: impl Fn(&Kin)) {
        let children = lock(&self.children).clone();
        children.iter().for_each(tell);
    }

    /// Waits for the processes it has spawned, as a process waits for its children.
    pub fn wait_for_children(&self, waiter: &Waiter) {
        self.each_child(|child| {
            if let Kin::Process(leash) = child {
                // A kill of this thread ends the wait; what it waits for is killed too.
                let _ = leash.wait(waiter);
            }
        });
    }
}

/// A peer as its spawner is responsible for it, with or without a handle.
#[derive(Clone)]
pub enum Kin {
    Process(Leash),
    Thread(Arc<ThreadShared>),
}

impl Kin {
    pub fn ask_stop(&self, grace: Duration) {
        match self {
            Kin::Process(leash) => leash.ask_stop(grace),
            Kin::Thread(shared) => shared.ask_stop(grace),
        }
    }
}

impl Ward for Kin {
    fn has_ended(&self) -> bool {
        match self {
            Kin::Process(leash) => leash.has_ended(),
            Kin::Thread(shared) => shared.end.get().is_some(),
        }
    }

    fn end(&self) {
        match self {
            Kin::Process(leash) => leash.end(),
            Kin::Thread(shared) => {
                shared.seen.store(true, Ordering::SeqCst);
                shared.kill("its parent has crashed");
            }
        }
    }
}

#[derive(Default)]
struct Outgoing {
    sent: u64,
    closed: bool,
}

struct Incoming {
    arrived: u64,
    /// Numbers of calls that gave up.
    abandoned: BTreeSet<u64>,
    kept: VecDeque<Item>,
    kept_bytes: usize,
    values: Values,
}

/// A value that has arrived and has not been decoded.
pub enum Item {
    Text(Vec<u8>),
    Parcel(Parcel),
}

/// Why a request or receive has no value.
pub enum Trouble {
    /// The peer's own end, or a failed request: the crash's text.
    Crash(String),
    /// The calling thread must end at once.
    Killed,
}

/// What a receive gives.
pub enum Got {
    Item(Item),
    /// The peer ended well.
    End,
}

impl Handle for Peer {
    /// What closes with the last reference closes by being dropped.
    fn released(&self) {}
}

impl Drop for Thread {
    fn drop(&mut self) {
        self.shared.released.store(true, Ordering::SeqCst);
        if let Some(Some(text)) = self.shared.end.get()
            && !self.shared.seen.swap(true, Ordering::SeqCst)
        {
            crate::stdio::unseen(text);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Peer {
    pub fn new(path: String, program: String, link: Link, value_limit: usize) -> Peer {
        let incoming = Incoming {
            arrived: 0,
            abandoned: BTreeSet::new(),
            kept: VecDeque::new(),
            kept_bytes: 0,
            values: Values::edn(value_limit),
        };
        Peer { path, program, link, outgoing: Mutex::default(), incoming: Mutex::new(incoming) }
    }

    pub fn kin(&self) -> Kin {
        match &self.link {
            Link::Process(child) => Kin::Process(child.leash()),
            Link::Thread(thread) => Kin::Thread(thread.shared.clone()),
        }
    }

    pub fn is_process(&self) -> bool {
        matches!(self.link, Link::Process(_))
    }

    pub fn pid(&self) -> Option<i32> {
        match &self.link {
            Link::Process(child) => child.pid(),
            Link::Thread(_) => None,
        }
    }

    /// The variant number of `wat.kernel/Status`.
    pub fn status(&self) -> u64 {
        match &self.link {
            Link::Process(child) => match child.status() {
                // It has answered, whatever the warden has heard so far.
                State::Starting if self.incoming.try_lock().is_ok_and(|i| i.arrived > 0) => 1,
                State::Starting => 0,
                State::Running => 1,
                State::Stopping => 2,
                State::Ended => 3,
            },
            Link::Thread(thread) if thread.shared.end.get().is_some() => 3,
            Link::Thread(thread) => u64::from(thread.shared.state.load(Ordering::SeqCst)),
        }
    }

    /// A failed request's crash.
    pub fn request(&self, kind: &str, message: &str, executed: &'static str) -> Trouble {
        let mut story = Story::new(kind, &self.path, &self.program, message).executed(executed);
        story.in_flight = self.in_flight();
        Trouble::Crash(story.text())
    }

    /// Requests sent and not answered.
    fn in_flight(&self) -> u64 {
        let sent = lock(&self.outgoing).sent;
        self.incoming.try_lock().map_or(0, |i| sent.saturating_sub(i.arrived))
    }

    /// Sends one encoded request and answers its number.
    pub fn send(&self, waiter: &Waiter, item: Item) -> Result<u64, Trouble> {
        let mut out = lock(&self.outgoing);
        if out.closed {
            drop(out);
            return Err(self.request("closed", "the request was sent after close", "no"));
        }
        match self.put(waiter, item) {
            Ok(()) => {
                out.sent += 1;
                Ok(out.sent - 1)
            }
            Err(error) => {
                // A request whose first bytes are out has a number; its answer, if any, is not for another.
                if matches!(error, WriteError::Deadlock { begun: true } | WriteError::Interrupted(_)) {
                    lock(&self.incoming).abandoned.insert(out.sent);
                    out.sent += 1;
                }
                drop(out);
                Err(self.not_sent(waiter, error))
            }
        }
    }

    fn put(&self, waiter: &Waiter, item: Item) -> Result<(), WriteError> {
        match (&self.link, item) {
            (Link::Process(child), Item::Text(line)) => child.write(waiter, &line),
            (Link::Thread(thread), Item::Parcel(parcel)) => {
                let requests = lock(&thread.requests).clone();
                let Some(requests) = requests else { return Err(WriteError::Closed) };
                let bytes = parcel.bytes;
                requests.send(waiter, parcel, bytes).map_err(|e| match e {
                    SendError::Closed(_) => WriteError::Closed,
                    SendError::Interrupted(why, _) => WriteError::Interrupted(why),
                })
            }
            _ => unreachable!("a request is encoded for the peer's tier"),
        }
    }

    fn not_sent(&self, waiter: &Waiter, error: WriteError) -> Trouble {
        match error {
            WriteError::Closed => match self.end(waiter) {
                Ok(Some(text)) => Trouble::Crash(text),
                Ok(None) => self.request("ended", "the peer ended well before the request", "no"),
                Err(trouble) => trouble,
            },
            WriteError::Deadlock { begun } => {
                let message = format!(
                    "both sides of the pair are blocked writing: requests to {} and its answers",
                    self.path
                );
                self.request("deadlock", &message, if begun { "unknown" } else { "no" })
            }
            WriteError::Interrupted(Interrupt::Stopped) => self.stopped("no"),
            WriteError::Interrupted(Interrupt::Killed) => Trouble::Killed,
            WriteError::System(e) => self.request("lost", &format!("write to {}: {e}", self.path), "unknown"),
        }
    }

    fn stopped(&self, executed: &'static str) -> Trouble {
        self.request("stopped", "this node is stopping", executed)
    }

    /// The next value that no abandoned call asked for.
    pub fn receive(&self, waiter: &Waiter) -> Result<Got, Trouble> {
        let mut incoming = lock(&self.incoming);
        if let Some(item) = incoming.unkeep() {
            return Ok(Got::Item(item));
        }
        match self.arrive(&mut incoming, waiter, None)? {
            Arrived::Item(_, item) => Ok(Got::Item(item)),
            Arrived::End => {
                drop(incoming);
                self.end(waiter)?.map_or(Ok(Got::End), |text| Err(Trouble::Crash(text)))
            }
            Arrived::Late => unreachable!("there is no deadline"),
        }
    }

    /// The reply to the request of that number.
    pub fn reply(&self, waiter: &Waiter, number: u64, timeout: Option<Duration>) -> Result<Item, Trouble> {
        let deadline = timeout.and_then(|t| Instant::now().checked_add(t));
        let mut incoming = lock(&self.incoming);
        let why = loop {
            if incoming.is_full() {
                break Err(("limit", "too many answers to earlier requests are waiting for recv"));
            }
            match self.arrive(&mut incoming, waiter, deadline) {
                Ok(Arrived::Item(n, item)) if n == number => return Ok(item),
                // The one that is too many is kept all the same: it has been taken from the peer.
                Ok(Arrived::Item(_, item)) => incoming.keep(item),
                Ok(Arrived::End) => break Ok(()),
                Ok(Arrived::Late) => break Err(("timeout", "no reply within the time")),
                Err(trouble) => {
                    incoming.abandoned.insert(number);
                    return Err(trouble);
                }
            }
        };
        match why {
            Ok(()) => {
                drop(incoming);
                match self.end(waiter)? {
                    Some(text) => Err(Trouble::Crash(text)),
                    None => Err(self.request("ended", "the peer ended well without answering", "unknown")),
                }
            }
            Err((kind, message)) => {
                incoming.abandoned.insert(number);
                drop(incoming);
                Err(self.request(kind, message, "unknown"))
            }
        }
    }

    /// The next value, its number, and nothing that was abandoned.
    fn arrive(
        &self,
        incoming: &mut Incoming,
        waiter: &Waiter,
        deadline: Option<Instant>,
    ) -> Result<Arrived, Trouble> {
        match &self.link {
            Link::Process(child) => loop {
                if let Some(arrived) = self.complete(child, incoming)? {
                    return Ok(arrived);
                }
                if deadline.is_some() {
                    let mut turn = 0;
                    match wat_kernel::select(waiter, &[self.source()], deadline, &mut turn) {
                        Ok(Some(_)) => {}
                        Ok(None) => return Ok(Arrived::Late),
                        Err(why) => return Err(self.interrupted(why)),
                    }
                }
                self.pull(child, incoming, waiter)?;
            },
            Link::Thread(thread) => loop {
                let received = thread.replies.receive_until(waiter, deadline);
                match received.map_err(|why| self.interrupted(why))? {
                    None => return Ok(Arrived::Late),
                    Some(None) => return Ok(Arrived::End),
                    Some(Some(parcel)) => {
                        if let Some(number) = incoming.number() {
                            return Ok(Arrived::Item(number, Item::Parcel(parcel)));
                        }
                    }
                }
            },
        }
    }

    /// What has arrived whole from a child.
    fn complete(&self, child: &Child, incoming: &mut Incoming) -> Result<Option<Arrived>, Trouble> {
        loop {
            match incoming.values.next() {
                Found::Value(range) => {
                    let text = incoming.values.bytes()[range].to_vec();
                    if let Some(number) = incoming.number() {
                        return Ok(Some(Arrived::Item(number, Item::Text(text))));
                    }
                }
                Found::More => return Ok(None),
                Found::End => return Ok(Some(Arrived::End)),
                Found::Bad(error) => {
                    child.ask_stop(Duration::ZERO);
                    let message = format!("what {} wrote is not EDN: {error}", self.path);
                    return Err(self.request("malformed-output", &message, "unknown"));
                }
            }
        }
    }

    /// Reads what there is of a child's output, waiting for at least one byte or the end.
    fn pull(&self, child: &Child, incoming: &mut Incoming, waiter: &Waiter) -> Result<(), Trouble> {
        match child.read(waiter, incoming.values.room()) {
            Ok(0) => incoming.values.finish(),
            Ok(count) => incoming.values.filled(count),
            Err(ReadError::Interrupted(why)) => return Err(self.interrupted(why)),
            Err(ReadError::System(e)) => {
                return Err(self.request("lost", &format!("read from {}: {e}", self.path), "unknown"));
            }
        }
        Ok(())
    }

    fn interrupted(&self, why: Interrupt) -> Trouble {
        match why {
            Interrupt::Stopped => self.stopped("unknown"),
            Interrupt::Killed => Trouble::Killed,
        }
    }

    /// What a select waits for on the peer's side of its output.
    pub fn source(&self) -> Source<'_> {
        match &self.link {
            Link::Process(child) => Source::Output(child),
            Link::Thread(thread) => Source::Channel(&thread.replies),
        }
    }

    /// What a select waits for to see its end.
    pub fn exit_source(&self) -> Source<'_> {
        match &self.link {
            Link::Process(child) => Source::Exit(child),
            Link::Thread(thread) => Source::Channel(&thread.done),
        }
    }

    /// Would a receive answer without waiting? `source_ready`: its source has something to take in first.
    pub fn is_ready(&self, waiter: &Waiter, source_ready: bool) -> Result<bool, Trouble> {
        let Ok(mut incoming) = self.incoming.try_lock() else { return Ok(false) };
        if !incoming.kept.is_empty() {
            return Ok(true);
        }
        let found = match &self.link {
            Link::Process(child) => {
                let mut found = self.complete(child, &mut incoming);
                if source_ready && matches!(found, Ok(None)) {
                    self.pull(child, &mut incoming, waiter)?;
                    found = self.complete(child, &mut incoming);
                }
                found
            }
            Link::Thread(_) if !source_ready => Ok(None),
            Link::Thread(thread) => match thread.replies.try_receive() {
                Some(Some(parcel)) => Ok(incoming.number().map(|n| Arrived::Item(n, Item::Parcel(parcel)))),
                Some(None) => Ok(Some(Arrived::End)),
                None => Ok(None),
            },
        };
        match found {
            Ok(Some(Arrived::Item(_, item))) => {
                // Kept for the receive that follows.
                incoming.keep(item);
                Ok(true)
            }
            // An end, and what is not EDN, are what that receive will answer.
            Ok(Some(_)) | Err(_) => Ok(true),
            Ok(None) => Ok(false),
        }
    }

    /// No more requests.
    pub fn close(&self) {
        lock(&self.outgoing).closed = true;
        match &self.link {
            Link::Process(child) => child.close(),
            Link::Thread(thread) => *lock(&thread.requests) = None,
        }
    }

    /// Tells the peer to stop, then to end; does not wait.
    pub fn ask_stop(&self, grace: Duration) {
        match &self.link {
            Link::Process(child) => child.ask_stop(grace),
            Link::Thread(thread) => thread.shared.ask_stop(grace),
        }
    }

    /// Closes, drains, and waits for the end: the crash's text, or none when it ended well.
    pub fn end(&self, waiter: &Waiter) -> Result<Option<String>, Trouble> {
        self.end_within(waiter, None)
    }

    /// Tells it to stop, and kills it when it has not ended within the time.
    pub fn stop(&self, waiter: &Waiter, grace: Duration) -> Result<Option<String>, Trouble> {
        self.ask_stop(grace);
        self.end_within(waiter, Some(grace))
    }

    pub fn kill(&self, waiter: &Waiter) -> Result<Option<String>, Trouble> {
        match &self.link {
            Link::Process(child) => {
                child.kill(waiter).map_err(|why| self.interrupted(why))?;
                self.end(waiter)
            }
            Link::Thread(thread) => {
                thread.shared.kill("killed by its parent");
                self.end(waiter)
            }
        }
    }

    fn end_within(&self, waiter: &Waiter, grace: Option<Duration>) -> Result<Option<String>, Trouble> {
        match &self.link {
            Link::Process(child) => {
                let end = child.wait(waiter).map_err(|why| self.interrupted(why))?;
                let story = Story::of_end(&end, &self.path, &self.program, self.in_flight());
                Ok(story.map(|s| s.text()))
            }
            Link::Thread(thread) => {
                *lock(&thread.requests) = None;
                let deadline = grace.and_then(|g| Instant::now().checked_add(g));
                // What it still writes is read and dropped, so that it cannot block on a parent that waits.
                let drained = thread.replies.drain_until(waiter, deadline);
                if !drained.map_err(|why| self.interrupted(why))? {
                    thread.shared.kill("did not stop in time");
                    thread.replies.drain_until(waiter, None).map_err(|why| self.interrupted(why))?;
                }
                thread.shared.seen.store(true, Ordering::SeqCst);
                // The channel closes after the end is noted.
                let end = thread.shared.end.get().expect("noted before the channel closed");
                let in_flight = self.in_flight();
                Ok(end.as_ref().map(|record| {
                    let mut story = Story::of_record(record.as_bytes(), &self.path, &self.program);
                    story.in_flight = in_flight;
                    story.text()
                }))
            }
        }
    }
}

enum Arrived {
    Item(u64, Item),
    End,
    /// The deadline has passed.
    Late,
}

impl Incoming {
    /// The number of the value that has just arrived, or none when its call has given up.
    fn number(&mut self) -> Option<u64> {
        let number = self.arrived;
        self.arrived += 1;
        (!self.abandoned.remove(&number)).then_some(number)
    }

    fn keep(&mut self, item: Item) {
        self.kept_bytes += item.bytes();
        self.kept.push_back(item);
    }

    fn is_full(&self) -> bool {
        self.kept.len() > KEPT_VALUES || self.kept_bytes > KEPT_BYTES
    }

    fn unkeep(&mut self) -> Option<Item> {
        let item = self.kept.pop_front()?;
        self.kept_bytes = self.kept_bytes.saturating_sub(item.bytes());
        Some(item)
    }
}

impl Item {
    fn bytes(&self) -> usize {
        match self {
            Item::Text(text) => text.len(),
            Item::Parcel(parcel) => parcel.bytes,
        }
    }
}
