//! What the program's threads and the warden share: descriptors, children, time, the state of the stop.
//!
//! Each field has its own lock, held briefly and never across a blocking call. Not here: what the program may ask
//! ([`crate::Process`]), nor the loop that acts (`warden/`).

use crate::ask::Asks;
use crate::boot::Boot;
use crate::child::core::{ChildCore, Role, STALL_CHECK};
use crate::child::end::{End, KillReason};
use crate::child::lines::{Forward, tagged};
use crate::control::{FromChild, ToChild};
use crate::hand::Hand;
use crate::keeper::Keeping;
use crate::life::{self, Action, Event, State};
use crate::mutation::{pauses_at, removed};
use crate::nursery::Nurseries;
use crate::outbox::{Gathered, Outbox};
use crate::score::{Raised, Score};
use crate::see::round::Rounds;
use crate::see::sight::is_within;
use crate::see::{Sight, Tapped};
use crate::signals::{Signals, UserSignal};
use crate::spawn::Job;
use crate::sys::{fd, futex, process, signal};
use crate::tether::Untold;
use crate::waiter::{Interrupt, Registry, Waiter, Wakes};
use crate::warden::strays::Strays;
use crate::warden::summons::Summons;
use crate::warden::timers::{Timer, Timers};
use std::collections::BTreeMap;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

/// What boot hands over.
pub(crate) struct Start {
    pub(crate) boot: Boot,
    pub(crate) control: Option<OwnedFd>,
    /// None where no process may be started.
    pub(crate) binary: Option<OwnedFd>,
    pub(crate) image: Option<OwnedFd>,
    pub(crate) signals: Signals,
    pub(crate) score: Score,
}

pub(crate) type Unseen = Box<dyn Fn(&str, &str, &End) + Send + Sync>;
pub(crate) type Render = Box<dyn Fn(&[u8]) -> Vec<u8> + Send + Sync>;
pub(crate) type Quit = Box<dyn Fn(&[Sight]) -> String + Send + Sync>;

/// Children of threads are numbered from here, where no process counts.
const FOREIGN: u32 = 1 << 31;
/// Between two looks for the end of what nothing tells of.
pub(crate) const END_LOOK: Duration = Duration::from_millis(20);
/// Subtrees whose level is kept for threads to come; the oldest go first.
const MOST_LEVELS: usize = 256;

/// Shared by the program's threads and the warden.
pub(crate) struct Shared {
    start: Start,
    main_thread: i32,
    image: Mutex<Option<Arc<OwnedFd>>>,
    summons: Arc<Summons>,
    /// The descriptors of children; made with the first.
    poll_set: OnceLock<OwnedFd>,
    children: Mutex<BTreeMap<u32, Arc<ChildCore>>>,
    /// Children that have not ended: what `finish` sleeps on.
    alive: AtomicU32,
    /// Children that have ended while a thread was reading their output.
    read_after_end: Mutex<Vec<Arc<ChildCore>>>,
    numbers: AtomicU32,
    foreign: AtomicU32,
    /// What is left of the bound on processes; unused without one.
    quota: Mutex<u32>,
    life: Mutex<Life>,
    stopping: AtomicBool,
    pub(crate) waiters: Registry,
    /// The program's requests that nobody waits for any more, known before it registers.
    pub(crate) hand: Arc<Hand>,
    pub(crate) gathered: Gathered,
    stdout: Arc<Outbox>,
    jobs: Mutex<Vec<Arc<Job>>>,
    pub(crate) timers: Timers,
    /// Held while a child is made and not yet among `children`.
    births: Mutex<()>,
    pub(crate) strays: Strays,
    pub(crate) nurseries: Nurseries,
    pub(crate) keeping: Keeping,
    forward: Mutex<Forward>,
    unseen: OnceLock<Unseen>,
    quit: OnceLock<Quit>,
    /// SIGUSR1 and SIGUSR2 of a root.
    pub(crate) user_signals: [UserSignal; 2],
    /// How lines on their way to stderr look; unset where they pass as they are.
    render: OnceLock<Render>,
    /// Levels of subtrees as they were told, the latest last, for threads that are not registered yet.
    levels: Mutex<Vec<(String, u8)>>,
    /// Questions about the tree that are under way.
    pub(crate) rounds: Mutex<Rounds>,
    /// What children have told of tapped edges, by number and token; the warden takes it at each turn.
    pub(crate) tapped: Mutex<Vec<(u32, u32, Tapped)>>,
    /// What is asked of the parent, and what children ask.
    pub(crate) asks: Asks,
    /// How commands have ended that others have asked for.
    pub(crate) untold: Mutex<Untold>,
}

