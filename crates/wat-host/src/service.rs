//! A service: a name that requests are sent to, whoever answers at the time. Requests wait in one bounded queue for the
//! program that stands behind the name at the moment; each has a ticket, and a ticket is answered exactly once, by
//! being used up: with a reply, with a crash, or, whatever happens, when it is dropped.
//!
//! Here too the registry of all services of one supervisor. Not here: moving requests and replies (`pump.rs`), the
//! caller's side (`client.rs`), and every decision about restarts, which is written in wat.

use crate::arrival::Item;
use crate::context::Context;
use crate::peer::lock;
use crate::pump::Pump;
use crate::story::{self, Story};
use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, Weak};
use wat_kernel::mutation::removed;
use wat_kernel::see::{Queue, Queued};
use wat_kernel::{Receiver, Sender};
use wat_runtime::desc::DescRef;
use wat_runtime::fail::Fail;
use wat_runtime::heap::Mem;
use wat_runtime::heap::message::{self, Message};

/// Bytes of requests that wait, beyond one.
const QUEUED_BYTES: usize = 64 * 1024;

/// The number of a message that only makes a client look again.
pub const LOOK: u64 = u64::MAX;

/// Answers on their way to one client, by the number of their request.
pub type Answers = Sender<(u64, Item)>;

pub struct Service {
    pub name: String,
    /// The program that answers, by name and by its number in the image.
    pub program: String,
    pub index: u32,
    /// Whether it runs in a process, where values are text.
    pub is_process: bool,
    /// Whether each program has one request in hand at a time.
    pub one_in_hand: bool,
    /// Whether a program whose request nobody waits for is killed.
    pub kill_cancelled: bool,
    capacity: usize,
    value: Mutex<Message>,
    queue: Sender<Request>,
    pub requests: Receiver<Request>,
    /// Taken from the queue by a pump that could not pass them on; they go first.
    held: Mutex<VecDeque<Request>>,
    here: Mutex<Here>,
    clients: Mutex<Vec<Weak<Mail>>>,
    end: OnceLock<Option<String>>,
    done_out: Mutex<Option<Sender<()>>>,
    /// Closes when the service has ended for good.
    pub done: Receiver<()>,
}

/// Who answers now.
#[derive(Default)]
struct Here {
    up: usize,
    path: String,
    pid: Option<i32>,
    /// Why the last one ended.
    last: Option<String>,
}

/// A client's side of its answers, as the service reaches it.
pub struct Mail {
    pub answers: Answers,
    /// Bytes of answers that have not been taken.
    pub bytes: AtomicUsize,
    /// Nobody will take them any more.
    pub gone: AtomicBool,
}

/// A request that waits.
pub struct Request {
    pub item: Item,
    pub context: Context,
    pub bytes: usize,
    ticket: Ticket,
    fate: Arc<Fate>,
}

/// Whether a request has been passed on or taken back; the first decides.
#[derive(Default)]
pub struct Fate(Mutex<Stand>);

#[derive(Default)]
enum Stand {
    #[default]
    Waiting,
    TakenBack,
    /// On its way to a program.
    Leaving,
    /// With the program behind that pump, which knows it by that number.
    With(Weak<Pump>, u64),
    /// Passed on, and nobody waits for it any more.
    GivenUp,
}

impl Fate {
    /// Nobody waits any more: the request is taken back, or, and then this is false, it has been passed on and its program
    /// is told.
    pub fn give_up(&self) -> bool {
        let mut stand = lock(&self.0);
        match std::mem::take(&mut *stand) {
            Stand::Waiting | Stand::TakenBack => {
                *stand = Stand::TakenBack;
                true
            }
            Stand::With(pump, number) => {
                *stand = Stand::GivenUp;
                drop(stand);
                if let Some(pump) = pump.upgrade() {
                    pump.cancel(number);
                }
                false
            }
            Stand::Leaving | Stand::GivenUp => {
                *stand = Stand::GivenUp;
                false
            }
        }
    }

    /// The request is with that program; false where nobody waits for it any more.
    pub fn arrived(&self, pump: Weak<Pump>, number: u64) -> bool {
        let mut stand = lock(&self.0);
        let waits = matches!(*stand, Stand::Leaving);
        if waits {
            *stand = Stand::With(pump, number);
        }
        waits
    }

    fn leave(&self) -> bool {
        let mut stand = lock(&self.0);
        let waits = matches!(*stand, Stand::Waiting);
        if waits {
            *stand = Stand::Leaving;
        }
        waits
    }

    fn is_taken_back(&self) -> bool {
        matches!(*lock(&self.0), Stand::TakenBack)
    }
}

/// The right, and the duty, to answer one request.
pub struct Ticket {
    mail: Arc<Mail>,
    number: u64,
    open: bool,
}

