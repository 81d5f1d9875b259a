//! A spawned program and the bookkeeping of its requests, the same for a process and a thread.
//!
//! Here: sending, closing and ending. What arrives is in `arrival.rs`, wat types are in `traffic.rs`.

use crate::arrival::{Abandoned, Incoming, Item};
use crate::client::Client;
use crate::codec::Codec;
use crate::context::Context;
use crate::kin::{Kin, ThreadShared};
use crate::parcel::Parcel;
use crate::story::Story;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use wat_kernel::mutation::removed;
use wat_kernel::see::{Edge, Wait};
use wat_kernel::{Child, Gate, Interrupt, Receiver, SendError, Sender, State, Waiter, WriteError};
use wat_runtime::handles::Handle;

pub struct Peer {
    pub path: String,
    pub program: String,
    pub link: Link,
    /// What passes, for whoever looks at the tree.
    pub edge: Arc<Edge>,
    /// How its values travel, where it is a process.
    pub codec: Codec,
    /// Bytes of one value.
    pub value_limit: usize,
    outgoing: Mutex<Outgoing>,
    pub(crate) incoming: Mutex<Incoming>,
    /// Whose turn it is to send and to receive: what those two are locked by while they wait.
    sending: Gate<()>,
    pub(crate) receiving: Gate<()>,
    abandoned: Arc<Abandoned>,
    /// It is killed because nobody waits for its request: no fault of its own.
    pub spared: AtomicBool,
}

pub enum Link {
    Process(Child),
    Thread(Thread),
    /// Whoever answers for a name at the time: see `service.rs`.
    Service(Client),
}

/// The parent's ends of a thread peer.
pub struct Thread {
    pub requests: Mutex<Option<Sender<Parcel>>>,
    pub replies: Receiver<Parcel>,
    /// Closed after the end has been noted.
    pub done: Receiver<()>,
    pub shared: Arc<ThreadShared>,
}

#[derive(Default)]
struct Outgoing {
    sent: u64,
    closed: bool,
}

/// Why a request or receive has no value.
pub enum Trouble {
    /// The peer's own end, or a failed request: the crash's text.
    Crash(String),
    /// The calling thread must end at once.
    Killed,
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

pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How long the end of a process may come after that of its pipes.
const GOING_ON: Duration = Duration::from_secs(1);

impl Peer {
    pub fn new(edge: Arc<Edge>, program: String, link: Link, value_limit: usize) -> Peer {
        Peer::speaking(edge, program, link, Codec::Edn, value_limit)
    }

    pub fn speaking(edge: Arc<Edge>, program: String, link: Link, codec: Codec, value_limit: usize) -> Peer {
        let abandoned = Arc::new(Abandoned::default());
        let incoming = Incoming::new(codec.values(value_limit), edge.clone(), abandoned.clone());
        let path = edge.path().to_string();
        let spared = AtomicBool::new(false);
        let (outgoing, incoming) = (Mutex::default(), Mutex::new(incoming));
        let (sending, receiving) = (Gate::new(()), Gate::new(()));
        Peer {
            path,
            program,
            link,
            edge,
            codec,
            value_limit,
            outgoing,
            incoming,
            sending,
            receiving,
            abandoned,
            spared,
        }
    }

    /// What its spawner is responsible for; nothing where it was not spawned by whoever has it.
    pub fn kin(&self) -> Option<Kin> {
        match &self.link {
            Link::Process(child) => Some(Kin::Process(child.leash())),
            Link::Thread(thread) => Some(Kin::Thread(thread.shared.clone())),
            Link::Service(_) => None,
        }
    }

    /// Nobody waits for the answer to this request any more.
    pub(crate) fn abandon(&self, number: u64) {
        lock(&self.abandoned).insert(number);
    }

    /// Whether its values are text, as on a pipe.
    pub fn takes_text(&self) -> bool {
        match &self.link {
            Link::Process(_) => true,
            Link::Thread(_) => false,
            Link::Service(client) => client.service.is_process,
        }
    }

    /// Its place in the tree; that of a service is its program's at the moment.
    pub fn place(&self) -> String {
        match &self.link {
            Link::Service(client) => client.service.path(),
            _ => self.path.clone(),
        }
    }

    /// Is it a command from outside wat?
    pub fn is_command(&self) -> bool {
        matches!(&self.link, Link::Process(child) if child.is_command())
    }

    pub fn pid(&self) -> Option<i32> {
        match &self.link {
            Link::Process(child) => child.pid(),
            Link::Thread(_) => None,
            Link::Service(client) => client.service.pid(),
        }
    }

