//! A child as its parent holds it: descriptors, state, and what happens to them. Shared by the handle and the
//! warden. Not here: the program's view ([`super::Child`]), what it says (`hear.rs`), nor when events come (`warden/`).

use super::end::{self, Cause, End, KillReason, Refusal, Said, Usage};
use super::hold::Hold;
use super::kept::Kept;
use super::lines::{Lines, tagged};
use crate::authority::Authority;
use crate::channel::Sender;
use crate::control::ToChild;
use crate::gate::Gate;
use crate::life::{ChildAction, ChildEvent, State, child_step};
use crate::mutation::{removed, short_at};
use crate::outbox::Outbox;
use crate::see::Edge;
use crate::sending::{Sent, send};
use crate::shared::Shared;
use crate::sys::process::Reaped;
use crate::sys::{fd, futex, process};
use crate::tether::{self, Down, Ended, Heard, Up};
use crate::warden::timers::Timer;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

/// A child suspended while starting or stopping is killed after this time.
pub(crate) const STALL: Duration = Duration::from_secs(5);
/// How often such a child is looked at.
pub(crate) const STALL_CHECK: Duration = Duration::from_millis(500);
/// When a stop is told again that the system had no memory for.
const STOP_AGAIN: Duration = Duration::from_millis(5);
/// Bytes of a child's output read while its parent is blocked writing to it.
pub const WINDOW: usize = 64 * 1024;

pub(crate) struct ChildCore {
    pub(crate) number: u32,
    pub(crate) path: String,
    pub(crate) program: String,
    /// What passes between it and its parent.
    pub(crate) edge: Arc<Edge>,
    /// A command from outside wat: it has no control socket, and its process group is its own.
    pub(crate) command: bool,
    /// Asked for by a node below, through the child of that number: a command that is that node's to show, to tell to
    /// stop and to wait for.
    pub(crate) errand: Option<u32>,
    /// Its end may leave processes behind.
    pub(crate) spawns: bool,
    /// What is below it has numbers of another namespace than this process's.
    pub(crate) contained: bool,
    /// `None` for a child that could not be made.
    pub(crate) hold: Option<Hold>,
    pub(crate) input: Arc<Outbox>,
    pub(crate) output: Gate<Output>,
    pub(crate) started: Instant,
    /// Processes this child may have below it, counted against its parent's quota.
    pub(crate) granted: u32,
    /// What it was given to reach: the measure of what it asks for.
    pub(crate) authority: Authority,
    watch: Mutex<Watch>,
    /// 1 once `end` is set: what waiters sleep on.
    pub(crate) done: AtomicU32,
    end: OnceLock<Arc<End>>,
    /// The last answer to `Ask`: token in the upper half, write number in the lower.
    pub(crate) answer: AtomicU64,
    /// Questions asked so far; the token of the last.
    pub(crate) asked: AtomicU32,
    /// No handle is left: the warden drains what it still writes.
    pub(crate) released: AtomicBool,
    /// Something has come out of its stdout: it runs, though its word that it is ready may be on its way still.
    pub(crate) spoken: AtomicBool,
    /// Has the program been told the end?
    pub(crate) seen: AtomicBool,
}

/// The reading side of the child's stdout.
pub(crate) struct Output {
    pub(crate) fd: Option<OwnedFd>,
    /// Read ahead while a write was blocked.
    pub(crate) window: Vec<u8>,
    /// How much of the window the program has had.
    pub(crate) taken: usize,
    /// What was drained with nobody to read it.
    pub(crate) kept: Kept,
}

/// What changes while the child lives. Locked briefly; never held while blocked.
pub(super) struct Watch {
    pub(super) state: State,
    killed: Option<KillReason>,
    pub(super) said: Said,
    pub(super) control: Option<OwnedFd>,
    /// Of an errand: this ancestor's half.
    pub(super) tether: Option<OwnedFd>,
    stderr: Option<OwnedFd>,
    lines: Lines,
    logs: Option<Sender<Vec<u8>>>,
    /// Where all of stderr goes, for whoever runs a command to its end.
    kept: Option<KeptAll>,
    /// Its number may pass to another process from now on.
    reaped: bool,
    grace_ends: Option<Instant>,
    suspended_since: Option<Instant>,
}

