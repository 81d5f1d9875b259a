//! The requests of a process and of its children that are under way: whose each is, and what goes up next.
//!
//! Not here: doing what was asked (`worker.rs`).

use super::answers::Answers;
use super::{Answer, Asked, Opener, Reply, opens_itself, worker};
use crate::boot::Boot;
use crate::channel::{Receiver, Sender, channel};
use crate::child::core::ChildCore;
use crate::control::{FromChild, Malformed};
use crate::errand;
use crate::mutation::removed;
use crate::sending::{Pace, Sent, send};
use crate::shared::{Shared, lock};
use crate::waiter::Kicker;
use crate::warden::timers::Timer;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Instant;

/// Requests of one child under way at once.
const MOST: usize = 64;
/// A child has a third of what the others leave of these, so that whoever comes next finds some left: 16 where it asks alone,
/// 12 beside another one.
const SHARE: usize = 3;
/// Of what a child passes on, levels below it that are told apart; further ones are one. The first request of each level goes
/// up beyond the child's share too, so whoever is nearer finds room, however much is asked further down.
const FAR: u8 = 3;

#[derive(Default)]
pub(crate) struct Asks {
    opener: OnceLock<Box<dyn Opener>>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The last token that this process gave.
    token: u32,
    /// To be passed up, oldest first.
    queue: VecDeque<Request>,
    /// Given-up requests that the parent is not told of yet.
    withdrawn: VecDeque<u32>,
    /// Whose request each token is, until its answer.
    up: BTreeMap<u32, Whose>,
    /// Tokens by child and the child's own token.
    passed: BTreeMap<(u32, u32), u32>,
    /// What is being done here, by child and its token.
    works: BTreeMap<(u32, u32), Work>,
    /// What has been answered and not yet taken.
    answers: Answers,
    /// When what goes up is tried again.
    pace: Pace,
}

/// What is asked for, under the number that its asker gave it.
pub(crate) struct Request {
    pub(crate) token: u32,
    pub(crate) kind: u8,
    /// Levels between whoever said it and who asks.
    pub(crate) below: u8,
    pub(crate) bytes: Vec<u8>,
    pub(crate) carried: Vec<OwnedFd>,
}

struct Whose {
    asker: Asker,
    /// Levels between this process and who asks.
    below: u8,
    since: Instant,
    sent: bool,
    withdrawn: bool,
}

enum Asker {
    Own(Sender<Reply>),
    Child(u32, u32),
    /// It was given up.
    Nobody(Option<u32>),
}

impl Asker {
    fn child(&self) -> Option<u32> {
        match self {
            Asker::Own(_) => None,
            Asker::Child(child, _) => Some(*child),
            Asker::Nobody(child) => *child,
        }
    }
}

#[derive(Default)]
struct Work {
    kicker: Option<Kicker>,
    withdrawn: bool,
}

impl Asks {
    /// Only the first counts.
    pub(crate) fn serve(&self, opener: Box<dyn Opener>) {
        let _ = self.opener.set(opener);
    }

    pub(super) fn opener(&self) -> Option<&dyn Opener> {
        self.opener.get().map(AsRef::as_ref)
    }

    /// A request of this process's own; [`Shared::push_asks`] sends it.
    pub(super) fn begin(&self, kind: u8, bytes: &[u8], carried: Vec<OwnedFd>) -> (u32, Receiver<Reply>) {
        let (sender, receiver) = channel(1, 1);
        let request = Request { token: 0, kind, below: 0, bytes: bytes.to_vec(), carried };
        let token = lock(&self.state).enqueue(Asker::Own(sender), request);
        (token, receiver)
    }

    /// Nobody waits for the answer to a request of this process's own any more.
    pub(super) fn give_up(&self, token: u32) {
        lock(&self.state).give_up(token);
    }

    /// A thread does it from now on.
    pub(super) fn working(&self, child: u32, token: u32, kicker: Kicker) {
        let mut state = lock(&self.state);
        if let Some(work) = state.works.get_mut(&(child, token)) {
            if work.withdrawn {
                kicker.kill();
            }
            work.kicker = Some(kicker);
        }
    }

