//! Moves requests from a service's queue to the program behind it, and its values back to whoever asked: one thread for
//! each running program, so that a slow one holds up nobody else.
//!
//! Requests are passed on ahead of the answers only as far as they fit a pipe of any size, so that the pump never
//! blocks writing to a program that blocks writing to it. What has been passed on is never passed on again: when the
//! program ends, each such request is answered with how it ended. Not here: who is started, and when.

use crate::arrival::{Got, Item};
use crate::peer::{Peer, Trouble, lock};
use crate::service::{Request, Service, Ticket};
use crate::story::{self, Story};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock, Weak};
use wat_kernel::mutation::removed;
use wat_kernel::{Interrupt, Kicker, Process, STOP, Sender, Source, Waiter, WriteError};

/// Requests passed on before the first of them is answered.
const AHEAD: usize = 16;
/// Their bytes, when there is more than one: the least that a pipe holds.
const AHEAD_BYTES: usize = 4096;

pub struct Pump {
    pub peer: Arc<Peer>,
    service: Arc<Service>,
    /// Itself, for whoever gives a request up.
    own: Weak<Pump>,
    /// Numbers of requests given up whose program is to be killed.
    given_up: Mutex<Vec<u64>>,
    /// Passes on nothing more; what is in hand may still be answered.
    halted: AtomicBool,
    pub kicker: OnceLock<Kicker>,
}

/// What has been passed on and not answered.
struct Flight {
    ticket: Ticket,
    /// As the program counts it; none where it may not have it whole.
    number: Option<u64>,
    bytes: usize,
}

impl Pump {
    pub fn new(peer: Arc<Peer>, service: Arc<Service>) -> Arc<Pump> {
        service.up(&peer.path, peer.pid());
        Arc::new_cyclic(|own| Pump {
            peer,
            service,
            own: own.clone(),
            given_up: Mutex::default(),
            halted: AtomicBool::new(false),
            kicker: OnceLock::new(),
        })
    }

    /// Nobody waits for the request of this number any more: its program is told, or killed where that was asked for.
    pub fn cancel(&self, number: u64) {
        if !self.service.kill_cancelled {
            self.peer.give_up(number);
            return;
        }
        lock(&self.given_up).push(number);
        if let Some(kicker) = self.kicker.get() {
            kicker.stop();
        }
    }

    /// Kills the program where it has been given up; it has one request at a time. Whether any was given up.
    fn spare(&self, flight: &VecDeque<Flight>) -> bool {
        let given_up = std::mem::take(&mut *lock(&self.given_up));
        if flight.front().is_some_and(|first| first.number.is_some_and(|number| given_up.contains(&number))) {
            self.peer.spare();
        }
        !given_up.is_empty()
    }

    pub fn halt(&self) {
        self.halted.store(true, Ordering::SeqCst);
        if let Some(kicker) = self.kicker.get() {
            kicker.stop();
        }
    }

    /// Runs until the program has ended. `done` closes after every request passed on has been answered.
    pub fn run<T: Send>(&self, process: &Process, set: impl Fn(Kicker), done: Sender<T>) {
        let word = AtomicU32::new(0);
        // SAFETY: the word outlives the registration, which is dropped first.
        let waiter = unsafe { process.register(&raw const word) };
        let _ = self.kicker.set(waiter.kicker());
        set(waiter.kicker());
        let mut flight = VecDeque::new();
        let end = self.carry(&waiter, &word, &mut flight, process);
        // Down before anybody hears of it, so that who fails fast does.
        self.service.down(end.clone());
        self.crash_all(flight, end.as_deref());
        drop(done);
        drop(waiter);
    }

    /// Answers the end's crash, or none when it ended well.
    fn carry(
        &self,
        waiter: &Waiter,
        word: &AtomicU32,
        flight: &mut VecDeque<Flight>,
        process: &Process,
    ) -> Option<String> {
        let woken = |flight: &VecDeque<Flight>| {
            word.fetch_and(!STOP, Ordering::SeqCst);
            // The programs below have been told too: what they still answer is carried.
            if !self.spare(flight) || process.stopping() {
                self.halted.store(true, Ordering::SeqCst);
            }
        };
        loop {
            let open = !self.halted.load(Ordering::SeqCst) && !self.service.has_ended();
            if open && self.pass_held(waiter, flight) {
                continue;
            }
            let mut sources = vec![self.peer.source()];
            if open && self.has_room(flight, 0) {
                sources.push(Source::Channel(&self.service.requests));
            }
            let ready = match wat_kernel::poll(waiter, &sources, None) {
                Ok(ready) => ready,
                Err(Interrupt::Stopped) => {
                    woken(flight);
                    continue;
                }
                Err(Interrupt::Killed) => return Some(self.killed()),
            };
            if ready.get(1) == Some(&true)
                && let Some(Some(request)) = self.service.requests.try_receive()
            {
                self.take(waiter, request, flight);
            }
            if ready[0] {
                match self.answers(waiter, flight) {
                    Ok(None) => {}
                    Ok(Some(end)) => return end,
                    Err(Interrupt::Stopped) => woken(flight),
                    Err(Interrupt::Killed) => return Some(self.killed()),
                }
            }
        }
    }