/// All that a command wrote to its stderr, up to a limit.
pub(crate) struct KeptAll {
    pub(crate) bytes: Vec<u8>,
    pub(crate) limit: usize,
}

/// The descriptors of a new child, as its parent keeps them.
pub(crate) struct Ends {
    pub(crate) hold: Hold,
    /// `None` for a command.
    pub(crate) control: Option<OwnedFd>,
    /// `None` where somebody else writes to it.
    pub(crate) stdin: Option<OwnedFd>,
    pub(crate) stdout: OwnedFd,
    pub(crate) stderr: OwnedFd,
    /// It may start processes, and leave some behind.
    pub(crate) spawns: bool,
    /// It is in the keeper's namespace.
    pub(crate) contained: bool,
}

/// Name of a child for the spawn and the log.
pub(crate) struct Identity {
    pub(crate) number: u32,
    pub(crate) path: String,
    pub(crate) program: String,
    pub(crate) granted: u32,
    pub(crate) authority: Authority,
}

impl ChildCore {
    pub(crate) fn new(who: Identity, ends: Ends, kept: Option<KeptAll>) -> ChildCore {
        let command = ends.control.is_none();
        let watch = Watch {
            // A command's exec is all there is to its start.
            state: if command { State::Running } else { State::Starting },
            // It can say nothing; its exit code stands for the word.
            said: Said { ended: command, ..Said::default() },
            control: ends.control,
            stderr: Some(ends.stderr),
            kept,
            ..Watch::at(State::Running)
        };
        let input = Arc::new(ends.stdin.map_or_else(Outbox::closed, Outbox::owned));
        let core = ChildCore::with(who, command, watch, input, Some(ends.stdout), Some(ends.hold));
        ChildCore { spawns: ends.spawns, contained: ends.contained, ..core }
    }

    /// A command started for a node below, which has its pipes; `tether` leads to that node.
    pub(crate) fn errand(who: Identity, through: u32, hold: Hold, tether: OwnedFd) -> ChildCore {
        let watch = Watch { tether: Some(tether), ..Watch::at(State::Running) };
        let core = ChildCore::with(who, true, watch, Arc::new(Outbox::closed()), None, Some(hold));
        // Its crash is the asker's to see.
        core.seen.store(true, Ordering::SeqCst);
        ChildCore { errand: Some(through), ..core }
    }

    /// A child that could not be made: ended from the start.
    pub(crate) fn failed(who: Identity, refusal: &Refusal) -> ChildCore {
        let watch = Watch { reaped: true, ..Watch::at(State::Ended) };
        let core = ChildCore::with(who, false, watch, Arc::new(Outbox::closed()), None, None);
        core.end.get_or_init(|| Arc::new(end::not_made(refusal)));
        core.done.store(1, Ordering::SeqCst);
        core
    }

    fn with(
        who: Identity,
        command: bool,
        watch: Watch,
        input: Arc<Outbox>,
        stdout: Option<OwnedFd>,
        hold: Option<Hold>,
    ) -> ChildCore {
        ChildCore {
            number: who.number,
            edge: Edge::new(&who.path),
            path: who.path,
            program: who.program,
            command,
            spawns: false,
            contained: false,
            errand: None,
            hold,
            input,
            output: Gate::new(Output { fd: stdout, window: Vec::new(), taken: 0, kept: Kept::default() }),
            started: Instant::now(),
            granted: who.granted,
            authority: who.authority,
            watch: Mutex::new(watch),
            done: AtomicU32::new(0),
            end: OnceLock::new(),
            answer: AtomicU64::new(0),
            asked: AtomicU32::new(0),
            released: AtomicBool::new(false),
            spoken: AtomicBool::new(false),
            seen: AtomicBool::new(false),
        }
    }