    /// It is done, in one step with its answer: a child that waits for each of its answers is never told of too many.
    pub(super) fn worked(&self, shared: &Shared, core: &ChildCore, token: u32, reply: Reply) {
        let mut state = lock(&self.state);
        state.works.remove(&(core.number, token));
        let next = state.answers.add(core, token, reply, Instant::now());
        drop(state);
        shared.answer_again(core, next);
    }

    fn answer(&self, shared: &Shared, core: &ChildCore, token: u32, reply: Reply) {
        let next = lock(&self.state).answers.add(core, token, reply, Instant::now());
        shared.answer_again(core, next);
    }

    /// Sends what the child has not taken yet.
    pub(crate) fn push_answers(&self, shared: &Shared, core: &ChildCore) {
        let next = lock(&self.state).answers.push(core, Instant::now());
        shared.answer_again(core, next);
    }

    /// A child asks; `cut` says that some of its descriptors have not come. Malformed is what no process of ours would send.
    pub(crate) fn heard(
        &self,
        shared: &Arc<Shared>,
        core: &Arc<ChildCore>,
        request: Request,
        cut: bool,
    ) -> Result<(), Malformed> {
        let (child, token, kind) = (core.number, request.token, request.kind);
        {
            let state = lock(&self.state);
            if state.is_under_way(child, token) {
                return Err(Malformed);
            }
            if state.under_way(child) >= MOST && !removed("ask-bound") {
                state.answers.refuse(core, token);
                return Ok(());
            }
        }
        let refuse = |errno: i32| self.answer(shared, core, token, Reply::refusal(errno));
        if cut {
            self.answer(shared, core, token, Reply::starved(shared.boot()));
            return Ok(());
        }
        if self.opener().is_none() && kind != errand::KIND {
            refuse(libc::ENOSYS);
            return Ok(());
        }
        let boot = shared.boot();
        let asked = request.asked(core, boot);
        let permitted = match self.opener() {
            _ if kind == errand::KIND => errand::permits(&asked),
            Some(opener) => opener.permits(&asked),
            None => Ok(()),
        };
        if let Err(bytes) = permitted
            && !removed("ask-check")
        {
            self.answer(shared, core, token, Reply::of(Answer { bytes, carried: Vec::new() }));
            return Ok(());
        }
        if opens_itself(boot) {
            lock(&self.state).works.insert((child, token), Work::default());
            if worker::start(shared, core, request).is_err() {
                self.worked(shared, core, token, Reply::refusal(libc::EAGAIN));
            }
        } else {
            let mut state = lock(&self.state);
            let below = request.below.min(FAR) + 1;
            let up = state.enqueue(Asker::Child(child, token), Request { below, ..request });
            state.passed.insert((child, token), up);
        }
        Ok(())
    }

    /// A child gives up one of its requests. One that has been answered meanwhile is nobody's.
    pub(crate) fn withdrawn(&self, shared: &Shared, core: &ChildCore, token: u32) {
        let mut state = lock(&self.state);
        let which = (core.number, token);
        state.answers.shed(core.number, token);
        if let Some(work) = state.works.get_mut(&which) {
            work.withdraw();
        } else if let Some(up) = state.passed.get(&which).copied()
            && !state.withdraw(up)
        {
            state.give_up(up);
            drop(state);
            self.answer(shared, core, token, Reply::refusal(libc::ECANCELED));
        }
    }

    /// A child has ended, and with it what it asked for.
    pub(crate) fn gone(&self, child: u32) {
        if removed("ask-end") {
            return;
        }
        let mut state = lock(&self.state);
        for (_, work) in state.works.range_mut((child, 0)..=(child, u32::MAX)) {
            work.withdraw();
        }
        let passed: Vec<u32> =
            state.passed.range((child, 0)..=(child, u32::MAX)).map(|(_, up)| *up).collect();
        passed.into_iter().for_each(|up| state.give_up(up));
        state.answers.forget(child);
    }

