//! A caller's peer that leads to a service: its requests go into the service's queue, its answers come by number and are
//! given in the order of the requests. Not here: who answers.

use crate::arrival::Item;
use crate::context::Context;
use crate::peer::{Peer, Trouble, lock};
use crate::service::{Fate, LOOK, Mail, Request, Service};
use crate::story::Story;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;
use wat_kernel::{Interrupt, Receiver, SendError, Waiter};
use wat_runtime::handles::Handle;

/// Requests a client has sent whose answers it has not taken, at most, and bytes of such answers.
const OPEN: u64 = 256;
const OPEN_BYTES: usize = 64 * 1024;

pub struct Client {
    pub service: Arc<Service>,
    pub answers: Receiver<(u64, Item)>,
    mail: Arc<Mail>,
    /// What fails at once instead of waiting.
    haste: Haste,
    sent: AtomicU64,
    /// Answers given out; the next is to the request of this number.
    taken: AtomicU64,
    closed: AtomicBool,
    /// Requests that may still be taken back.
    fates: Mutex<BTreeMap<u64, Arc<Fate>>>,
    /// Answers that came before those of earlier requests.
    early: Mutex<BTreeMap<u64, Item>>,
    /// Keeps the supervisor at work.
    _supervisor: Arc<dyn Handle>,
}

/// What a request fails at rather than wait for.
#[derive(Clone, Copy)]
pub struct Haste {
    /// Nobody stands behind the name.
    pub when_down: bool,
    /// The queue has no room.
    pub when_full: bool,
}

impl Drop for Client {
    fn drop(&mut self) {
        self.mail.gone.store(true, Ordering::SeqCst);
        let fates = std::mem::take(&mut *lock(&self.fates));
        // No short cut: whoever has begun one is told.
        if fates.values().filter(|fate| fate.give_up()).count() > 0 {
            self.service.sweep();
        }
    }
}

/// What a client has from its service.
pub enum Mailed {
    Item(Item),
    /// No more will come.
    End,
    Late,
}

impl Client {
    pub fn new(service: Arc<Service>, haste: Haste, supervisor: Arc<dyn Handle>) -> Client {
        let (out, answers) = wat_kernel::channel(usize::MAX, usize::MAX);
        let mail = Arc::new(Mail { answers: out, bytes: AtomicUsize::new(0), gone: AtomicBool::new(false) });
        service.join(&mail);
        Client {
            service,
            answers,
            mail,
            haste,
            sent: AtomicU64::new(0),
            taken: AtomicU64::new(0),
            closed: AtomicBool::new(false),
            fates: Mutex::default(),
            early: Mutex::default(),
            _supervisor: supervisor,
        }
    }

    pub fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
    }

    /// Takes back a request that nobody has begun, which leaves the queue; false when somebody has, who is told.
    pub fn give_up(&self, number: u64) -> bool {
        let fate = lock(&self.fates).get(&number).cloned();
        let taken_back = fate.is_some_and(|fate| fate.give_up());
        if taken_back {
            self.service.sweep();
        }
        taken_back
    }

    /// Takes in what has come, then gives the answer that is next, if it is here.
    fn sort(&self) -> Option<Item> {
        let mut early = lock(&self.early);
        let number = self.taken.load(Ordering::SeqCst);
        while let Some(Some((n, item))) = self.answers.try_receive() {
            if n != LOOK {
                early.insert(n, item);
            }
        }
        let item = early.remove(&number)?;
        self.taken.store(number + 1, Ordering::SeqCst);
        self.mail.bytes.fetch_sub(item.bytes(), Ordering::SeqCst);
        lock(&self.fates).remove(&number);
        Some(item)
    }

    fn open(&self) -> u64 {
        self.sent.load(Ordering::SeqCst).saturating_sub(self.taken.load(Ordering::SeqCst))
    }

    /// The next answer in the order of the requests, if it is here.
    pub fn try_next(&self) -> Option<Mailed> {
        if let Some(item) = self.sort() {
            return Some(Mailed::Item(item));
        }
        let none_open = self.open() == 0;
        let over = self.closed.load(Ordering::SeqCst) || self.service.has_ended();
        (none_open && over).then_some(Mailed::End)
    }

    pub fn next(&self, waiter: &Waiter, deadline: Option<Instant>) -> Result<Mailed, Interrupt> {
        loop {
            if let Some(mailed) = self.try_next() {
                return Ok(mailed);
            }
            match self.answers.receive_until(waiter, deadline)? {
                None => return Ok(Mailed::Late),
                Some(Some((n, item))) if n != LOOK => {
                    lock(&self.early).insert(n, item);
                }
                Some(_) => {}
            }
        }
    }
}

impl Peer {
    /// Puts a request into the service's queue, waiting for room until the deadline; answers its number.
    pub(crate) fn ask(
        &self,
        client: &Client,
        waiter: &Waiter,
        item: Item,
        context: Context,
        deadline: Option<Instant>,
    ) -> Result<u64, Trouble> {
        if client.closed.load(Ordering::SeqCst) {
            return Err(self.request("closed", "the request was sent after close", "no"));
        }
        let service = &client.service;
        if service.has_ended() {
            return Err(Trouble::Crash(service.refusal()));
        }
        if client.haste.when_down && !service.is_up() {
            let message = format!("{} is being started again", service.name);
            let mut story = Story::new("ended", &service.path(), &service.program, message).executed("no");
            story.caused_by(service.last_crash().as_deref());
            return Err(Trouble::Crash(story.text()));
        }
        let number = client.sent.load(Ordering::SeqCst);
        if client.open() >= OPEN || client.mail.bytes.load(Ordering::SeqCst) > OPEN_BYTES {
            let message = "too many answers to earlier requests are waiting for recv";
            return Err(self.request("limit", message, "no"));
        }
        client.sent.store(number + 1, Ordering::SeqCst);
        let (request, fate) = Request::new(item, context, client.mail.clone(), number);
        let bytes = request.bytes;
        lock(&client.fates).insert(number, fate);
        let deadline = if client.haste.when_full { Some(Instant::now()) } else { deadline };
        let sent = match deadline {
            Some(deadline) => service.queue().send_until(waiter, request, bytes, deadline),
            None => service.queue().send(waiter, request, bytes),
        };
        let (request, trouble) = match sent {
            Ok(()) => {
                self.edge.count_sent();
                return Ok(number);
            }
            Err(SendError::Closed(request)) => (request, Trouble::Crash(service.refusal())),
            Err(SendError::Late(request)) => {
                let (kind, when) =
                    if client.haste.when_full { ("limit", "") } else { ("timeout", " within the time") };
                let message = format!("no room in the queue of {}{when}", service.name);
                (request, self.request(kind, &message, "no"))
            }
            Err(SendError::Interrupted(why, request)) => (request, self.interrupted(waiter, why, "no")),
        };
        request.void();
        lock(&client.fates).remove(&number);
        client.sent.store(number, Ordering::SeqCst);
        Err(trouble)
    }

    /// How the service ended, once this client's open requests are answered: a handle on a service ends nothing but
    /// itself.
    pub(crate) fn end_of_service(&self, client: &Client, waiter: &Waiter) -> Result<Option<String>, Trouble> {
        client.close();
        loop {
            match client.next(waiter, None) {
                Ok(Mailed::Item(_)) => {}
                Ok(Mailed::End | Mailed::Late) => return Ok(client.service.ending().cloned().flatten()),
                Err(why) => return Err(self.interrupted(waiter, why, "unknown")),
            }
        }
    }
}