    /// Takes in what the program has written; `Some` once it has ended.
    #[expect(clippy::option_option, reason = "the outer is whether it has ended, the inner how")]
    fn answers(
        &self,
        waiter: &Waiter,
        flight: &mut VecDeque<Flight>,
    ) -> Result<Option<Option<String>>, Interrupt> {
        let mut pulled = false;
        loop {
            match self.peer.is_ready(waiter, !pulled) {
                Ok(true) => {}
                Ok(false) => return Ok(None),
                Err(trouble) => return self.troubled(waiter, trouble),
            }
            pulled = true;
            match self.peer.receive(waiter, None) {
                Ok(Got::Item(item)) => {
                    // A value that answers nothing is nobody's.
                    if let Some(first) = flight.pop_front() {
                        first.ticket.answer(item);
                    }
                }
                Ok(Got::End) => return Ok(Some(None)),
                Err(trouble) => return self.troubled(waiter, trouble),
            }
        }
    }

    #[expect(clippy::option_option, reason = "the outer is whether it has ended, the inner how")]
    fn troubled(&self, waiter: &Waiter, trouble: Trouble) -> Result<Option<Option<String>>, Interrupt> {
        match (trouble, waiter.interrupted()) {
            (Trouble::Killed, _) => Err(Interrupt::Killed),
            (Trouble::Crash(_), Some(why)) => Err(why),
            (Trouble::Crash(text), None) => {
                // After what is not EDN there is no telling which answer is whose.
                match self.peer.kill(waiter) {
                    Err(Trouble::Killed) => Err(Interrupt::Killed),
                    _ => Ok(Some(Some(text))),
                }
            }
        }
    }

    /// Passes on the request that was held back, when its turn has come.
    fn pass_held(&self, waiter: &Waiter, flight: &mut VecDeque<Flight>) -> bool {
        if !self.has_room(flight, 0) {
            return false;
        }
        let Some(request) = self.service.take_held() else { return false };
        if self.has_room(flight, request.bytes) {
            self.pass(waiter, request, flight);
            return true;
        }
        self.service.hold(request);
        false
    }

    fn take(&self, waiter: &Waiter, request: Request, flight: &mut VecDeque<Flight>) {
        if self.has_room(flight, request.bytes) {
            self.pass(waiter, request, flight);
        } else {
            self.service.hold(request);
        }
    }

    fn pass(&self, waiter: &Waiter, request: Request, flight: &mut VecDeque<Flight>) {
        let (bytes, context) = (request.bytes, request.context);
        let Some((item, ticket, fate)) = request.pass() else { return };
        if context.is_over() {
            return ticket.answer(self.peer.too_late());
        }
        let again = match &item {
            Item::Text(text, place) if removed("passed-once") => Some(Item::Text(text.clone(), *place)),
            _ => None,
        };
        match self.peer.forward(waiter, item, context) {
            Ok(number) => {
                let blank = again.map(|item| (self.peer.forward(waiter, item, context), ticket.blank()));
                flight.push_back(Flight { ticket, number: Some(number), bytes });
                if let Some((Ok(_), ticket)) = blank {
                    flight.push_back(Flight { ticket, number: None, bytes });
                }
                if !fate.arrived(self.own.clone(), number) {
                    self.cancel(number);
                }
            }
            Err(WriteError::Interrupted { begun: false, .. }) => {
                let message = "the request had not been written when its program was let go";
                let story = Story::new("stopped", &self.peer.path, &self.peer.program, message);
                ticket.answer(Item::Crash(story.executed("no").text()));
            }
            // What was refused may be out in part: how the program ends, or what it answers, is told.
            Err(WriteError::Closed | WriteError::Interrupted { .. }) => {
                flight.push_back(Flight { ticket, number: None, bytes });
            }
            Err(_) => {
                let message = "the request could not be written";
                let story = Story::new("lost", &self.peer.path, &self.peer.program, message);
                ticket.answer(Item::Crash(story.executed("unknown").text()));
                self.peer.ask_stop(std::time::Duration::ZERO);
            }
        }
    }

    fn crash_all(&self, flight: VecDeque<Flight>, end: Option<&str>) {
        for one in flight {
            if removed("ticket") {
                one.ticket.forget();
                continue;
            }
            let text = match end {
                Some(text) => story::answered(text, "unknown"),
                None => {
                    let message = "the peer ended well without answering";
                    let story = Story::new("ended", &self.peer.path, &self.peer.program, message);
                    story.executed("unknown").text()
                }
            };
            one.ticket.answer(Item::Crash(text));
        }
    }

    /// Whether a request of so many bytes may follow those not answered.
    fn has_room(&self, flight: &VecDeque<Flight>, bytes: usize) -> bool {
        flight.is_empty()
            || !self.service.one_in_hand
                && flight.len() < AHEAD
                && flight.iter().map(|f| f.bytes).sum::<usize>() + bytes <= AHEAD_BYTES
    }

    fn killed(&self) -> String {
        Story::new("killed", &self.peer.path, &self.peer.program, "killed with its supervisor").text()
    }
}