    /// The parent's answer: kept for a thread of this process, or passed on.
    pub(crate) fn answered(&self, shared: &Shared, token: u32, reply: Reply) {
        let whose = lock(&self.state).close(token);
        self.tell(shared, whose, reply);
    }

    fn tell(&self, shared: &Shared, whose: Option<Asker>, reply: Reply) {
        match whose {
            Some(Asker::Own(to)) => to.push(reply, 1),
            Some(Asker::Child(number, theirs)) => {
                if let Some(core) = shared.child(number) {
                    self.answer(shared, &core, theirs, reply);
                }
            }
            // What came is closed.
            Some(Asker::Nobody(_)) | None => {}
        }
    }
}

impl Request {
    /// As the opener sees it, from this child.
    pub(super) fn asked<'a>(&'a self, core: &'a ChildCore, boot: &'a Boot) -> Asked<'a> {
        Asked { kind: self.kind, bytes: &self.bytes, authority: &core.authority, directory: &boot.directory }
    }
}

impl State {
    /// Gives the request a number of this process's own, under which it goes up.
    fn enqueue(&mut self, asker: Asker, request: Request) -> u32 {
        self.token = self.token.wrapping_add(1);
        let token = self.token;
        let (below, since) = (request.below, Instant::now());
        self.up.insert(token, Whose { asker, below, since, sent: false, withdrawn: false });
        self.queue.push_back(Request { token, ..request });
        token
    }

    fn is_under_way(&self, child: u32, token: u32) -> bool {
        self.works.contains_key(&(child, token))
            || self.passed.contains_key(&(child, token))
            || self.answers.has(child, token)
    }

    fn under_way(&self, child: u32) -> usize {
        let whole = (child, 0)..=(child, u32::MAX);
        let unanswered = self.works.range(whole.clone()).count() + self.passed.range(whole).count();
        unanswered + self.answers.count(child)
    }

    /// The next request that may be passed up; where descriptors are held back, of those that carry none. A child that asks
    /// much holds up itself, not its siblings.
    fn next(&self, held: bool) -> Option<usize> {
        if self.queue.is_empty() {
            return None;
        }
        // Once, for the queue may be long.
        let (mut free, mut of, mut at) = (MOST, BTreeMap::<u32, usize>::new(), BTreeSet::new());
        for whose in self.up.values().filter(|whose| whose.sent) {
            free = free.saturating_sub(1);
            if let Some(child) = whose.asker.child() {
                *of.entry(child).or_default() += 1;
                at.insert((child, whose.below));
            }
        }
        self.queue.iter().position(|packet| {
            let whose = self.up.get(&packet.token);
            let may = match whose.and_then(|whose| Some((whose.asker.child()?, whose.below))) {
                Some((child, below)) => {
                    let first = !at.contains(&(child, below)) && !removed("ask-nearer");
                    let share = if first { 0 } else { of.get(&child).copied().unwrap_or(0) };
                    // The last is for this process itself.
                    SHARE * share + 1 < free
                }
                None => free > 0,
            };
            may && (!held || packet.carried.is_empty())
        })
    }

    /// Takes out one whose descriptors were held back too long.
    fn take_spent(&mut self, now: Instant) -> Option<(Option<Asker>, i32)> {
        let (token, errno) =
            self.queue.iter().filter(|packet| !packet.carried.is_empty()).find_map(|packet| {
                let since = self.up.get(&packet.token)?.since;
                Some((packet.token, self.pace.spent(since, now)?))
            })?;
        Some((self.drop_unsent(token), errno))
    }

    fn drop_unsent(&mut self, token: u32) -> Option<Asker> {
        self.queue.retain(|packet| packet.token != token);
        self.close(token)
    }

    /// Has the parent end a request that was passed up, and answer it; false where it does not know of it yet.
    fn withdraw(&mut self, token: u32) -> bool {
        let Some(whose) = self.up.get_mut(&token).filter(|whose| whose.sent) else { return false };
        if !whose.withdrawn {
            whose.withdrawn = true;
            self.withdrawn.push_back(token);
        }
        true
    }