    /// The variant number of `wat.kernel/Status`.
    pub fn status(&self) -> u64 {
        match &self.link {
            Link::Process(child) => match child.status() {
                // It has answered, whatever the warden has heard so far.
                State::Starting if self.incoming.try_lock().is_ok_and(|i| i.arrived() > 0) => 1,
                State::Starting => 0,
                State::Running => 1,
                State::Stopping => 2,
                State::Ended => 3,
            },
            Link::Thread(thread) if thread.shared.end.get().is_some() => 3,
            Link::Thread(thread) => u64::from(thread.shared.state.load(Ordering::SeqCst)),
            Link::Service(client) if client.service.has_ended() => 3,
            Link::Service(client) => u64::from(client.service.is_up()),
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
        let sent = self.outgoing.try_lock().map_or(0, |out| out.sent);
        self.incoming.try_lock().map_or(0, |i| sent.saturating_sub(i.arrived()))
    }

    /// Sends one encoded request with its context and answers its number. The deadline bounds the wait for room.
    pub fn send(
        &self,
        waiter: &Waiter,
        item: Item,
        context: Context,
        deadline: Option<Instant>,
    ) -> Result<u64, Trouble> {
        let _about = waiter.about(Wait::Send, Some(&self.edge));
        let _heed = waiter.heed();
        if let Link::Service(client) = &self.link {
            return self.ask(client, waiter, item, context, deadline);
        }
        let turn = self.sending.enter_until(waiter, deadline);
        let _turn = turn
            .map_err(|why| self.interrupted(waiter, why, "no"))?
            .ok_or_else(|| self.request("timeout", "another thread was sending for all of the time", "no"))?;
        let mut out = lock(&self.outgoing);
        if out.closed {
            drop(out);
            return Err(self.request("closed", "the request was sent after close", "no"));
        }
        let shown = self.edge.is_tapped().then(|| item.shown());
        match self.put(waiter, item, context, deadline) {
            Ok(()) => {
                if let Some(text) = shown {
                    self.edge.note(out.sent, &text, Some(context.told()));
                }
                self.edge.count_sent();
                out.sent += 1;
                Ok(out.sent - 1)
            }
            Err(error) => {
                // A request of which a part is out has a number; its answer, if any, is not for another.
                let begun = error.is_begun().then_some(out.sent);
                if let Some(number) = begun {
                    self.abandon(number);
                    out.sent += 1;
                }
                drop(out);
                if let Some(number) = begun {
                    self.give_up(number);
                }
                Err(self.not_sent(waiter, error))
            }
        }
    }

    /// Sends a request for another, and answers its number.
    pub fn forward(&self, waiter: &Waiter, item: Item, context: Context) -> Result<u64, WriteError> {
        let put = self.put(waiter, item, context, None);
        let mut out = lock(&self.outgoing);
        if put.as_ref().map_or_else(WriteError::is_begun, |()| true) {
            self.edge.count_sent();
            out.sent += 1;
        }
        put.map(|()| out.sent - 1)
    }

    /// Nobody waits for the answer to this request any more: one that nobody has begun is taken back, which is what this
    /// answers; whoever has begun it is told.
    pub fn give_up(&self, number: u64) -> bool {
        match &self.link {
            Link::Process(child) => child.cancel(number),
            Link::Thread(thread) => thread.shared.cancel(number),
            Link::Service(client) => return client.give_up(number),
        }
        false
    }

    /// Ends it at once, without waiting for that, because nobody waits for its request.
    pub fn spare(&self) {
        self.spared.store(true, Ordering::SeqCst);
        match &self.link {
            Link::Process(child) => child.leash().end(),
            Link::Thread(thread) => thread.shared.kill("nobody waited for its request any more"),
            Link::Service(_) => {}
        }
    }

    fn put(
        &self,
        waiter: &Waiter,
        item: Item,
        context: Context,
        deadline: Option<Instant>,
    ) -> Result<(), WriteError> {
        match (&self.link, item) {
            (Link::Process(child), Item::Text(line, _)) if context.is_empty() || !self.codec.is_edn() => {
                child.write_until(waiter, &line, deadline)
            }
            (Link::Process(child), Item::Text(line, _)) => {
                let mark = context.mark(!child.is_command());
                child.write_until(waiter, &[mark.as_bytes(), &line].concat(), deadline)
            }
            (Link::Thread(thread), Item::Parcel(mut parcel)) => {
                parcel.context = context;
                let requests = lock(&thread.requests).clone();
                let Some(requests) = requests else { return Err(WriteError::Closed) };
                let (bytes, mut parcel) = (parcel.bytes, parcel);
                let mut patience = Duration::from_millis(1);
                loop {
                    let look = Instant::now() + patience;
                    let until = deadline.map_or(look, |end| end.min(look));
                    match requests.send_until(waiter, parcel, bytes, until) {
                        Ok(()) => return Ok(()),
                        Err(SendError::Closed(_)) => return Err(WriteError::Closed),
                        Err(SendError::Interrupted(why, _)) => return Err(why.into()),
                        Err(SendError::Late(_)) if deadline.is_some_and(|end| end <= Instant::now()) => {
                            return Err(WriteError::Late { begun: false });
                        }
                        Err(SendError::Late(unsent)) => parcel = unsent,
                    }
                    // No room for long: what the thread is blocked writing is read ahead, up to a window.
                    if thread.replies.is_blocked() {
                        self.read_ahead(thread)?;
                    }
                    patience = (patience * 2).min(Duration::from_millis(20));
                }
            }
            _ => unreachable!("a request is encoded for the peer's tier"),
        }
    }

    fn not_sent(&self, waiter: &Waiter, error: WriteError) -> Trouble {
        let executed = if error.is_begun() { "unknown" } else { "no" };
        match error {
            WriteError::Closed => match self.end_soon(waiter, None) {
                Ok(Some(Some(text))) => Trouble::Crash(text),
                Ok(None) => self.request("closed", "the peer has closed its stdin and goes on", "no"),
                Ok(Some(None)) => self.request("ended", "the peer ended well before the request", "no"),
                Err(trouble) => trouble,
            },
            WriteError::Deadlock { .. } => {
                let message = format!(
                    "both sides of the pair are blocked writing: requests to {} and its answers",
                    self.path
                );
                self.request("deadlock", &message, executed)
            }
            WriteError::Interrupted { why, .. } => self.interrupted(waiter, why, executed),
            WriteError::Late { .. } => {
                self.request("timeout", "no room for the request within the time", executed)
            }
            WriteError::System(e) => self.request("lost", &format!("write to {}: {e}", self.path), "unknown"),
        }
    }

    /// Why a wait for this peer came back without.
    pub(crate) fn interrupted(&self, waiter: &Waiter, why: Interrupt, executed: &'static str) -> Trouble {
        match why {
            Interrupt::Killed => Trouble::Killed,
            Interrupt::Stopped if waiter.stopping() => {
                self.request("stopped", "this node is stopping", executed)
            }
            Interrupt::Stopped => {
                self.request("cancelled", "nobody waits for the request that this was for", executed)
            }
        }
    }

    /// No more requests.
    pub fn close(&self) {
        lock(&self.outgoing).closed = true;
        match &self.link {
            Link::Process(child) => child.close(),
            Link::Thread(thread) => *lock(&thread.requests) = None,
            Link::Service(client) => client.close(),
        }
    }

    /// Tells the peer to stop, then to end; does not wait.
    pub fn ask_stop(&self, grace: Duration) {
        match &self.link {
            Link::Process(child) => child.ask_stop(grace),
            Link::Thread(thread) => thread.shared.ask_stop(grace),
            // Its supervisor alone ends what answers.
            Link::Service(client) => client.close(),
        }
    }

    /// Closes, drains, and waits for the end: the crash's text, or none when it ended well.
    pub fn end(&self, waiter: &Waiter) -> Result<Option<String>, Trouble> {
        self.end_within(waiter, None)
    }

    /// The end that a closed pipe announces. A process that ends closes all at once, so its end is here or near; one
    /// that has closed a pipe and goes on is not waited for beyond the deadline or a few seconds: `None`.
    pub fn end_soon(
        &self,
        waiter: &Waiter,
        deadline: Option<Instant>,
    ) -> Result<Option<Option<String>>, Trouble> {
        if matches!(self.link, Link::Process(_)) {
            let longest = Instant::now() + GOING_ON;
            let limit = deadline.map_or(longest, |end| end.min(longest));
            // A stop is passed on to the peer, so its end comes then too.
            if !removed("going-on")
                && let Ok(None) = wat_kernel::select(waiter, &[self.exit_source()], Some(limit), &mut 0)
            {
                return Ok(None);
            }
        }
        self.end(waiter).map(Some)
    }

    /// Tells it to stop, and kills it when it has not ended within the time.
    pub fn stop(&self, waiter: &Waiter, grace: Duration) -> Result<Option<String>, Trouble> {
        self.ask_stop(grace);
        self.end_within(waiter, Some(grace))
    }

    pub fn kill(&self, waiter: &Waiter) -> Result<Option<String>, Trouble> {
        match &self.link {
            Link::Process(child) => {
                child.kill(waiter).map_err(|why| self.interrupted(waiter, why, "unknown"))?;
                self.end(waiter)
            }
            Link::Thread(thread) => {
                thread.shared.kill("killed by its parent");
                self.end(waiter)
            }
            Link::Service(_) => self.end(waiter),
        }
    }

    fn end_within(&self, waiter: &Waiter, grace: Option<Duration>) -> Result<Option<String>, Trouble> {
        let _about = waiter.about(Wait::End, Some(&self.edge));
        match &self.link {
            Link::Process(child) => {
                let end = child.wait(waiter).map_err(|why| self.interrupted(waiter, why, "unknown"))?;
                let story = if child.is_command() {
                    Story::of_command(&end, &self.path, &self.program, self.in_flight())
                } else {
                    Story::of_end(&end, &self.path, &self.program, self.in_flight())
                };
                Ok(story.map(|s| s.text()))
            }
            Link::Thread(thread) => {
                *lock(&thread.requests) = None;
                let deadline = grace.and_then(|g| Instant::now().checked_add(g));
                // What it still writes is read and dropped, so that it cannot block on a parent that waits.
                let drained = thread.replies.drain_until(waiter, deadline);
                if !drained.map_err(|why| self.interrupted(waiter, why, "unknown"))? {
                    thread.shared.kill("did not stop in time");
                    thread
                        .replies
                        .drain_until(waiter, None)
                        .map_err(|why| self.interrupted(waiter, why, "unknown"))?;
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
            Link::Service(client) => self.end_of_service(client, waiter),
        }
    }
}