struct Life {
    state: State,
    deadline: Option<Instant>,
    /// The signal that began the stop of a root.
    signal: Option<i32>,
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    pub(crate) fn new(mut start: Start) -> io::Result<Arc<Shared>> {
        let event = fd::event()?;
        let image = Mutex::new(start.image.take().map(Arc::new));
        Ok(Arc::new_cyclic(|shared| {
            let summons = Arc::new(Summons::new(event, shared.clone()));
            Shared {
                main_thread: process::thread_id(),
                image,
                quota: Mutex::new(start.boot.limits.processes.unwrap_or(0)),
                start,
                gathered: Gathered::waking(summons.clone()),
                timers: Timers::waking(summons.clone()),
                summons,
                poll_set: OnceLock::new(),
                children: Mutex::default(),
                alive: AtomicU32::new(0),
                read_after_end: Mutex::default(),
                numbers: AtomicU32::new(0),
                foreign: AtomicU32::new(0),
                life: Mutex::new(Life { state: State::Starting, deadline: None, signal: None }),
                stopping: AtomicBool::new(false),
                waiters: Registry::default(),
                hand: Arc::default(),
                stdout: Arc::new(Outbox::standard(fd::standard(1))),
                jobs: Mutex::default(),
                births: Mutex::default(),
                strays: Strays::default(),
                nurseries: Nurseries::default(),
                keeping: Keeping::default(),
                forward: Mutex::default(),
                unseen: OnceLock::new(),
                quit: OnceLock::new(),
                user_signals: Default::default(),
                render: OnceLock::new(),
                levels: Mutex::default(),
                rounds: Mutex::default(),
                tapped: Mutex::default(),
                untold: Mutex::default(),
                asks: Asks::default(),
            }
        }))
    }

    pub(crate) fn boot(&self) -> &Boot {
        &self.start.boot
    }

    pub(crate) fn binary(&self) -> Option<&OwnedFd> {
        self.start.binary.as_ref()
    }