    /// The same without anybody who is to be answered.
    fn give_up(&mut self, token: u32) {
        let Some(whose) = self.up.get_mut(&token) else { return };
        if let Asker::Child(number, theirs) = whose.asker {
            self.passed.remove(&(number, theirs));
        }
        whose.asker = Asker::Nobody(whose.asker.child());
        if !self.withdraw(token) {
            self.up.remove(&token);
            self.queue.retain(|packet| packet.token != token);
        }
    }

    fn close(&mut self, token: u32) -> Option<Asker> {
        let asker = self.up.remove(&token)?.asker;
        if let Asker::Child(number, theirs) = asker {
            self.passed.remove(&(number, theirs));
        }
        Some(asker)
    }
}

impl Work {
    fn withdraw(&mut self) {
        self.withdrawn = true;
        if let Some(kicker) = &self.kicker {
            kicker.kill();
        }
    }
}

impl Shared {
    /// The same from a thread of the program's: the warden sends the rest.
    pub(super) fn send_asks(&self) {
        if self.push_asks() {
            self.wake_warden();
        }
    }

    fn answer_again(&self, core: &ChildCore, next: Option<Instant>) {
        if let Some(next) = next {
            self.set_timer(next, Timer::Answers(core.number));
        }
    }

    /// Sends up what may go and the socket takes now. True where the socket takes no more.
    pub(crate) fn push_asks(&self) -> bool {
        let Some(control) = self.control() else { return false };
        let mut state = lock(&self.asks.state);
        let now = Instant::now();
        let mut held = state.pace.is_resting(now);
        let mut untold = Vec::new();
        let full = loop {
            let (sent, carries) = if let Some(token) = state.withdrawn.front().copied() {
                let (head, length) = FromChild::Withdraw { token }.head();
                match send(control, &head[..length], &[], &[]) {
                    Sent::Whole => {
                        state.withdrawn.pop_front();
                        (Sent::Whole, false)
                    }
                    Sent::Never(errno) => (Sent::Short(errno), false),
                    other => (other, false),
                }
            } else if let Some(at) = state.next(held) {
                let packet = &state.queue[at];
                let (token, carries) = (packet.token, !packet.carried.is_empty());
                let said = FromChild::Request {
                    token,
                    kind: packet.kind,
                    below: packet.below,
                    request: &packet.bytes,
                };
                let (head, length) = said.head();
                let sent = send(control, &head[..length], said.body(), &packet.carried);
                match sent {
                    Sent::Whole => {
                        // What it carries is closed here.
                        state.queue.remove(at);
                        if let Some(whose) = state.up.get_mut(&token) {
                            whose.sent = true;
                        }
                    }
                    Sent::Never(errno) => untold.push((state.drop_unsent(token), errno)),
                    Sent::Full | Sent::Short(_) | Sent::Gone => {}
                }
                (sent, carries)
            } else {
                break false;
            };
            match sent {
                Sent::Whole => state.pace.went(carries),
                Sent::Full => break true,
                Sent::Short(errno) if carries => {
                    state.pace.lacks(now, errno);
                    held = true;
                }
                Sent::Short(_) => {
                    held = true;
                    break false;
                }
                Sent::Never(_) => {}
                // A parent that is gone is the lifeline's matter.
                Sent::Gone => {
                    held = false;
                    break false;
                }
            }
        };
        while held && let Some(spent) = state.take_spent(now) {
            untold.push(spent);
        }
        let waits = !(state.queue.is_empty() && state.withdrawn.is_empty());
        let next = if held && waits { state.pace.rest(now) } else { None };
        drop(state);
        if let Some(next) = next.filter(|_| !removed("ask-again")) {
            self.set_timer(next, Timer::Asks);
        }
        for (whose, errno) in untold {
            self.asks.tell(self, whose, Reply::refusal(errno));
        }
        full
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The children whose requests go up now.
    fn sent(state: &mut State) -> Vec<Option<u32>> {
        let mut sent = Vec::new();
        while let Some(at) = state.next(false) {
            let packet = state.queue.remove(at).expect("it is there");
            let whose = state.up.get_mut(&packet.token).expect("somebody asked");
            whose.sent = true;
            sent.push(whose.asker.child());
        }
        sent
    }

    fn ask(state: &mut State, child: u32, token: u32) -> u32 {
        ask_from(state, child, token, 1)
    }

    fn ask_from(state: &mut State, child: u32, token: u32, below: u8) -> u32 {
        let request = Request { token, kind: 1, below, bytes: Vec::new(), carried: Vec::new() };
        let up = state.enqueue(Asker::Child(child, token), request);
        state.passed.insert((child, token), up);
        up
    }

    #[test]
    fn a_child_that_asks_much_holds_up_itself_alone() {
        let mut state = State::default();
        for token in 0..MOST as u32 {
            ask(&mut state, 1, token);
        }
        ask(&mut state, 2, 0);
        assert_eq!(state.under_way(1), MOST);
        let gone = sent(&mut state);
        assert_eq!(gone.iter().filter(|child| **child == Some(1)).count(), 16);
        assert_eq!(gone.last(), Some(&Some(2)));
        // What is answered makes room for what waits.
        state.close(1);
        assert_eq!(sent(&mut state), [Some(1)]);
    }

    #[test]
    fn children_that_ask_without_end_leave_some_for_the_next_and_for_the_process() {
        let mut state = State::default();
        let mut shares = Vec::new();
        for child in 1..=8 {
            for token in 0..MOST as u32 {
                ask(&mut state, child, token);
            }
            shares.push(sent(&mut state).len());
        }
        assert_eq!(shares, [16, 12, 9, 7, 5, 4, 3, 2]);
        let (to, _) = channel(1, 1);
        let own = Request { token: 0, kind: 1, below: 0, bytes: Vec::new(), carried: Vec::new() };
        state.enqueue(Asker::Own(to), own);
        assert_eq!(sent(&mut state), [None]);
    }

    #[test]
    fn whoever_is_nearer_finds_room_whatever_is_asked_further_down() {
        let mut state = State::default();
        for token in 0..MOST as u32 {
            ask_from(&mut state, 1, token, 3);
        }
        assert_eq!(sent(&mut state).len(), 16);
        for (token, below) in [(100, 2), (101, 1), (102, 2), (103, 1)] {
            let up = ask_from(&mut state, 1, token, below);
            let goes = token < 102;
            assert_eq!(sent(&mut state).len(), usize::from(goes), "{token}");
            // One at a time, if not more.
            if !goes {
                state.close(up - 2);
                assert_eq!(sent(&mut state), [Some(1)]);
            }
        }
        ask_from(&mut state, 2, 0, 1);
        assert_eq!(sent(&mut state), [Some(2)]);
    }

    #[test]
    fn a_child_that_names_others_below_it_gains_little() {
        let mut state = State::default();
        let mut shares = Vec::new();
        for child in 1..=8 {
            for token in 0..MOST as u32 {
                ask_from(&mut state, child, token, 1 + token as u8 % (FAR + 1));
            }
            shares.push(sent(&mut state).len());
        }
        assert_eq!(shares, [16, 12, 9, 7, 5, 4, 4, 4]);
    }

    #[test]
    fn what_is_given_up_is_told_once_and_counts_until_its_answer() {
        let mut state = State::default();
        let (early, late) = (ask(&mut state, 1, 7), ask(&mut state, 1, 8));
        assert!(!state.withdraw(early), "the parent does not know of it");
        state.give_up(late);
        assert_eq!((sent(&mut state).len(), state.under_way(1)), (1, 1));
        assert!(state.withdraw(early) && state.withdraw(early));
        state.give_up(early);
        assert_eq!(state.withdrawn, [early]);
        assert_eq!((state.under_way(1), state.up.len()), (0, 1));
        assert!(matches!(state.close(early), Some(Asker::Nobody(Some(1)))));
        assert!(state.up.is_empty() && state.close(early).is_none());
    }
}