    pub(super) fn watch(&self) -> MutexGuard<'_, Watch> {
        self.watch.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn end(&self) -> Option<&Arc<End>> {
        self.end.get()
    }

    /// For show.
    pub(crate) fn pid(&self) -> Option<i32> {
        self.hold.as_ref().map(Hold::pid)
    }

    /// Its number where it is a child of this very process.
    pub(crate) fn own_pid(&self) -> Option<i32> {
        self.hold.as_ref().and_then(Hold::own_pid)
    }

    pub(crate) fn state(&self) -> State {
        self.seen_as(self.watch().state)
    }

    /// A child that has spoken has started.
    fn seen_as(&self, state: State) -> State {
        if state == State::Starting && self.spoken.load(Ordering::Relaxed) { State::Running } else { state }
    }

    /// Gives each descriptor the warden watches, with its role.
    pub(crate) fn watched(&self, mut each: impl FnMut(BorrowedFd, Role) -> io::Result<()>) -> io::Result<()> {
        let watch = self.watch();
        if let Some(fd) = watch.control.as_ref().or(watch.tether.as_ref()) {
            each(fd.as_fd(), Role::Control)?;
        }
        if let Some(fd) = &watch.stderr {
            each(fd.as_fd(), Role::Stderr)?;
        }
        if let Some(hold) = &self.hold {
            each(hold.as_fd(), Role::Process)?;
        }
        Ok(())
    }

    /// Sends a packet if the child takes it now. One that does not read its control socket gets its due by deadline.
    pub(crate) fn tell(&self, packet: &ToChild) {
        if let Some(control) = &self.watch().control {
            let _ = fd::send_packet(control.as_fd(), &packet.head(), &[], false);
        }
    }

    /// Runs `send` on the control socket, for the rest of a boot record.
    pub(crate) fn with_control<T>(&self, send: impl FnOnce(BorrowedFd) -> T) -> Option<T> {
        self.watch().control.as_ref().map(|control| send(control.as_fd()))
    }

    /// Puts an event through the table and does what it says. `grace` belongs to `StopAsked`.
    pub(crate) fn event(&self, shared: &Shared, event: ChildEvent, grace: Duration) {
        let mut watch = self.watch();
        let (state, action) = child_step(watch.state, event);
        watch.state = state;
        match action {
            ChildAction::Nothing | ChildAction::Conclude => {}
            ChildAction::SendStop => {
                let ends = Instant::now() + grace;
                if watch.grace_ends.is_some_and(|before| before <= ends) {
                    return;
                }
                watch.grace_ends = Some(ends);
                if self.command {
                    watch.said.told = true;
                    if self.own_pid().is_some() {
                        self.signal(&watch, libc::SIGTERM);
                    }
                }
                drop(watch);
                self.say_stop(shared, Instant::now());
                if self.command {
                    // What is told to stop gets no more requests; a wat program's own reads say so by themselves.
                    self.input.close(&shared.gathered);
                }
                shared.set_timer(ends, Timer::Grace(self.number));
                shared.set_timer(Instant::now() + STALL_CHECK, Timer::Stall(self.number));
            }
            ChildAction::Kill => {
                let reason = match event {
                    ChildEvent::KillAsked => KillReason::Asked,
                    ChildEvent::Stalled => KillReason::Stalled,
                    ChildEvent::TimeSpent => KillReason::WallTime,
                    ChildEvent::GraceOver => KillReason::Grace,
                    _ => KillReason::Protocol,
                };
                watch.killed.get_or_insert(reason);
                self.signal(&watch, libc::SIGKILL);
            }
        }
    }

    /// Tells it to stop in what is left of its time. Where memory is short it is told again: an end by the deadline is not
    /// what was asked for.
    pub(crate) fn say_stop(&self, shared: &Shared, now: Instant) {
        let watch = self.watch();
        let Some(ends) = watch.grace_ends.filter(|_| watch.state == State::Stopping) else { return };
        let left_ms = passed_on(ends.saturating_duration_since(now)).as_millis() as u64;
        let sent = match (&watch.control, &self.hold) {
            (Some(_), _) if short_at("stop") => Sent::Short(libc::ENOBUFS),
            (Some(control), _) => send(control.as_fd(), &ToChild::Stop { left_ms }.head(), &[], &[]),
            (None, Some(Hold::Tether { tether, .. })) => tether::say(tether, &Up::Stop { left_ms }),
            _ => return,
        };
        if matches!(sent, Sent::Short(_)) && now < ends && !removed("word-again") {
            shared.set_timer(now + STOP_AGAIN, Timer::Stop(self.number));
        }
    }