    pub(crate) fn control(&self) -> Option<BorrowedFd<'_>> {
        self.start.control.as_ref().map(AsFd::as_fd)
    }

    pub(crate) fn signals(&self) -> Option<&OwnedFd> {
        self.start.signals.taken.as_ref()
    }

    /// What is born until the value is dropped has a score so many levels above this process's. A confined process's score is
    /// its children's too: it reaches no /proc.
    pub(crate) fn raise_score(&self, levels: usize) -> Option<Raised<'_>> {
        if self.boot().authority.is_whole() && !removed("score") {
            self.start.score.raised(levels)
        } else {
            None
        }
    }

    /// What it takes to raise it, on a thread that is not confined.
    pub(crate) fn open_score(&self) {
        if self.boot().authority.is_whole() {
            self.start.score.open();
        }
    }

    pub(crate) fn reset_signals(&self) -> signal::Set {
        self.start.signals.reset
    }

    pub(crate) fn main_thread(&self) -> i32 {
        self.main_thread
    }

    pub(crate) fn image(&self) -> Option<Arc<OwnedFd>> {
        lock(&self.image).clone()
    }

    /// The image has been mapped: where no process may be started, nobody needs its file any more.
    pub(crate) fn image_mapped(&self) {
        if !self.boot().authority.may_spawn() {
            *lock(&self.image) = None;
        }
    }

    pub(crate) fn set_image(&self, image: OwnedFd) {
        *lock(&self.image) = Some(Arc::new(image));
    }

    pub(crate) fn stdout(&self) -> &Arc<Outbox> {
        &self.stdout
    }

    pub(crate) fn summons(&self) -> &Arc<Summons> {
        &self.summons
    }

    pub(crate) fn wake_warden(&self) {
        self.summons.raise();
    }

    /// A number for a child that one of this process's threads counts among its own.
    pub(crate) fn next_foreign(&self) -> u32 {
        FOREIGN + self.foreign.fetch_add(1, Ordering::Relaxed)
    }

    pub(crate) fn next_number(&self) -> u32 {
        self.numbers.fetch_add(1, Ordering::Relaxed)
    }

    /// Boot is complete: says so to the parent.
    pub(crate) fn announce_ready(&self) {
        let mut life = lock(&self.life);
        life.state = life::step(life.state, Event::Booted).0;
        drop(life);
        self.say(&FromChild::Ready);
    }

    /// Tells the parent. One that is gone is the lifeline's matter.
    pub(crate) fn say(&self, what: &FromChild) {
        self.send(what, true);
    }

    /// The same if its socket takes it now: for the warden, and what is asked again.
    pub(crate) fn say_now(&self, what: &FromChild) {
        self.send(what, removed("answer-now"));
    }

    fn send(&self, what: &FromChild, wait: bool) {
        let Some(control) = self.control() else { return };
        let (head, length) = what.head();
        while fd::send_packet(control, &head[..length], what.body(), wait)
            .is_err_and(|e| e.kind() == io::ErrorKind::Interrupted)
        {}
    }

    /// The number of the write to stdout that the program is blocked in.
    pub(crate) fn current_write(&self) -> u32 {
        self.stdout.current_write()
    }

    // ---- children

    /// Takes a new child under the warden's watch.
    pub(crate) fn adopt(&self, core: &Arc<ChildCore>) {
        if pauses_at("born") {
            std::thread::sleep(Duration::from_millis(300));
        }
        self.alive.fetch_add(1, Ordering::SeqCst);
        lock(&self.children).insert(core.number, core.clone());
        let events = |role| match role {
            Role::Process if core.own_pid().is_some() => once(),
            _ => libc::EPOLLIN,
        };
        let watched = self.poll_set().and_then(|set| {
            core.watched(|fd, role| fd::epoll_add(set, fd, events(role), token(core.number, role)))
        });
        if let Err(error) = watched {
            // A child that cannot be watched cannot be kept.
            let errno = error.raw_os_error().unwrap_or(libc::ENOMEM);
            core.kill_for(self, KillReason::Unwatched(errno));
            self.look_for_end(core.number);
        }
        self.set_timer(core.started + STALL_CHECK, Timer::Stall(core.number));
        if pauses_at("adopt") {
            std::thread::sleep(Duration::from_millis(300));
        }
    }

    /// Nothing tells of the child's end: the warden looks for it every now and then.
    pub(crate) fn look_for_end(&self, number: u32) {
        self.set_timer(Instant::now() + END_LOOK, Timer::End(number));
    }

    /// Closes a socket to a process that is not believed. What it has left there unread may take long to close.
    pub(crate) fn hang_up(&self, socket: OwnedFd) {
        if fd::is_spent(socket.as_fd()) || removed("ask-apart") {
            return;
        }
        // Until it is closed it would be found readable.
        if let Some(set) = self.existing_poll_set() {
            fd::epoll_remove(set, socket.as_fd());
        }
        fd::close_apart(socket);
    }

    /// The children's descriptors, with an event for each.
    pub(crate) fn poll_set(&self) -> io::Result<&OwnedFd> {
        if self.poll_set.get().is_none() {
            let made = fd::epoll()?;
            // A thread that lost the race drops its own.
            if self.poll_set.set(made).is_ok() {
                self.wake_warden();
            }
        }
        Ok(self.poll_set.get().expect("set just above"))
    }

    /// The keeper's end is seen by the warden, which reaps it.
    pub(crate) fn watch_keeper(&self, process: &OwnedFd) {
        if let Ok(set) = self.poll_set() {
            // Unwatched it is reaped with this process's end.
            let _ = fd::epoll_add(set, process.as_fd(), once(), KEEPER);
        }
    }

    pub(crate) fn existing_poll_set(&self) -> Option<&OwnedFd> {
        self.poll_set.get()
    }

    /// Lets the warden drain a released child's stdout.
    pub(crate) fn watch_output(&self, core: &ChildCore) {
        let Some(mut output) = core.output.try_enter() else { return };
        let Some(fd) = &output.fd else { return };
        let watched = self
            .poll_set()
            .and_then(|set| fd::epoll_add(set, fd.as_fd(), libc::EPOLLIN, token(core.number, Role::Stdout)));
        // Already there when a child is released twice, by its handle and by `finish`. What nobody can drain is closed,
        // so that the child does not wait for ever for room.
        if watched.is_err_and(|error| error.raw_os_error() != Some(libc::EEXIST)) {
            output.fd = None;
        }
    }

    pub(crate) fn child(&self, number: u32) -> Option<Arc<ChildCore>> {
        lock(&self.children).get(&number).cloned()
    }

    pub(crate) fn children_now(&self) -> Vec<Arc<ChildCore>> {
        lock(&self.children).values().cloned().collect()
    }

    /// The same without errands, which are other nodes' children.
    pub(crate) fn own_now(&self) -> Vec<Arc<ChildCore>> {
        lock(&self.children).values().filter(|core| core.errand.is_none()).cloned().collect()
    }

    /// Interrupts the threads that read the output of a child that has ended, again at each call until they have seen
    /// its end: says whether some have not.
    pub(crate) fn interrupt_readers(&self, ended: Option<&Arc<ChildCore>>) -> bool {
        let mut read = lock(&self.read_after_end);
        read.extend(ended.cloned());
        read.retain(|core| core.output.try_enter().is_none());
        if !read.is_empty() {
            self.waiters.nudge();
        }
        !read.is_empty()
    }

    /// A child has its end: it is no longer watched.
    pub(crate) fn dismiss(&self, core: Arc<ChildCore>) {
        if let (Some(set), Some(hold)) = (self.poll_set.get(), &core.hold) {
            fd::epoll_remove(set, hold.as_fd());
        }
        if lock(&self.children).remove(&core.number).is_some() {
            // A node below has it in its own account.
            if core.errand.is_none() {
                self.give_back(core.granted);
            }
            // Before the count: whoever waits for it may then count on the descriptors being closed.
            drop(core);
            self.alive.fetch_sub(1, Ordering::SeqCst);
            futex::wake(&self.alive, u32::MAX);
        }
    }

    /// Held while a child is made and adopted: until then it cannot be told from an orphan.
    pub(crate) fn birth(&self) -> MutexGuard<'_, ()> {
        lock(&self.births)
    }

    /// The same with what `look` has found before: a file system that does not answer holds up whoever asks it, and nobody
    /// else's births.
    pub(crate) fn birth_after<T>(&self, look: impl FnOnce() -> T) -> (T, MutexGuard<'_, ()>) {
        let early = removed("look-first").then(|| self.birth());
        let found = look();
        (found, early.unwrap_or_else(|| self.birth()))
    }

    /// Runs `look` with the numbers of all children, at a time when none is being made; `None` when one is.
    pub(crate) fn between_births<T>(&self, look: impl FnOnce(&[i32]) -> T) -> Option<T> {
        let _none = self.births.try_lock().ok()?;
        Some(look(&self.pids()))
    }

    /// The numbers of all children.
    pub(crate) fn pids(&self) -> Vec<i32> {
        lock(&self.children).values().filter_map(|core| core.own_pid()).collect()
    }

    /// A child has been reaped: what it may have left behind ends too.
    pub(crate) fn sweep_after(&self, core: &ChildCore) {
        if core.command {
            self.strays.end(self, core.number);
        } else if core.spawns && self.boot().authority.is_whole() {
            self.strays.look(self);
        } else if core.spawns {
            self.strays.told();
        }
    }

    /// Something else than a child is waited for by the end of the program.
    pub(crate) fn keep_from_ending(&self) {
        self.alive.fetch_add(1, Ordering::SeqCst);
    }

    pub(crate) fn let_end(&self) {
        self.alive.fetch_sub(1, Ordering::SeqCst);
        futex::wake(&self.alive, u32::MAX);
    }

    /// Takes one process, and what it may have below it, out of the quota.
    pub(crate) fn grant(&self, wanted: Option<u32>) -> io::Result<u32> {
        if self.boot().limits.processes.is_none() {
            return Ok(wanted.unwrap_or(0));
        }
        let mut quota = lock(&self.quota);
        let rest = quota.checked_sub(1).ok_or_else(|| {
            io::Error::new(io::ErrorKind::QuotaExceeded, "the limit of processes is reached")
        })?;
        let granted = wanted.unwrap_or(rest / 2).min(rest);
        *quota = rest - granted;
        Ok(granted)
    }

    pub(crate) fn give_back(&self, granted: u32) {
        if self.boot().limits.processes.is_some() {
            *lock(&self.quota) += 1 + granted;
        }
    }

    pub(crate) fn unseen_crash(&self, path: &str, program: &str, end: &End) {
        match self.unseen.get() {
            Some(tell) => tell(path, program, end),
            None => {
                let how = match &end.cause {
                    crate::child::Cause::NoRecord(n) => n.to_string(),
                    _ => "crashed".to_string(),
                };
                self.forward_line(format!("[{path}] {program}: {how}\n").into_bytes());
            }
        }
    }

    /// Sleeps until every child has ended, and the keeper with them.
    pub(crate) fn await_children(&self, waiter: &Waiter) -> Result<(), Interrupt> {
        loop {
            let left = self.alive.load(Ordering::SeqCst);
            if left == 0 {
                let none = self.birth();
                let unneeded = self.alive.load(Ordering::SeqCst) == 0;
                let keepers = if unneeded { self.keeping.end() } else { Vec::new() };
                drop(none);
                return self.keeping.await_end(waiter, &keepers);
            }
            waiter.park(Wakes::Kill, &self.alive, left, None)?;
        }
    }

    /// Only the first callback counts.
    pub(crate) fn tell_unseen(&self, tell: Unseen) {
        let _ = self.unseen.set(tell);
    }

    // ---- clones for other threads

    pub(crate) fn submit(&self, job: Arc<Job>) {
        lock(&self.jobs).push(job);
        self.wake_warden();
    }

    pub(crate) fn take_jobs(&self) -> Vec<Arc<Job>> {
        std::mem::take(&mut *lock(&self.jobs))
    }

    // ---- time

    pub(crate) fn set_timer(&self, when: Instant, what: Timer) {
        self.timers.set(when, what);
    }

    pub(crate) fn set_wall_timer(&self, number: u32, time: Duration) {
        self.set_timer(Instant::now() + time, Timer::Wall(number));
    }

    // ---- stderr

    /// A line from below, behind the path of who wrote it, without its newline.
    /// Others may follow at once: after the last comes [`Shared::push_stderr`].
    pub(crate) fn pass_line(&self, line: Vec<u8>) {
        let line = self.shown(line);
        let mut forward = lock(&self.forward);
        forward.push(line);
        if forward.is_ample() {
            self.flush_lines(&mut forward);
        }
    }

    fn shown(&self, mut line: Vec<u8>) -> Vec<u8> {
        if let Some(render) = self.render.get() {
            return render(&line);
        }
        line.push(b'\n');
        line
    }

    /// A line of this process's own, without its newline. It never holds the program up: where stderr takes nothing the
    /// oldest lines are dropped, and counted.
    pub(crate) fn log(&self, line: &[u8]) {
        self.forward_line(self.rendered(line).unwrap_or_else(|| [line, b"\n"].concat()));
    }

    pub(crate) fn rendered(&self, line: &[u8]) -> Option<Vec<u8>> {
        self.render.get().map(|render| render(&tagged(&self.boot().path, line)))
    }

    /// Only the first callback counts.
    pub(crate) fn render_lines(&self, render: Render) {
        let _ = self.render.set(render);
    }

    pub(crate) fn forward_line(&self, line: Vec<u8>) {
        let mut forward = lock(&self.forward);
        forward.push(line);
        self.flush_lines(&mut forward);
    }

    fn flush_lines(&self, forward: &mut Forward) {
        forward.flush(|notice| self.shown(notice), |bytes| fd::write_now(fd::standard(2), bytes));
    }

    /// Writes what waits for stderr as far as it goes. True if something is left.
    pub(crate) fn push_stderr(&self) -> bool {
        let mut forward = lock(&self.forward);
        self.flush_lines(&mut forward);
        !forward.is_empty()
    }

    /// At the end, waits a moment for a slow reader of stderr.
    pub(crate) fn flush_stderr(&self) {
        let end = Instant::now() + Duration::from_secs(1);
        while self.push_stderr() && Instant::now() < end {
            let mut entries = [fd::interest(fd::standard(2), libc::POLLOUT)];
            // Any outcome leads to another attempt until the time is over.
            let _ = fd::poll(&mut entries, Some(Duration::from_millis(10)));
        }
    }

    /// Only the first callback counts.
    pub(crate) fn draw_on_quit(&self, draw: Quit) {
        let _ = self.quit.set(draw);
    }

    pub(crate) fn quit(&self, sights: &[Sight]) {
        if let Some(draw) = self.quit.get() {
            self.forward_line(draw(sights).into_bytes());
        }
    }

    /// Sets it for the nodes of this process that are meant, and passes it on to the children that are, or that lead there.
    pub(crate) fn set_log_level(&self, path: &str, level: u8) {
        let mut levels = lock(&self.levels);
        levels.retain(|(known, _)| !is_within(known, path));
        if levels.len() >= MOST_LEVELS {
            levels.remove(0);
        }
        levels.push((path.to_string(), level));
        drop(levels);
        for (_, core) in self.waiters.nodes() {
            let account = core.account();
            if account.who.as_ref().is_some_and(|who| is_within(&who.path, path)) {
                account.set_log_level(level);
            }
        }
        for core in self.own_now() {
            if is_within(&core.path, path) || is_within(path, &core.path) {
                core.tell(&ToChild::Level { level, path });
            }
        }
    }

    /// The level that was told last for a subtree that the path lies in.
    pub(crate) fn level_told(&self, path: &str) -> Option<u8> {
        if removed("late-level") {
            return None;
        }
        lock(&self.levels).iter().rev().find(|(top, _)| is_within(path, top)).map(|(_, level)| *level)
    }

    // ---- the end

    pub(crate) fn state(&self) -> State {
        lock(&self.life).state
    }

    pub(crate) fn stopping(&self) -> bool {
        self.stopping.load(Ordering::SeqCst)
    }

    /// Time until the deadline of a stop; `None` when none is under way.
    pub(crate) fn stop_left(&self) -> Option<Duration> {
        lock(&self.life).deadline.map(|end| end.saturating_duration_since(Instant::now()))
    }

    /// The program and its children have ended. Gives the signal that stopped a root.
    pub(crate) fn finished(&self) -> Option<i32> {
        let mut life = lock(&self.life);
        life.state = life::step(life.state, Event::Finished).0;
        life.signal
    }

    /// Puts an event of the stop through the table. A later request may only shorten the time.
    pub(crate) fn stop(&self, event: Event, grace: Duration, signal: Option<i32>) {
        let mut life = lock(&self.life);
        let (state, action) = life::step(life.state, event);
        life.state = state;
        if life.signal.is_none() {
            life.signal = signal;
        }
        match action {
            Action::Nothing => {}
            Action::Stop => {
                let deadline = Instant::now() + grace;
                if life.deadline.is_some_and(|before| before <= deadline) {
                    return;
                }
                life.deadline = Some(deadline);
                drop(life);
                self.stopping.store(true, Ordering::SeqCst);
                for core in self.own_now() {
                    core.event(self, life::ChildEvent::StopAsked, grace);
                }
                self.waiters.stop_all();
                self.waiters.kick();
                self.set_timer(deadline, Timer::Own);
                self.wake_warden();
            }
            Action::KillAll => {
                let signal = life.signal;
                drop(life);
                self.kill_all(signal);
            }
        }
    }

    /// Is the stop's deadline past? A shorter one may have replaced the timer's.
    pub(crate) fn deadline_passed(&self, now: Instant) -> bool {
        lock(&self.life).deadline.is_some_and(|end| end <= now)
    }

    /// SIGKILLs the direct children, then ends this process: by the signal that stopped it, else by SIGKILL too.
    fn kill_all(&self, signal: Option<i32>) -> ! {
        for core in self.children_now() {
            core.signal_kill();
        }
        self.push_stderr();
        if let Some(signal) = signal {
            signal::raise_default(signal);
            process::leave(128 + signal);
        }
        process::die()
    }
}

/// An end is told once. As long as a tracer keeps the dead, their descriptors would tell it at each look, and they cannot
/// be reaped.
fn once() -> i32 {
    if removed("end-once") { libc::EPOLLIN } else { libc::EPOLLIN | libc::EPOLLONESHOT }
}

/// No child's.
pub(crate) const KEEPER: u64 = u64::MAX;

/// A child and a role in one word.
pub(crate) fn token(number: u32, role: Role) -> u64 {
    u64::from(number) << 2 | role as u64
}