impl Ticket {
    pub fn answer(mut self, item: Item) {
        self.put(item);
    }

    /// The answer to the same request, for nobody.
    pub fn blank(&self) -> Ticket {
        Ticket { mail: self.mail.clone(), number: self.number, open: false }
    }

    /// The request is forgotten, as no request may be: for the law that says so.
    pub fn forget(mut self) {
        self.open = false;
    }

    fn put(&mut self, item: Item) {
        if std::mem::take(&mut self.open) {
            let bytes = item.bytes();
            self.mail.bytes.fetch_add(bytes, Ordering::SeqCst);
            // Without bounds of its own: a client has only so many requests open.
            self.mail.answers.push((self.number, item), bytes);
        }
    }

    /// The request was never accepted: its sender says so itself.
    fn void(&mut self) {
        self.open = false;
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let lost = Story::new("lost", "", "", "the request was dropped on its way").executed("unknown");
        if self.open {
            self.put(Item::Crash(lost.text()));
        }
    }
}

impl Request {
    pub fn new(item: Item, context: Context, mail: Arc<Mail>, number: u64) -> (Request, Arc<Fate>) {
        let fate = Arc::new(Fate::default());
        let ticket = Ticket { mail, number, open: true };
        let bytes = item.bytes();
        (Request { item, context, bytes, ticket, fate: fate.clone() }, fate)
    }

    /// For passing on; none where nobody waits for it any more.
    pub fn pass(self) -> Option<(Item, Ticket, Arc<Fate>)> {
        if !self.ticket.mail.gone.load(Ordering::SeqCst) && self.fate.leave() {
            return Some((self.item, self.ticket, self.fate));
        }
        // Its number is still answered, so that those behind it keep theirs.
        self.ticket.answer(Item::Crash(String::new()));
        None
    }

    pub fn void(mut self) -> Item {
        self.ticket.void();
        self.item
    }
}

impl Service {
    fn new(offer: Offer) -> Service {
        let capacity = offer.capacity;
        let (queue, requests) = wat_kernel::channel(capacity, QUEUED_BYTES);
        let (done_out, done) = wat_kernel::channel(1, 1);
        Service {
            name: offer.name,
            program: offer.program,
            index: offer.index,
            is_process: offer.is_process,
            one_in_hand: offer.one_in_hand,
            kill_cancelled: offer.kill_cancelled,
            capacity,
            value: Mutex::new(offer.value),
            queue,
            requests,
            held: Mutex::default(),
            here: Mutex::default(),
            clients: Mutex::default(),
            end: OnceLock::new(),
            done_out: Mutex::new(Some(done_out)),
            done,
        }
    }

    /// The program's value, once more.
    pub fn program_value(&self, mem: Mem) -> Result<u64, Fail> {
        let value = lock(&self.value);
        message::copy_slot(mem, value.peek(), value.desc())
    }

    /// Where requests are put.
    pub fn queue(&self) -> &Sender<Request> {
        &self.queue
    }

    /// A caller to be woken when the service ends.
    pub fn join(&self, mail: &Arc<Mail>) {
        let mut clients = lock(&self.clients);
        clients.retain(|known| known.strong_count() > 0);
        clients.push(Arc::downgrade(mail));
    }

    /// The request that was held back, if there is one.
    pub fn take_held(&self) -> Option<Request> {
        lock(&self.held).pop_front()
    }

    pub fn hold(&self, request: Request) {
        lock(&self.held).push_front(request);
        if self.has_ended() {
            self.refuse_all();
        }
    }

    pub fn up(&self, path: &str, pid: Option<i32>) {
        let mut here = lock(&self.here);
        here.up += 1;
        here.path = path.to_string();
        here.pid = pid;
    }

    pub fn down(&self, end: Option<String>) {
        let mut here = lock(&self.here);
        here.up -= 1;
        here.pid = None;
        here.last = end;
    }

    pub fn is_up(&self) -> bool {
        lock(&self.here).up > 0
    }

    pub fn path(&self) -> String {
        lock(&self.here).path.clone()
    }

    pub fn pid(&self) -> Option<i32> {
        lock(&self.here).pid
    }

    /// Why the last one behind the name ended, when it did not end well.
    pub fn last_crash(&self) -> Option<String> {
        lock(&self.here).last.clone()
    }

    pub fn has_ended(&self) -> bool {
        self.end.get().is_some()
    }

    /// How it ended for good: a crash's text, or none when it ended well.
    pub fn ending(&self) -> Option<&Option<String>> {
        self.end.get()
    }

    /// A request that nobody will answer.
    pub fn refusal(&self) -> String {
        match self.end.get() {
            Some(Some(text)) => story::answered(text, "no"),
            _ => {
                let message = format!("the service {} has ended", self.name);
                Story::new("ended", &self.path(), &self.program, message).executed("no").text()
            }
        }
    }