    /// Ends it for a reason of the caller's.
    pub(crate) fn kill_for(&self, shared: &Shared, reason: KillReason) {
        self.watch().killed.get_or_insert(reason);
        self.event(shared, ChildEvent::KillAsked, Duration::ZERO);
    }

    /// SIGKILL, without a reason noted; for the end of this very process.
    pub(crate) fn signal_kill(&self) {
        self.signal(&self.watch(), libc::SIGKILL);
    }

    /// Signals the child; of a command the whole process group, whose number is held by its leader until that is reaped.
    fn signal(&self, watch: &Watch, number: i32) {
        match &self.hold {
            Some(Hold::Own { pid, .. }) if self.command && !watch.reaped && !removed("group") => {
                process::signal_group(*pid, number);
            }
            Some(Hold::Own { .. }) if self.command && watch.reaped => {}
            // One that has ended already is what was wanted.
            Some(Hold::Own { pidfd, .. }) => drop(process::signal(pidfd.as_fd(), number)),
            Some(Hold::Tether { tether, .. }) if number == libc::SIGKILL => fd::close_writing(tether),
            Some(Hold::Tether { .. }) | None => {}
        }
    }

    /// Is it time for the grace timer's event? A shorter stop may have replaced the deadline.
    pub(crate) fn grace_is_over(&self, now: Instant) -> bool {
        self.watch().grace_ends.is_some_and(|ends| ends <= now)
    }

    /// Suspended by a signal?
    pub(crate) fn is_suspended(&self) -> bool {
        self.hold.as_ref().is_some_and(Hold::is_suspended)
    }

    /// The stall timer's visit: true once the child has been suspended for [`STALL`]; `None` when no further visit
    /// is needed.
    pub(crate) fn stalled(&self, now: Instant) -> Option<bool> {
        let mut watch = self.watch();
        if !matches!(self.seen_as(watch.state), State::Starting | State::Stopping) {
            return None;
        }
        if !self.is_suspended() {
            watch.suspended_since = None;
            return Some(false);
        }
        Some(now.duration_since(*watch.suspended_since.get_or_insert(now)) >= STALL)
    }

    /// Does a command sleep, as far as anybody can tell? Of one on a tether that is the last answer, and the ancestor is
    /// asked again.
    pub(crate) fn is_asleep(&self) -> bool {
        match &self.hold {
            Some(Hold::Own { pid, .. }) => process::is_asleep(*pid),
            Some(Hold::Tether { tether, .. }) => {
                let (asked, answer) = (self.asked.load(Ordering::SeqCst), self.answer.load(Ordering::SeqCst));
                let token = asked + 1;
                self.asked.store(token, Ordering::SeqCst);
                tether::say(tether, &Up::Look { token });
                answer == u64::from(asked) << 32 | 1
            }
            None => false,
        }
    }

    /// Reads what stderr holds now. True at its end.
    pub(crate) fn drain_stderr(&self, shared: &Shared, buffer: &mut [u8]) {
        let mut watch = self.watch();
        let Some(stderr) = &watch.stderr else { return };
        if removed("stderr-drain") {
            return std::thread::sleep(Duration::from_millis(1));
        }
        match fd::read(stderr.as_fd(), buffer) {
            Ok(0) => watch.stderr = None,
            Ok(count) => watch.take_in(shared, &self.path, &buffer[..count]),
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => watch.stderr = None,
        }
        drop(watch);
        if self.is_over() {
            self.kill_for(shared, KillReason::Output);
        }
    }

