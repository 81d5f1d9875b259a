//! Making a child: its descriptors, its record, its birth. Not here: what runs between clone and exec
//! (`sys/clone.rs`), and what the child does first (`boot/`).

use crate::authority::Authority;
use crate::boot::{Boot, Confines, Limits, MAX_LAYERS};
use crate::child::Child;
use crate::child::core::{ChildCore, Ends, Identity, KeptAll};
use crate::child::end::Refusal;
use crate::child::hold::Hold;
use crate::command::{self, Command};
use crate::control::{BOOT_CHUNK, MAX_BOOT, ToChild};
use crate::errand;
use crate::life::ChildEvent;
use crate::mutation::{self, removed};
use crate::nursery::Looked;
use crate::shared::Shared;
use crate::sys::clone::{self, Launched, Order, Space, What};
use crate::sys::{fd, futex, process};
use crate::waiter::{Interrupt, Waiter};
use crate::warden::summons::STEP;
use std::ffi::CString;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Capacity asked for each pipe of a child.
const PIPE: usize = 64 * 1024;

/// What the spawner says of a child; the rest of its [`Boot`] record comes from the spawner's own.
#[derive(Clone, Debug)]
pub struct Spawn {
    /// Index of the entry program in the image's entry table.
    pub entry: u32,
    /// The program's name.
    pub program: String,
    /// Its place in the tree, where a thread of this process is its parent; else from its number.
    pub path: Option<String>,
    /// Values the program captured, encoded by the runtime.
    pub captured: Vec<u8>,
    pub args: Vec<String>,
    pub limits: Limits,
    /// What it may reach; `None` for all that the spawner may.
    pub authority: Option<Authority>,
    /// Its environment; `None` for the spawner's own.
    pub environment: Option<Vec<(String, String)>>,
    /// How its stdio is read and written, encoded by the runtime.
    pub stdio: Vec<u8>,
}

impl Spawn {
    pub fn new(entry: u32, program: &str) -> Spawn {
        Spawn {
            entry,
            program: program.to_string(),
            path: None,
            captured: Vec::new(),
            args: Vec::new(),
            limits: Limits::default(),
            authority: Some(Authority::none()),
            environment: None,
            stdio: Vec::new(),
        }
    }
}

pub(crate) fn at(step: &'static str) -> impl Fn(io::Error) -> Refusal {
    move |error| Refusal::Step(step, error)
}

/// Makes a child. One that cannot be made is a child too, ended from the start with `SpawnFailed`, or with `Denied`
/// where its spawner may not make it.
pub(crate) fn spawn(shared: &Arc<Shared>, waiter: &Waiter, what: Spawn) -> Child {
    // A thread of this process counts its own children.
    let number = if what.path.is_some() { shared.next_foreign() } else { shared.next_number() };
    let path = what.path.clone().unwrap_or_else(|| shared.boot().child_path(number));
    let decided = authority(shared.boot(), &what).and_then(|authority| {
        shared.summons().try_begin(shared).map_err(at(STEP))?;
        let granted = shared.grant(what.limits.processes).map_err(at("limits"))?;
        Ok((authority, granted))
    });
    let (authority, granted) = match decided {
        Ok(decided) => decided,
        Err(refusal) => {
            let authority = Authority::none();
            let who = Identity { number, path, program: what.program, granted: 0, authority };
            return Child::new(Arc::new(ChildCore::failed(who, &refusal)), shared.clone());
        }
    };
    let who = || Identity {
        number,
        path: path.clone(),
        program: what.program.clone(),
        granted,
        authority: authority.clone(),
    };
    let own = shared.boot();
    let confines = own.confines.within(&own.authority, &authority);
    let (looked, birth) = shared.birth_after(|| shared.nurseries.look(shared, &authority, confines));
    let level = waiter.log_level();
    let given = Given { authority: authority.clone(), confines, processes: granted, log_level: level };
    let made = match make(shared, waiter, &what, &path, given.clone(), looked.as_ref()) {
        // A keeper on its way out has nobody born in its namespace any more.
        Err(Refusal::Step("clone", error))
            if error.raw_os_error() == Some(libc::ENOMEM) && shared.keeping.has_none() =>
        {
            make(shared, waiter, &what, &path, given, looked.as_ref())
        }
        other => other,
    };
    let core = match made {
        Ok(made) => {
            let Made { ends, mut unsent } = made;
            let core = Arc::new(ChildCore::new(who(), ends, None));
            shared.adopt(&core);
            drop(birth);
            send_rest(&core, waiter, &mut unsent);
            // Told since the record was made, and passed on to the children that there were then.
            if waiter.log_level() != level {
                core.tell(&ToChild::Level { level: waiter.log_level(), path: &path });
            }
            if let Some(ms) = what.limits.wall_ms {
                shared.set_wall_timer(number, Duration::from_millis(ms));
            }
            if shared.stopping() {
                core.event(shared, ChildEvent::StopAsked, shared.stop_left().unwrap_or_default());
            }
            core
        }
        Err(refusal) => {
            shared.give_back(granted);
            Arc::new(ChildCore::failed(who(), &refusal))
        }
    };
    Child::new(core, shared.clone())
}

