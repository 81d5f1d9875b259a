//! What arrives from a peer: values counted, matched to requests, kept or dropped.
//!
//! The n-th value read answers the n-th request sent. A call waits for its own number; answers to earlier sends are
//! kept for `recv`, those to calls that gave up are dropped on arrival. Not here: sending, ends, wat types.

use crate::client::Mailed;
use crate::context;
use crate::parcel::Parcel;
use crate::peer::{Link, Peer, Thread, Trouble, lock};
use crate::story::Story;
use crate::values::{Found, Values};
use std::collections::{BTreeSet, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use wat_edn::Position;
use wat_kernel::mutation::removed;
use wat_kernel::see::{Edge, Wait};
use wat_kernel::{Child, ReadError, Source, WINDOW, Waiter, WriteError};

/// What a call keeps for `recv` at most.
const KEPT_VALUES: usize = 64;
const KEPT_BYTES: usize = 64 * 1024;

pub struct Incoming {
    arrived: u64,
    abandoned: Arc<Abandoned>,
    kept: VecDeque<Item>,
    kept_bytes: usize,
    /// Why there is no value behind those kept: what a select met, for the receive that follows.
    trouble: Option<String>,
    /// Read from a thread while a request to it found no room; not counted yet.
    ahead: VecDeque<Parcel>,
    ahead_bytes: usize,
    values: Values,
    edge: Arc<Edge>,
}

/// Numbers of calls that gave up; said also while somebody else receives.
pub type Abandoned = Mutex<BTreeSet<u64>>;

/// A value that has arrived and has not been decoded.
pub enum Item {
    /// And where it stood in the output of a command.
    Text(Vec<u8>, Position),
    Parcel(Parcel),
    /// In place of a value: the crash of that request alone.
    Crash(String),
}

/// What a receive gives.
pub enum Got {
    Item(Item),
    /// The peer ended well.
    End,
}

enum Arrived {
    Item(u64, Item),
    End,
    /// The deadline has passed.
    Late,
}

impl Peer {
    /// The next value that no abandoned call asked for.
    pub fn receive(&self, waiter: &Waiter, deadline: Option<Instant>) -> Result<Got, Trouble> {
        let _about = waiter.about(Wait::Recv, Some(&self.edge));
        let _heed = waiter.heed();
        let late = || self.request("timeout", "nothing has come within the time", "unknown");
        let turn = self.receiving.enter_until(waiter, deadline);
        let _turn = turn.map_err(|why| self.interrupted(waiter, why, "unknown"))?.ok_or_else(late)?;
        let mut incoming = lock(&self.incoming);
        if let Some(item) = incoming.unkeep() {
            return Ok(Got::Item(item));
        }
        match self.arrive(&mut incoming, waiter, deadline)? {
            Arrived::Item(_, item) => Ok(Got::Item(item)),
            Arrived::End => {
                drop(incoming);
                match self.end_soon(waiter, deadline)? {
                    Some(None) => Ok(Got::End),
                    Some(Some(text)) => Err(Trouble::Crash(text)),
                    None => Err(self.goes_on()),
                }
            }
            Arrived::Late => {
                drop(incoming);
                Err(late())
            }
        }
    }

    /// The reply to the request of that number.
    pub fn reply(&self, waiter: &Waiter, number: u64, deadline: Option<Instant>) -> Result<Item, Trouble> {
        let _about = waiter.about(Wait::Call, Some(&self.edge));
        let _heed = waiter.heed();
        // Another thread may be receiving: it is waited for no longer than the answer.
        let turn = self.receiving.enter_until(waiter, deadline);
        let turn = turn.map_err(|why| self.interrupted(waiter, why, "unknown")).and_then(|turn| {
            turn.ok_or_else(|| self.request("timeout", "no reply within the time", "unknown"))
        });
        let _turn = turn.inspect_err(|_| {
            self.abandon(number);
            self.give_up(number);
        })?;
        let mut incoming = lock(&self.incoming);
        let why = loop {
            if incoming.is_full() {
                break Err(("limit", "too many answers to earlier requests are waiting for recv"));
            }
            match self.arrive(&mut incoming, waiter, deadline) {
                // Whose own waits ended with the deadline may have answered in haste.
                Ok(Arrived::Item(n, _))
                    if n == number && deadline.is_some_and(|end| end <= Instant::now()) =>
                {
                    return Err(self.request("timeout", "the reply came after its time", "unknown"));
                }
                Ok(Arrived::Item(n, item)) if n == number => return Ok(item),
                // The one that is too many is kept all the same: it has been taken from the peer.
                Ok(Arrived::Item(_, item)) => incoming.keep(item),
                Ok(Arrived::End) => break Ok(()),
                Ok(Arrived::Late) => break Err(("timeout", "no reply within the time")),
                Err(trouble) => {
                    self.abandon(number);
                    self.give_up(number);
                    return Err(trouble);
                }
            }
        };
        match why {
            Ok(()) => {
                drop(incoming);
                match self.end_soon(waiter, deadline)? {
                    Some(Some(text)) => Err(Trouble::Crash(text)),
                    None => Err(self.goes_on()),
                    Some(None) => {
                        Err(self.request("ended", "the peer ended well without answering", "unknown"))
                    }
                }
            }
            Err((kind, message)) => {
                self.abandon(number);
                drop(incoming);
                let executed = if self.give_up(number) { "no" } else { "unknown" };
                Err(self.request(kind, message, executed))
            }
        }
    }

    /// No answer can come any more, and no end has.
    fn goes_on(&self) -> Trouble {
        let message = format!("{} has closed its output and goes on", self.program);
        self.request("closed", &message, "unknown")
    }

    /// The next value, its number, and nothing that was abandoned.
    fn arrive(
        &self,
        incoming: &mut Incoming,
        waiter: &Waiter,
        deadline: Option<Instant>,
    ) -> Result<Arrived, Trouble> {
        if let Some(text) = incoming.trouble.take() {
            return Err(Trouble::Crash(text));
        }
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
                        Err(why) => return Err(self.interrupted(waiter, why, "unknown")),
                    }
                }
                self.pull(child, incoming, waiter)?;
            },
            Link::Thread(thread) => loop {
                let received = match incoming.take_ahead() {
                    Some(parcel) => Ok(Some(Some(parcel))),
                    None => thread.replies.receive_until(waiter, deadline),
                };
                match received.map_err(|why| self.interrupted(waiter, why, "unknown"))? {
                    None => return Ok(Arrived::Late),
                    Some(None) => return Ok(Arrived::End),
                    Some(Some(parcel)) => {
                        if let Some(number) = incoming.number_of(&parcel) {
                            return Ok(Arrived::Item(number, self.item(parcel)));
                        }
                    }
                }
            },
            Link::Service(client) => loop {
                match client.next(waiter, deadline).map_err(|why| self.interrupted(waiter, why, "unknown"))? {
                    Mailed::Late => return Ok(Arrived::Late),
                    Mailed::End => return Ok(Arrived::End),
                    Mailed::Item(item) => {
                        if let Some(number) = incoming.number() {
                            return Ok(Arrived::Item(number, item));
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
                    let place = if child.is_command() {
                        let (line, column) = incoming.values.position(range.start);
                        Position { line, column }
                    } else {
                        Position::START
                    };
                    let text = incoming.values.bytes()[range].to_vec();
                    let discarded = incoming.values.discarded();
                    let late = !discarded.is_empty() && context::is_late(discarded, &text);
                    if incoming.edge.is_tapped() {
                        incoming.edge.note(incoming.arrived, &text, None);
                    }
                    if let Some(number) = incoming.number() {
                        let item = if late { self.too_late() } else { Item::Text(text, place) };
                        return Ok(Some(Arrived::Item(number, item)));
                    }
                }
                Found::More => return Ok(None),
                Found::End => return Ok(Some(Arrived::End)),
                Found::Bad(error) => {
                    child.ask_stop(Duration::ZERO);
                    let message = format!("what {} wrote is not {}: {error}", self.path, self.codec.noun());
                    return Err(self.request("malformed-output", &message, "unknown"));
                }
            }
        }
    }

    fn item(&self, parcel: Parcel) -> Item {
        if parcel.is_late() { self.too_late() } else { Item::Parcel(parcel) }
    }

    /// What answers a request whose deadline had passed before it was begun.
    pub(crate) fn too_late(&self) -> Item {
        let message = "the deadline had passed before the request was begun";
        Item::Crash(Story::new("timeout", &self.path, &self.program, message).executed("no").text())
    }

    /// Reads what there is of a child's output, waiting for at least one byte or the end.
    fn pull(&self, child: &Child, incoming: &mut Incoming, waiter: &Waiter) -> Result<(), Trouble> {
        match child.read(waiter, incoming.values.room()) {
            Ok(0) => incoming.values.finish(),
            Ok(count) => incoming.values.filled(count),
            Err(ReadError::Interrupted(why)) => return Err(self.interrupted(waiter, why, "unknown")),
            Err(ReadError::System(e)) => {
                return Err(self.request("lost", &format!("read from {}: {e}", self.path), "unknown"));
            }
        }
        Ok(())
    }

    /// Takes what a blocked thread has written, so that it can go on reading; at the window's end both sides are
    /// blocked on each other.
    pub(crate) fn read_ahead(&self, thread: &Thread) -> Result<(), WriteError> {
        // Where another thread is receiving, it is not the pair that is blocked.
        let Ok(mut incoming) = self.incoming.try_lock() else { return Ok(()) };
        while incoming.ahead_bytes < WINDOW {
            let Some(Some(parcel)) = thread.replies.try_receive() else { return Ok(()) };
            incoming.ahead_bytes += parcel.bytes;
            incoming.ahead.push_back(parcel);
        }
        Err(WriteError::Deadlock { begun: false })
    }

    /// What a select waits for on the peer's side of its output.
    pub fn source(&self) -> Source<'_> {
        match &self.link {
            Link::Process(child) => Source::Output(child),
            Link::Thread(thread) => Source::Channel(&thread.replies),
            Link::Service(client) => Source::Channel(&client.answers),
        }
    }

    /// What a select waits for to see its end.
    pub fn exit_source(&self) -> Source<'_> {
        match &self.link {
            Link::Process(child) => Source::Exit(child),
            Link::Thread(thread) => Source::Channel(&thread.done),
            Link::Service(client) => Source::Channel(&client.service.done),
        }
    }

    /// Has a part of a value come whose rest must be read?
    pub fn is_within(&self) -> bool {
        matches!(self.link, Link::Process(_))
            && !removed("one-read")
            && self
                .incoming
                .try_lock()
                .is_ok_and(|incoming| incoming.kept.is_empty() && incoming.values.is_within())
    }

    /// Would a receive answer without waiting? `source_ready`: its source has something to take in first, with one read.
    pub fn is_ready(&self, waiter: &Waiter, source_ready: bool) -> Result<bool, Trouble> {
        let Ok(mut incoming) = self.incoming.try_lock() else { return Ok(false) };
        if !incoming.kept.is_empty() || incoming.trouble.is_some() {
            return Ok(true);
        }
        let found = match &self.link {
            Link::Process(child) => {
                let mut found = self.complete(child, &mut incoming);
                let mut reads = usize::from(source_ready);
                while reads > 0 && matches!(found, Ok(None)) {
                    found = match self.pull(child, &mut incoming, waiter) {
                        Ok(()) => self.complete(child, &mut incoming),
                        Err(trouble) => Err(trouble),
                    };
                    reads -= usize::from(!removed("one-read"));
                }
                found
            }
            Link::Service(client) => loop {
                match client.try_next() {
                    Some(Mailed::Item(item)) => {
                        if let Some(number) = incoming.number() {
                            break Ok(Some(Arrived::Item(number, item)));
                        }
                    }
                    Some(_) => break Ok(Some(Arrived::End)),
                    None => break Ok(None),
                }
            },
            Link::Thread(_) if !source_ready && incoming.ahead.is_empty() => Ok(None),
            Link::Thread(thread) => {
                match incoming.take_ahead().map(Some).or_else(|| thread.replies.try_receive()) {
                    Some(Some(parcel)) => {
                        Ok(incoming.number_of(&parcel).map(|n| Arrived::Item(n, self.item(parcel))))
                    }
                    Some(None) => Ok(Some(Arrived::End)),
                    None => Ok(None),
                }
            }
        };
        match found {
            Ok(Some(Arrived::Item(_, item))) => {
                // Kept for the receive that follows.
                incoming.keep(item);
                Ok(true)
            }
            // An end is what that receive will find.
            Ok(Some(_)) => Ok(true),
            // What cannot be read has been passed over: it is told once.
            Err(Trouble::Crash(text)) => {
                incoming.trouble = Some(text);
                Ok(true)
            }
            Err(Trouble::Killed) => Err(Trouble::Killed),
            Ok(None) => Ok(false),
        }
    }
}

