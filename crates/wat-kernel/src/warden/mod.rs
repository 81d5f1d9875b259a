//! The warden: one thread per process that watches everything the program does not wait for itself.
//!
//! It drains children's stderr, hears their control sockets, reaps them, keeps deadlines, takes the root's signals,
//! answers the parent, repeats kicks, and writes what has lain too long. It never runs program code, never blocks on a
//! descriptor, and sleeps in one poll. What to do is decided by the tables of `life.rs`.

mod looks;
pub(crate) mod strays;
pub(crate) mod summons;
mod taps;
pub(crate) mod timers;
mod upward;

use crate::ask::{Answer, Reply};
use crate::child::core::{ChildCore, Role, STALL_CHECK};
use crate::control::{FromChild, MAX_PACKET, ToChild};
use crate::life::{ChildEvent, Event};
use crate::mutation::removed;
use crate::see::Wanted;
use crate::see::door::Door;
use crate::see::round::Asker;
use crate::shared::{END_LOOK, KEEPER, Shared, lock};
use crate::sys::{fd, process, signal};
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use taps::Routes;
use timers::Timer;
use upward::Upward;

/// Its stack. It calls nothing deep, the callbacks of [`crate::Process`] included.
const STACK: usize = 128 * 1024;
/// Time between two kicks of the same thread, and what written bytes may lie.
const TICK: Duration = Duration::from_millis(1);
/// Bytes of what a parent says to a child that runs.
const LONGEST_WORD: usize = 8 * 1024;
/// Ticks slow down to this while a reader takes nothing.
const SLOWEST_TICK: Duration = Duration::from_millis(50);

/// Starts the warden of this process. It ends with the process.
pub(crate) fn start(shared: Arc<Shared>) -> io::Result<()> {
    std::thread::Builder::new().stack_size(STACK).spawn(move || {
        let mut warden = Warden::new(shared);
        let watching = std::panic::AssertUnwindSafe(|| -> Never {
            loop {
                warden.turn();
            }
        });
        // Without its warden a process could neither stop nor be stopped. The panic hook has said what happened.
        if std::panic::catch_unwind(watching).is_err() {
            process::leave(DEFECT);
        }
    })?;
    Ok(())
}

/// Exit code of a defect in wat itself.
const DEFECT: i32 = 70;

enum Never {}

struct Warden {
    shared: Arc<Shared>,
    /// For packets and stderr; made when first needed.
    buffer: Vec<u8>,
    /// Time until the next tick while something has to be repeated.
    tick: Option<Duration>,
    /// Where the root is asked about its tree.
    door: Option<Door>,
    /// Answers on their way to the parent.
    upward: Upward,
    /// Copies of values on their way to whoever watches.
    routes: Routes,
}

impl Warden {
    fn new(shared: Arc<Shared>) -> Warden {
        // On this thread, so that the program need not wait for it. A root that cannot have one is run all the same.
        let is_root = shared.control().is_none() && !removed("door");
        let door = if is_root { Door::open().ok() } else { None };
        Warden {
            shared,
            buffer: Vec::new(),
            tick: None,
            door,
            upward: Upward::default(),
            routes: Routes::default(),
        }
    }

    /// One sleep and what woke it.
    fn turn(&mut self) {
        let shared = self.shared.clone();
        let until_timer = shared.timers.next().map(|when| when.saturating_duration_since(Instant::now()));
        let until_idle = self.door.as_ref().and_then(Door::next);
        let until_idle = until_idle.map(|when| when.saturating_duration_since(Instant::now()));
        let until_look = (!self.routes.is_empty()).then_some(taps::EVERY);
        let until_timer = until_timer.into_iter().chain(until_idle).chain(until_look).min();
        let timeout = match (self.tick, until_timer) {
            (Some(tick), Some(timer)) => Some(tick.min(timer)),
            (tick, timer) => tick.or(timer),
        };
        let off = |fd: Option<BorrowedFd>, events| match fd {
            Some(fd) => fd::interest(fd, events),
            None => libc::pollfd { fd: -1, events: 0, revents: 0 },
        };
        let blocked_stderr = shared.push_stderr();
        let blocked_asks = shared.push_asks();
        let blocked_upward = self.upward.push(&shared);
        let said = if blocked_upward || blocked_asks { libc::POLLOUT } else { 0 };
        let mut entries = vec![
            fd::interest(shared.summons().event().as_fd(), libc::POLLIN),
            off(shared.control(), libc::POLLIN | said),
            off(shared.signals().map(AsFd::as_fd), libc::POLLIN),
            off(shared.existing_poll_set().map(AsFd::as_fd), libc::POLLIN),
            off(blocked_stderr.then(|| fd::standard(2)), libc::POLLOUT),
        ];
        let visits = entries.len();
        if let Some(door) = &self.door {
            door.interests(&mut entries);
        }
        match fd::poll(&mut entries, timeout) {
            Err(e) if e.kind() != io::ErrorKind::Interrupted && !removed("poll-apart") => {
                // For want of memory, or where no descriptor may be polled at all: nothing here waits for any of
                // them, so each is looked at, every now and then.
                std::thread::sleep(TICK);
                entries
                    .iter_mut()
                    .filter(|entry| entry.fd >= 0)
                    .for_each(|entry| entry.revents = entry.events);
            }
            Ok(_) | Err(_) => {}
        }
        let came = |at: usize| entries[at].revents != 0;
        if came(0) {
            fd::clear_event(shared.summons().event());
        }
        if entries[1].revents & !libc::POLLOUT != 0 {
            self.parent();
        }
        if came(2) {
            self.signals();
        }
        if came(3) {
            self.children();
        }
        if entries.len() > visits {
            self.at_door(&entries[visits..]);
        }
        for job in shared.take_jobs() {
            job.run(&shared);
        }
        self.timers();
        self.strays();
        self.conclude_looks();
        self.pump_taps();
        self.repeat();
    }