/// What the child is to have, which must lie within what the spawner has.
fn authority(own: &Boot, what: &Spawn) -> Result<Authority, Refusal> {
    if !own.authority.may_spawn() {
        return Err(Refusal::Authority("this process may not start others: :spawn was withheld".to_string()));
    }
    let authority = match &what.authority {
        None => own.authority.clone(),
        Some(authority) => authority.resolved(&own.directory),
    };
    if let Some(grant) = authority.beyond(&own.authority) {
        return Err(Refusal::Authority(format!("{grant} is beyond its spawner's own authority")));
    }
    if own.confines.within(&own.authority, &authority).layers > MAX_LAYERS {
        let reason =
            format!("sandbox-depth: authority can be narrowed {MAX_LAYERS} times, one below the other");
        return Err(Refusal::Authority(reason));
    }
    Ok(authority)
}

/// Starts an external command: a child without control socket and boot record. One that cannot be started is a child
/// too, ended from the start with `SpawnFailed`.
pub(crate) fn spawn_command(shared: &Arc<Shared>, waiter: &Waiter, what: &Command) -> Child {
    command(shared, waiter, what, None).0
}

/// The same with its stdin left to the caller, and with all of its stderr kept up to a limit.
pub(crate) fn spawn_kept(
    shared: &Arc<Shared>,
    waiter: &Waiter,
    what: &Command,
    limit: usize,
) -> (Child, Option<OwnedFd>) {
    command(shared, waiter, what, Some(KeptAll { bytes: Vec::new(), limit }))
}

fn command(
    shared: &Arc<Shared>,
    waiter: &Waiter,
    what: &Command,
    kept: Option<KeptAll>,
) -> (Child, Option<OwnedFd>) {
    let number = if what.path.is_some() { shared.next_foreign() } else { shared.next_number() };
    let path = what.path.clone().unwrap_or_else(|| shared.boot().child_path(number));
    let who = |granted| Identity {
        number,
        path: path.clone(),
        program: what.name().to_string(),
        granted,
        authority: Authority::none(),
    };
    let failed = |granted, refusal: &Refusal| {
        (Child::new(Arc::new(ChildCore::failed(who(granted), refusal)), shared.clone()), None)
    };
    let watched = shared.summons().try_begin(shared).map_err(at(STEP));
    let granted = match watched.and_then(|()| shared.grant(Some(0)).map_err(at("limits"))) {
        Ok(granted) => granted,
        Err(refusal) => return failed(0, &refusal),
    };
    let above = !shared.boot().authority.is_whole();
    let (made, birth, started);
    if above {
        (birth, started) = (None, 0);
        made = errand::ask(shared, waiter, what);
    } else {
        let (looked, lock) = shared.birth_after(|| command::Looked::at(what, shared.boot()));
        (birth, started) = (Some(lock), process::boot_ticks());
        made = looked.and_then(|looked| make_command(shared, waiter, looked));
    }
    match made {
        Ok(mut ends) => {
            let stdin = if kept.is_some() { ends.stdin.take() } else { None };
            let core = Arc::new(ChildCore::new(who(granted), ends, kept));
            if !above {
                shared.strays.begin(shared, number, started);
            }
            shared.adopt(&core);
            drop(birth);
            if let Some(ms) = what.limits.wall_ms {
                shared.set_wall_timer(number, Duration::from_millis(ms));
            }
            if shared.stopping() {
                core.event(shared, ChildEvent::StopAsked, shared.stop_left().unwrap_or_default());
            }
            (Child::new(core, shared.clone()), stdin)
        }
        Err(refusal) => {
            drop(birth);
            shared.give_back(granted);
            failed(granted, &explained(shared, what, refusal))
        }
    }
}