impl Incoming {
    pub fn new(values: Values, edge: Arc<Edge>, abandoned: Arc<Abandoned>) -> Incoming {
        Incoming {
            arrived: 0,
            abandoned,
            kept: VecDeque::new(),
            kept_bytes: 0,
            trouble: None,
            ahead: VecDeque::new(),
            ahead_bytes: 0,
            values,
            edge,
        }
    }

    /// How many values have arrived, those nobody wanted any more included.
    pub fn arrived(&self) -> u64 {
        self.arrived
    }

    /// The same of a thread's value, which whoever watches the edge is shown.
    fn number_of(&mut self, parcel: &Parcel) -> Option<u64> {
        if self.edge.is_tapped() {
            self.edge.note(self.arrived, &parcel.text(), None);
        }
        self.number()
    }

    /// The number of the value that has just arrived, or none when its call has given up.
    fn number(&mut self) -> Option<u64> {
        let number = self.arrived;
        self.arrived += 1;
        self.edge.count_arrived();
        (!lock(&self.abandoned).remove(&number)).then_some(number)
    }

    fn take_ahead(&mut self) -> Option<Parcel> {
        let parcel = self.ahead.pop_front()?;
        self.ahead_bytes -= parcel.bytes;
        Some(parcel)
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
    /// Its text, without the end of its line.
    pub fn shown(&self) -> Vec<u8> {
        match self {
            Item::Text(text, _) => text.trim_ascii_end().to_vec(),
            Item::Parcel(parcel) => parcel.text(),
            Item::Crash(text) => text.clone().into_bytes(),
        }
    }

    pub fn bytes(&self) -> usize {
        match self {
            Item::Text(text, _) => text.len(),
            Item::Parcel(parcel) => parcel.bytes,
            Item::Crash(text) => text.len(),
        }
    }
}