    /// The control socket: stop, questions, and the lifeline. Not a part of the turn, whose frame every start pays for.
    #[inline(never)]
    fn parent(&mut self) {
        let shared = self.shared.clone();
        let Some(control) = shared.control() else { return };
        let mut packet = [0; LONGEST_WORD];
        let came = match fd::receive_packet_with(control, &mut packet) {
            Ok(came) if came.length == 0 && removed("lifeline") => return std::thread::sleep(TICK),
            Ok(came) if came.length == 0 => return shared.stop(Event::ParentLost, Duration::ZERO, None),
            Ok(came) => came,
            Err(e) if matches!(e.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => return,
            Err(_) => return shared.stop(Event::ParentLost, Duration::ZERO, None),
        };
        match ToChild::parse(&packet[..came.length.min(packet.len())]) {
            Ok(ToChild::Stop { left_ms }) => {
                shared.stop(Event::StopAsked, Duration::from_millis(left_ms.min(u64::from(u32::MAX))), None);
            }
            Ok(ToChild::Ask { token }) => {
                shared.say_now(&FromChild::Answer { token, write: shared.current_write() });
            }
            Ok(ToChild::Look { token, left_ms }) => {
                self.look(Asker::Parent(token), Duration::from_millis(u64::from(left_ms)));
            }
            Ok(ToChild::Tap { token, what }) => {
                if let Ok((path, wanted)) = postcard::from_bytes::<(String, Wanted)>(what) {
                    self.tap(Asker::Parent(token), &path, wanted);
                }
            }
            Ok(ToChild::Cancel { number }) => shared.waiters.cancel(&shared.hand, number),
            Ok(ToChild::Level { level, path }) => shared.set_log_level(path, level),
            Ok(ToChild::Reply { token, errno, answer }) => {
                let reply = if came.cut {
                    Reply::starved(shared.boot())
                } else {
                    Reply { errno, answer: Answer { bytes: answer.to_vec(), carried: came.carried } }
                };
                shared.asks.answered(&shared, token, reply);
            }
            Ok(ToChild::Untap { token }) => self.untap(Asker::Parent(token)),
            // The parent is trusted to be of the same make; what it cannot have meant is passed over.
            Ok(ToChild::Boot { .. }) | Err(_) => {}
        }
    }

    /// The root's signals.
    fn signals(&mut self) {
        let shared = self.shared.clone();
        let Some(taken) = shared.signals() else { return };
        while let Some(number) = signal::next(taken) {
            let grace = Duration::from_millis(shared.boot().grace_ms);
            match number {
                libc::SIGQUIT => self.quit_asked(),
                libc::SIGUSR1 => shared.user_signals[0].raise(),
                libc::SIGUSR2 => shared.user_signals[1].raise(),
                libc::SIGCHLD => self.orphans(),
                libc::SIGINT if shared.stopping() => shared.stop(Event::StopAgain, grace, Some(number)),
                _ => shared.stop(Event::StopAsked, grace, Some(number)),
            }
        }
    }

    /// As PID 1: reaps what others have left behind. A process of our own that has ended hides them until it is reaped, so
    /// this comes after each end too. While one is made nobody can tell it from an orphan: then the look is put off.
    fn orphans(&self) {
        if process::id() != 1 || removed("orphans") {
            return;
        }
        let reap = |own: &[i32]| while process::reap_orphan(|pid| own.contains(&pid)) {};
        if removed("orphans-births") {
            return reap(&self.shared.pids());
        }
        let looked = self.shared.between_births(|own| reap(&[own, &self.shared.keeping.pids()].concat()));
        if looked.is_none() {
            self.shared.set_timer(Instant::now() + strays::AGAIN, Timer::Orphans);
        }
    }

    /// Something below may have left processes behind: whoever can see them looks, and all others tell their parent.
    fn strays(&mut self) {
        if !self.shared.strays.take_told() || removed("strays-told") {
            return;
        }
        if self.shared.boot().authority.is_whole() {
            self.shared.strays.look(&self.shared);
        } else {
            self.upward.say_strays();
            self.upward.push(&self.shared);
        }
    }

    /// Events of children's descriptors.
    fn children(&mut self) {
        let Some(set) = self.shared.existing_poll_set() else { return };
        let mut events = [libc::epoll_event { events: 0, u64: 0 }; 64];
        let count = fd::epoll_take(set, &mut events).unwrap_or(0);
        self.buffer.resize(MAX_PACKET, 0);
        for event in &events[..count] {
            let token = event.u64;
            if token == KEEPER {
                self.keepers();
                continue;
            }
            let (number, role) = ((token >> 2) as u32, Role::ALL[(token & 3) as usize]);
            let Some(core) = self.shared.child(number) else { continue };
            match role {
                Role::Control => core.hear(&self.shared, &mut self.buffer),
                Role::Stderr => core.drain_stderr(&self.shared, &mut self.buffer),
                Role::Stdout => core.drain_output(&mut self.buffer),
                Role::Process => {
                    let own = core.own_pid().is_some();
                    if !self.conclude(core) && own {
                        self.shared.look_for_end(number);
                    }
                }
            }
        }
    }

    /// Has the child ended? Then it has its end from now on.
    fn conclude(&mut self, core: Arc<ChildCore>) -> bool {
        self.buffer.resize(MAX_PACKET, 0);
        let ended = core.conclude(&self.shared, &mut self.buffer);
        if ended {
            self.shared.interrupt_readers(Some(&core));
            lock(&self.shared.rounds).gone(core.number);
            self.shared.asks.gone(core.number);
            self.shared.dismiss(core);
            self.orphans();
        }
        ended
    }

    fn timers(&mut self) {
        let now = Instant::now();
        while let Some(timer) = self.shared.timers.take_due(now) {
            let shared = &self.shared;
            match timer {
                Timer::Own => {
                    if !removed("deadline") && shared.deadline_passed(now) {
                        shared.stop(Event::DeadlinePassed, Duration::ZERO, None);
                    }
                }
                Timer::Grace(number) => {
                    if let Some(core) = shared.child(number)
                        && core.grace_is_over(now)
                    {
                        core.event(shared, ChildEvent::GraceOver, Duration::ZERO);
                    }
                }
                Timer::Wall(number) => {
                    if let Some(core) = shared.child(number) {
                        core.event(shared, ChildEvent::TimeSpent, Duration::ZERO);
                    }
                }
                Timer::Stall(number) => self.look_at(number, now),
                Timer::End(number) => self.look_for_end(number),
                Timer::Keepers => self.keepers(),
                // They have woken the warden, which is all they are for.
                Timer::Look | Timer::Asks => {}
                Timer::Answers(number) => {
                    if let Some(core) = shared.child(number) {
                        shared.asks.push_answers(shared, &core);
                    }
                }
                Timer::Stop(number) => {
                    if let Some(core) = shared.child(number) {
                        core.say_stop(shared, now);
                    }
                }
                Timer::Ends => shared.say_ends(now),
                Timer::Strays => shared.strays.timer(shared),
                Timer::Orphans => self.orphans(),
            }
        }
    }

    /// A look at a child that starts or stops, and one more later.
    fn look_at(&mut self, number: u32, now: Instant) {
        let Some(core) = self.shared.child(number) else { return };
        match core.stalled(now) {
            None => {}
            Some(true) => core.event(&self.shared, ChildEvent::Stalled, Duration::ZERO),
            Some(false) => self.shared.set_timer(now + STALL_CHECK, Timer::Stall(number)),
        }
    }

    /// A keeper has ended, it is told. One that its tracer has is looked for again.
    fn keepers(&mut self) {
        if !self.shared.keeping.reap() {
            self.shared.set_timer(Instant::now() + END_LOOK, Timer::Keepers);
        }
        self.orphans();
    }

    /// A look for the end of a child that nothing tells of, and one more later.
    fn look_for_end(&mut self, number: u32) {
        let Some(core) = self.shared.child(number).filter(|_| !removed("end-look")) else { return };
        if !self.conclude(core) {
            self.shared.look_for_end(number);
        }
    }

    /// What is repeated each millisecond: kicks not answered, bytes not written. A reader that takes nothing is asked
    /// less and less often.
    fn repeat(&mut self) {
        let unanswered = !removed("kick-repeat") && self.shared.waiters.kick();
        let visited = self.shared.gathered.visit();
        let unanswered = self.shared.interrupt_readers(None) || unanswered;
        self.tick = match self.tick {
            _ if unanswered || visited.moved => Some(TICK),
            Some(tick) if visited.left => Some((tick * 2).min(SLOWEST_TICK)),
            None if visited.left => Some(TICK),
            _ => None,
        };
        self.shared.gathered.watched.store(self.tick.is_some(), Ordering::SeqCst);
        // Something listed between the visit and the store would find nobody woken.
        if self.tick.is_none() && self.shared.gathered.any() {
            self.tick = Some(TICK);
        }
    }
}