fn make_command(shared: &Arc<Shared>, waiter: &Waiter, looked: command::Looked) -> Result<Ends, Refusal> {
    let Pipes { stdin_read, stdin, stdout, stdout_write, stderr, stderr_write, .. } = pipes()?;
    let hold = start_command(shared, waiter, looked, &[stdin_read, stdout_write, stderr_write])?;
    let [stdin, stdout, stderr] = [stdin, stdout, stderr].map(fd::to_last);
    let stdin = Some(stdin);
    Ok(Ends { hold, control: None, stdin, stdout, stderr, spawns: true, contained: false })
}

/// Starts a command that has these for its standard three.
pub(crate) fn start_command(
    shared: &Arc<Shared>,
    waiter: &Waiter,
    looked: command::Looked,
    pipes: &[OwnedFd; 3],
) -> Result<Hold, Refusal> {
    let order = Order {
        sources: pipes.iter().map(AsRawFd::as_raw_fd).collect(),
        what: What::Command(looked.foreign),
        arguments: looked.arguments,
        // All of them: a command is not to feel what whoever started the root had ignored.
        reset: !0,
    };
    let (Launched { pid, pidfd }, _) = launch(shared, waiter, order, Care::Subreaper, looked.levels)?;
    Ok(Hold::Own { pid, pidfd: fd::to_last(pidfd) })
}

/// In words that help, for which it may look at files.
pub(crate) fn explained(shared: &Shared, what: &Command, refusal: Refusal) -> Refusal {
    match refusal {
        Refusal::Step("exec", error) => match command::find(&what.program, shared.boot()) {
            Ok(file) => Refusal::Step("exec", command::explain(&file, error)),
            Err(_) => Refusal::Step("exec", error),
        },
        Refusal::Step("directory", error) => {
            Refusal::Step("directory", what.misplaced(shared.boot(), &error))
        }
        other => other,
    }
}

/// The three pipes of a child, both ends of each.
pub(crate) struct Pipes {
    pub(crate) stdin_read: OwnedFd,
    pub(crate) stdin: OwnedFd,
    pub(crate) stdout: OwnedFd,
    pub(crate) stdout_write: OwnedFd,
    pub(crate) stderr: OwnedFd,
    pub(crate) stderr_write: OwnedFd,
    /// As they were got.
    capacities: [u32; 3],
}

pub(crate) fn pipes() -> Result<Pipes, Refusal> {
    let (stdin_read, stdin) = fd::pipe().map_err(at("pipes"))?;
    let (stdout, stdout_write) = fd::pipe().map_err(at("pipes"))?;
    let (stderr, stderr_write) = fd::pipe().map_err(at("pipes"))?;
    let wanted = if mutation::one_page() { 4096 } else { PIPE };
    let capacity = |end: &OwnedFd| fd::pipe_capacity(end, wanted).map_err(at("pipes"));
    let capacities = [capacity(&stdin)? as u32, capacity(&stdout)? as u32, capacity(&stderr)? as u32];
    // The parent's end is a description of its own, so this does not reach the child.
    fd::set_nonblocking(&stdin).map_err(at("pipes"))?;
    Ok(Pipes { stdin_read, stdin, stdout, stdout_write, stderr, stderr_write, capacities })
}

struct Made {
    ends: Ends,
    /// The part of the boot record that the socket had no room for.
    unsent: Unsent,
}

struct Unsent {
    record: Vec<u8>,
    sent: usize,
}

/// What the spawner has decided for the child.
#[derive(Clone)]
struct Given {
    authority: Authority,
    confines: Confines,
    /// How many processes it may have below it.
    processes: u32,
    log_level: u8,
}