    /// No more answers: what waits is refused, and so is what comes.
    pub fn finish(&self, end: Option<String>) {
        if self.end.set(end).is_err() {
            return;
        }
        self.queue.close();
        self.refuse_all();
        *lock(&self.done_out) = None;
        for mail in lock(&self.clients).drain(..).filter_map(|mail| mail.upgrade()) {
            mail.answers.push((LOOK, Item::Crash(String::new())), 0);
        }
    }

    /// Requests that were taken back leave the queue, so that they keep nobody out.
    pub fn sweep(&self) {
        if removed("sweep") {
            return;
        }
        for request in self.requests.take_where(|request| request.fate.is_taken_back()) {
            // Nobody waits for it, so it goes nowhere.
            let _ = request.pass();
        }
    }

    fn refuse_all(&self) {
        let refusal = self.refusal();
        let held = std::mem::take(&mut *lock(&self.held));
        let queued = std::iter::from_fn(|| self.requests.try_receive().flatten());
        for request in held.into_iter().chain(queued) {
            if let Some((_, ticket, _)) = request.pass() {
                ticket.answer(Item::Crash(refusal.clone()));
            }
        }
    }
}

impl Queue for Service {
    fn seen(&self) -> Queued {
        Queued {
            name: self.name.clone(),
            waiting: (self.requests.length() + lock(&self.held).len()) as u64,
            room: self.capacity as u64,
            up: lock(&self.here).up as u64,
        }
    }
}

/// What a supervisor is asked to keep.
pub struct Offer {
    pub name: String,
    pub program: String,
    pub index: u32,
    pub is_process: bool,
    pub one_in_hand: bool,
    pub kill_cancelled: bool,
    pub capacity: usize,
    pub value: Message,
}

/// The services of a supervisor and of those below it in the same process.
#[derive(Default)]
pub struct Registry {
    places: Mutex<Places>,
}

#[derive(Default)]
struct Places {
    next: usize,
    services: BTreeMap<usize, Arc<Service>>,
    pumps: Vec<Weak<Pump>>,
    /// The supervisor has ended so.
    end: Option<Option<String>>,
}

/// What a name leads to.
pub enum Found {
    One(Arc<Service>),
    None,
    /// Several have the program, and no name was given.
    Several,
}

impl Registry {
    /// A new service and its number; none where one of that name has not ended.
    pub fn offer(&self, offer: Offer) -> Option<usize> {
        let mut places = lock(&self.places);
        // What has ended gives its name up.
        places.services.retain(|_, service| !(service.has_ended() && service.name == offer.name));
        if places.services.values().any(|service| service.name == offer.name) {
            return None;
        }
        let number = places.next;
        places.next += 1;
        let service = Service::new(offer);
        if let Some(end) = &places.end {
            service.finish(end.clone());
        }
        places.services.insert(number, Arc::new(service));
        Some(number)
    }

    pub fn service(&self, number: usize) -> Option<Arc<Service>> {
        lock(&self.places).services.get(&number).cloned()
    }

    /// The service of this program, by name where one is given.
    pub fn find(&self, index: u32, name: Option<&str>) -> Found {
        let places = lock(&self.places);
        let fits = |s: &&Arc<Service>| s.index == index && name.is_none_or(|name| s.name == name);
        let mut found = places.services.values().filter(fits);
        match (found.next(), found.next()) {
            (Some(service), None) => Found::One(service.clone()),
            (None, _) => Found::None,
            (Some(_), Some(_)) => Found::Several,
        }
    }

    pub fn names(&self) -> Vec<String> {
        lock(&self.places).services.values().map(|s| s.name.clone()).collect()
    }

    pub fn add_pump(&self, pump: &Arc<Pump>) {
        let mut places = lock(&self.places);
        places.pumps.retain(|known| known.strong_count() > 0);
        places.pumps.push(Arc::downgrade(pump));
    }

    pub fn pumps(&self) -> Vec<Arc<Pump>> {
        lock(&self.places).pumps.iter().filter_map(Weak::upgrade).collect()
    }

    /// The supervisor has ended: nobody restarts anything any more.
    pub fn finish(&self, end: Option<String>) {
        let services: Vec<Arc<Service>> = {
            let mut places = lock(&self.places);
            places.end = Some(end.clone());
            places.services.values().cloned().collect()
        };
        services.iter().for_each(|service| service.finish(end.clone()));
    }
}

/// The descriptor of a program value and its number in the image.
pub fn program_of(slot: u64) -> (DescRef, u32) {
    let object = wat_runtime::object::Obj::of(slot);
    (object.desc(), object.get(0) as u32)
}