    /// The process behind the pid descriptor has ended: reaps it and makes its [`End`].
    pub(crate) fn conclude(&self, shared: &Arc<Shared>, buffer: &mut [u8]) -> bool {
        let Some(reaped) = self.reap() else { return false };
        // What it has left behind is ended before its end is told.
        shared.sweep_after(self);
        // What was sent before the end is in the sockets still; at most a socket buffer of it.
        for _ in 0..64 {
            if self.watch().control.is_none() {
                break;
            }
            if !self.watch().control_readable() {
                break;
            }
            self.hear(shared, buffer);
        }
        let mut watch = self.watch();
        watch.drain_rest(shared, &self.path, buffer);
        watch.state = child_step(watch.state, ChildEvent::Reaped).0;
        if removed("descriptor-close")
            && let Some(Hold::Own { pidfd, .. }) = &self.hold
        {
            std::mem::forget(pidfd.try_clone());
        }
        if let Some(tether) = watch.tether.take() {
            let through = self.errand.unwrap_or_default();
            shared.say_end(tether, Ended::of(reaped.as_ref(), watch.killed), through);
        }
        self.hang_up(shared, &mut watch);
        watch.stderr = None;
        watch.logs = None;
        let said = std::mem::take(&mut watch.said);
        let cause = end::cause(said, reaped.as_ref(), watch.killed);
        let exit = match reaped.as_ref().map(|r| r.status) {
            Some(process::Status::Exited(code)) => Some(code),
            _ => None,
        };
        let usage = reaped.map_or(Usage::default(), |r| Usage { cpu: r.cpu, max_rss: r.max_rss });
        let end = End { cause, exit, stderr_tail: watch.lines.tail(), usage, lasted: self.started.elapsed() };
        drop(watch);
        let end = self.end.get_or_init(|| Arc::new(end));
        self.input.abandon();
        self.done.store(1, Ordering::SeqCst);
        futex::wake(&self.done, u32::MAX);
        if self.released.load(Ordering::SeqCst) {
            self.report_unseen(shared, end);
        }
        true
    }

    /// Reaps the process, or takes its ancestor's word: `None` while it runs, `Some(None)` where nobody knows how it ended.
    fn reap(&self) -> Option<Option<Reaped>> {
        let mut watch = self.watch();
        let reaped = match self.hold.as_ref()? {
            Hold::Own { pidfd, .. } => {
                if self.command && !watch.reaped {
                    if !process::has_ended(pidfd.as_fd()) {
                        return None;
                    }
                    // What it has started ends with it, as the subtree of any node does.
                    if !removed("group-end") {
                        self.signal(&watch, libc::SIGKILL);
                    }
                }
                match process::reap(pidfd.as_fd()) {
                    Ok(None) => return None,
                    Ok(Some(reaped)) => Some(reaped),
                    Err(e) if e.kind() == io::ErrorKind::Interrupted => return None,
                    Err(_) => None,
                }
            }
            Hold::Tether { tether, .. } => loop {
                match tether::hear(tether) {
                    Heard::Nothing => return None,
                    Heard::Word(Down::Looked { token, asleep }) => {
                        self.answer.store(u64::from(token) << 32 | u64::from(asleep), Ordering::SeqCst);
                    }
                    Heard::Word(Down::Ended(ended)) => {
                        watch.killed = watch.killed.or(ended.killed);
                        break ended.reaped();
                    }
                    Heard::Cut => break None,
                }
            },
        };
        watch.reaped = true;
        Some(reaped)
    }

    /// A crash that no handle is left to tell goes to whoever asked for such.
    pub(crate) fn report_unseen(&self, shared: &Shared, end: &End) {
        if !self.seen.swap(true, Ordering::SeqCst) && !matches!(end.cause, Cause::Clean) {
            shared.unseen_crash(&self.path, &self.program, end);
        }
    }

    /// Is what was kept of stderr above its limit?
    pub(crate) fn is_over(&self) -> bool {
        self.watch().kept.as_ref().is_some_and(|all| all.bytes.len() > all.limit)
    }