fn make(
    shared: &Arc<Shared>,
    waiter: &Waiter,
    what: &Spawn,
    path: &str,
    given: Given,
    looked: Option<&Looked>,
) -> Result<Made, Refusal> {
    let missing = |step| move || Refusal::Step(step, io::Error::from_raw_os_error(libc::ENOENT));
    let image = shared.image().ok_or_else(missing("image"))?;
    let binary = shared.binary().ok_or_else(missing("binary"))?;
    let Pipes { stdin_read, stdin, stdout, stdout_write, stderr, stderr_write, capacities } = pipes()?;
    let (control, child_control) = fd::packet_pair().map_err(at("control-socket"))?;

    let own = shared.boot();
    let sealed = !given.authority.may_spawn();
    let care = Care::of(own, &given.authority);
    let nursery =
        looked.and_then(|looked| shared.nurseries.ask(shared, &given.authority, given.confines, looked));
    let confines = if nursery.is_some() { given.confines.at_birth() } else { given.confines };
    let boot = record(own, what, path, capacities, given, confines);
    let record = boot.encode();
    if record.len() > MAX_BOOT {
        return Err(Refusal::Step("boot-record", io::Error::from_raw_os_error(libc::E2BIG)));
    }
    let mut unsent = Unsent { record, sent: 0 };
    // What fits is in the socket before the child is born, so it need not wait for it.
    unsent.send(control.as_fd()).map_err(at("boot-record"))?;

    // By path, as a spawn would go that holds nothing.
    let by_path = match process::started_path() {
        Some(path) if removed("held-binary") => Some(fd::open(path, libc::O_PATH).map_err(at("exec"))?),
        _ => None,
    };
    let binary = by_path.as_ref().unwrap_or(binary);
    let text = |s: &str| {
        CString::new(s.bytes().filter(|b| *b != 0).collect::<Vec<u8>>()).expect("zero bytes are filtered out")
    };
    let arguments = vec![c"wat".to_owned(), text(path), text(&what.program)];
    let order = Order {
        sources: vec![
            stdin_read.as_raw_fd(),
            stdout_write.as_raw_fd(),
            stderr_write.as_raw_fd(),
            child_control.as_raw_fd(),
            binary.as_raw_fd(),
            image.as_raw_fd(),
        ],
        what: What::Itself { parent_control: control.as_raw_fd(), sealed },
        arguments,
        reset: shared.reset_signals(),
    };
    let (Launched { pid, pidfd }, contained) = match &nursery {
        Some(nursery) => {
            // The thread itself could not any more.
            shared.open_score();
            let launched = launch_on(order, Care::None, 1, |job| drop(nursery.work.send(job)));
            (launched.map_err(refused)?.0, nursery.keeper.is_some())
        }
        None => launch(shared, waiter, order, care, 1)?,
    };
    // They are the child's, and where descriptors are short the next step needs one.
    drop((stdin_read, stdout_write, stderr_write, child_control));
    let [pidfd, control, stdin, stdout, stderr] = [pidfd, control, stdin, stdout, stderr].map(fd::to_last);
    let hold = Hold::Own { pid, pidfd };
    let (control, stdin) = (Some(control), Some(stdin));
    let ends = Ends { hold, control, stdin, stdout, stderr, spawns: !sealed, contained };
    Ok(Made { ends, unsent })
}

/// The child's record: its own part from the spawner's words, the rest inherited.
fn record(own: &Boot, what: &Spawn, path: &str, pipes: [u32; 3], given: Given, confines: Confines) -> Boot {
    let limits = Limits {
        processes: own.limits.processes.or(what.limits.processes).map(|_| given.processes),
        ..what.limits
    };
    Boot {
        processor: if removed("processor") { Vec::new() } else { own.processor.clone() },
        entry: what.entry,
        program: what.program.clone(),
        captured: what.captured.clone(),
        args: what.args.clone(),
        path: path.to_string(),
        directory: own.directory.clone(),
        environment: what.environment.clone().unwrap_or_else(|| own.environment.clone()),
        settings: own.settings.clone(),
        limits,
        confines,
        authority: given.authority,
        grace_ms: own.grace_ms,
        debuggable: own.debuggable,
        stdio: what.stdio.clone(),
        seed: process::random(),
        log_level: given.log_level,
        tracing: own.tracing,
        pipes,
        mutation: own.mutation.clone(),
    }
}

impl Unsent {
    fn is_empty(&self) -> bool {
        self.sent == self.record.len()
    }

    /// Sends piece after piece, and stops where the socket is full.
    fn send(&mut self, control: BorrowedFd) -> io::Result<()> {
        let total = self.record.len() as u32;
        let head = ToChild::Boot { total, piece: &[] }.head();
        while !self.is_empty() {
            let end = (self.sent + BOOT_CHUNK).min(self.record.len());
            match fd::send_packet(control, &head, &self.record[self.sent..end], false) {
                Ok(()) => self.sent = end,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(e) => return Err(e),
            }
        }
        Ok(())
    }
}

/// Sends the rest of a large record while the child reads it. A child that ends meanwhile closes the socket; one that
/// is suspended is killed by the warden, which ends this wait too.
fn send_rest(core: &ChildCore, waiter: &Waiter, unsent: &mut Unsent) {
    while !unsent.is_empty() {
        let Some(Ok(())) = core.with_control(|control| unsent.send(control)) else { return };
        if unsent.is_empty() || waiter.interrupted() == Some(Interrupt::Killed) {
            return;
        }
        std::thread::sleep(Duration::from_micros(200));
    }
}

/// Who takes what a child leaves behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Care {
    /// Nothing to do: it can start no process, or somebody above cares.
    None,
    /// This process, as a subreaper.
    Subreaper,
    /// The keeper of a namespace; where there is none to be had, this process.
    Keeper,
}

impl Care {
    /// A process that has all of its user's authority stays among the others of the machine: it may run commands, to
    /// which the numbers of other processes mean something.
    fn of(own: &Boot, authority: &Authority) -> Care {
        match (own.authority.is_whole(), authority.may_spawn()) {
            (false, _) | (_, false) => Care::None,
            (true, true) if authority.is_whole() => Care::Subreaper,
            (true, true) => Care::Keeper,
        }
    }
}

/// Clones on the right thread: the death signal is bound to the thread that clones, so it must live as long as the
/// process. The main thread clones for itself, the warden for every other, and a nursery where children inherit what it
/// gave up. Says too whether the child is contained. What is made counts as so many levels below this process.
fn launch(
    shared: &Arc<Shared>,
    waiter: &Waiter,
    order: Order,
    care: Care,
    levels: usize,
) -> Result<Born, Refusal> {
    let launched = if waiter.thread() == shared.main_thread() {
        launch_here(shared, &order, care, levels)
    } else {
        launch_on(order, care, levels, |job| shared.submit(job))
    };
    launched.map_err(refused)
}

/// Has another thread clone.
fn launch_on(order: Order, care: Care, levels: usize, submit: impl FnOnce(Arc<Job>)) -> Outcome {
    let job = Arc::new(Job { order, care, levels, outcome: Mutex::new(None), done: AtomicU32::new(0) });
    submit(job.clone());
    job.result()
}

fn refused((step, error): (clone::Step, io::Error)) -> Refusal {
    Refusal::Step(step.name(), error)
}

fn launch_here(shared: &Shared, order: &Order, care: Care, levels: usize) -> Outcome {
    // Raised for nothing else: a keeper, which all in its namespace end with, has this process's own score.
    let launch = |space| {
        let _raised = shared.raise_score(levels);
        clone::launch(order, space)
    };
    if care == Care::Keeper
        && let Some(keeper) = shared.keeping.ask(shared)?
    {
        let launched = match launch(keeper.space()) {
            // A keeper on its way out has no namespace any more.
            Err((clone::Step::Namespace, error)) if error.raw_os_error() == Some(libc::ESRCH) => {
                shared.keeping.lost(&keeper);
                let another = shared.keeping.ask(shared)?;
                launch(another.map_or(Space::Own, |keeper| keeper.space()))
            }
            other => other,
        };
        return Ok((launched?, true));
    }
    if care != Care::None {
        shared.strays.prepare(shared).map_err(|e| (clone::Step::Subreaper, e))?;
    }
    Ok((launch(Space::Own)?, false))
}

/// A process, and whether it is in the keeper's namespace.
type Born = (Launched, bool);
type Outcome = Result<Born, (clone::Step, io::Error)>;

/// A clone that the warden or a nursery makes for another thread.
pub(crate) struct Job {
    order: Order,
    care: Care,
    levels: usize,
    outcome: Mutex<Option<Outcome>>,
    done: AtomicU32,
}

impl Job {
    /// On the thread that clones.
    pub(crate) fn run(&self, shared: &Shared) {
        let outcome = launch_here(shared, &self.order, self.care, self.levels);
        *self.outcome.lock().unwrap_or_else(PoisonError::into_inner) = Some(outcome);
        self.done.store(1, Ordering::SeqCst);
        futex::wake(&self.done, 1);
    }

    /// Waits for that thread. It takes no longer than an exec, and the descriptors of the order must stay open
    /// meanwhile, so nothing ends this wait early.
    fn result(&self) -> Outcome {
        while self.done.load(Ordering::SeqCst) == 0 {
            // Woken, interrupted or too late: the word tells.
            let _ = futex::wait(&self.done, 0, None);
        }
        let mut outcome = self.outcome.lock().unwrap_or_else(PoisonError::into_inner);
        outcome.take().expect("done is set after the outcome")
    }
}