    pub(crate) fn take_kept(&self) -> Vec<u8> {
        self.watch().kept.take().map_or_else(Vec::new, |all| all.bytes)
    }

    /// Takes the log lines away from the parent's stderr.
    pub(crate) fn redirect_logs(&self, to: Sender<Vec<u8>>) {
        let mut watch = self.watch();
        if watch.state != State::Ended {
            watch.logs = Some(to);
        }
    }

    /// The last of the handles is gone: closes stdin behind what waits, and lets the warden drain stdout.
    pub(crate) fn release(self: &Arc<Self>, shared: &Shared) {
        self.released.store(true, Ordering::SeqCst);
        self.input.close(&shared.gathered);
        if let Some(end) = self.end() {
            self.report_unseen(shared, end);
            return;
        }
        shared.watch_output(self);
    }

    /// The warden's drain of a released child's stdout.
    pub(crate) fn drain_output(&self, buffer: &mut [u8]) {
        let Some(mut output) = self.output.try_enter() else { return };
        let Some(fd) = &output.fd else { return };
        match fd::read(fd.as_fd(), buffer) {
            Ok(count) if count > 0 => {
                self.spoken.store(true, Ordering::Relaxed);
                output.kept.add(&buffer[..count]);
            }
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            _ => output.fd = None,
        }
    }
}

impl Watch {
    /// Of a child in this state that nothing is known of yet.
    fn at(state: State) -> Watch {
        Watch {
            state,
            killed: None,
            said: Said::default(),
            control: None,
            tether: None,
            stderr: None,
            lines: Lines::default(),
            logs: None,
            kept: None,
            reaped: false,
            grace_ends: None,
            suspended_since: None,
        }
    }

    fn take_in(&mut self, shared: &Shared, path: &str, bytes: &[u8]) {
        let Watch { lines, logs, kept, .. } = self;
        match kept {
            None => {
                lines.add(bytes, |line| pass_on(shared, logs, path, line));
                shared.push_stderr();
            }
            Some(all) => {
                // One byte above the limit tells that it was crossed.
                let room = (all.limit + 1).saturating_sub(all.bytes.len()).min(bytes.len());
                all.bytes.extend_from_slice(&bytes[..room]);
                lines.add(bytes, |_| {});
            }
        }
    }

    fn drain_rest(&mut self, shared: &Shared, path: &str, buffer: &mut [u8]) {
        // At most what a pipe holds: somebody else may hold the other end and go on writing.
        let mut left = 1024 * 1024usize;
        while let Some(stderr) = &self.stderr {
            if left == 0 || !fd::is_ready(stderr.as_fd(), libc::POLLIN) {
                break;
            }
            match fd::read(stderr.as_fd(), buffer) {
                Ok(count) if count > 0 => {
                    left = left.saturating_sub(count);
                    self.take_in(shared, path, &buffer[..count]);
                }
                _ => break,
            }
        }
        let Watch { lines, logs, kept, .. } = self;
        let kept = kept.is_some();
        lines.finish(|line| {
            if !kept {
                pass_on(shared, logs, path, line);
            }
        });
        shared.push_stderr();
    }

    fn control_readable(&self) -> bool {
        self.control.as_ref().is_some_and(|control| fd::is_ready(control.as_fd(), libc::POLLIN))
    }
}

fn pass_on(shared: &Shared, logs: &Option<Sender<Vec<u8>>>, path: &str, line: &[u8]) {
    let line = tagged(path, line);
    match logs {
        Some(to) => {
            let bytes = line.len();
            to.push(line, bytes);
        }
        None => shared.pass_line(line),
    }
}

/// What the warden watches of a child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub(crate) enum Role {
    Control,
    Stderr,
    Process,
    Stdout,
}

impl Role {
    pub(crate) const ALL: [Role; 4] = [Role::Control, Role::Stderr, Role::Process, Role::Stdout];
}

/// The time a node gives its children out of its own: a little less, so that their ends arrive before its own.
fn passed_on(grace: Duration) -> Duration {
    grace - (grace / 20).min(Duration::from_millis(100))
}
