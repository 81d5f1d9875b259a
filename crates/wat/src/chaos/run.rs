//! From the start of the tree to the report on it: one thread gives requests, one takes answers, this one does harm.

use super::census;
use super::fates::Fates;
use super::faults::{FAULTS, Faults};
use super::options::Options;
use super::sys;
use crate::{exit, report};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A tree that answers nothing for so long after the last request never will.
const SILENCE: Duration = Duration::from_secs(30);
/// What the tree may take to become quiet, and to be gone.
const REST: Duration = Duration::from_secs(1);
/// The longest sleep between two looks.
const LOOK: Duration = Duration::from_millis(20);

/// What the three threads share.
#[derive(Default)]
struct Desk {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    fates: Fates,
    /// No more requests come.
    fed: bool,
    /// The root's stdout has ended.
    closed: bool,
    /// Give no more requests.
    halt: bool,
    /// Pipes are held back until then.
    slow: Option<Instant>,
    last: Option<Instant>,
}

impl Desk {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sleeps while pipes are to be slow.
    fn rest(&self) {
        let until = self.lock().slow;
        if let Some(left) = until.and_then(|until| until.checked_duration_since(Instant::now())) {
            std::thread::sleep(left);
        }
    }
}

pub fn run(options: &Options) -> i32 {
    let started = sys::adopt_orphans().map_err(|e| format!("become the reaper of a tree: {e}"));
    match started.and_then(|()| start(options)) {
        Ok(root) => judge(options, root),
        Err(reason) => {
            report::write(&format!("wat chaos: {reason}\n"));
            exit::MISUSE
        }
    }
}

fn start(options: &Options) -> Result<Child, String> {
    let (name, args) = options.command.split_first().expect("parsing wants a command");
    let mut command = Command::new(name);
    command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped());
    command.spawn().map_err(|e| format!("run {name}: {e}"))
}

fn judge(options: &Options, mut root: Child) -> i32 {
    let pid = root.id() as i32;
    let desk = Arc::new(Desk::default());
    let stdin = root.stdin.take().expect("piped");
    let stdout = root.stdout.take().expect("piped");
    if options.full > 0.0 {
        sys::squeeze(&stdin);
        sys::squeeze(&stdout);
    }
    let own = own_descriptors(pid);
    let (giving, taking) = (desk.clone(), desk.clone());
    let (ahead, repeat) = (options.ahead, options.repeat);
    // Not joined: it may wait for a line of this process's own stdin that never comes.
    std::thread::spawn(move || give(&giving, stdin, ahead, repeat));
    let taker = std::thread::spawn(move || take(&taking, stdout));

    let mut faults = Faults::new(options);
    harm(options, pid, &desk, &mut faults);
    faults.relent();
    let mut ended = None;
    // What was asked is waited for; then the tree is at rest and can be looked at.
    let whole = wait(SILENCE, || {
        ended = root.try_wait().ok().flatten();
        let state = desk.lock();
        ended.is_some() || state.closed || (state.fates.under_way() == 0)
    });
    let mut left = Left::default();
    if ended.is_none() && whole {
        std::thread::sleep(REST);
        left = Left::of(pid, own);
    }
    {
        let mut state = desk.lock();
        state.fed = true;
        state.halt = true;
        desk.changed.notify_all();
    }
    // The giver closes the root's stdin when it sees the halt; one that waits for a line of ours cannot.
    let status = finish(&mut root, ended);
    // The root's stdout ends with the last that holds it.
    wait(REST, || desk.lock().closed);
    wait(REST, || census::take(pid).is_empty());
    left.survivors = census::take(pid).iter().filter(|node| node.pid != pid).count();
    for node in census::take(pid) {
        if let Some(target) = sys::Target::of(node.pid) {
            target.signal(libc::SIGKILL);
        }
    }
    let _ = taker.join();
    let mut state = desk.lock();
    state.fates.end(!status.is_some_and(|status| status.success()));
    tell(options, &state.fates, &faults, &left, status)
}

/// Faults until the requests are over, or the time, or the number of faults.
fn harm(options: &Options, pid: i32, desk: &Desk, faults: &mut Faults) {
    let begun = Instant::now();
    let slow = |delay: Duration| desk.lock().slow = Some(Instant::now() + delay);
    loop {
        faults.act(options, pid, &slow);
        let state = desk.lock();
        let over = options.time.is_some_and(|time| begun.elapsed() >= time)
            || options.faults.is_some_and(|most| faults.total() >= most && options.repeat);
        let answered = state.fed && state.fates.under_way() == 0;
        let silent = state.fed && state.last.is_some_and(|last| last.elapsed() > SILENCE);
        if over || answered || silent || state.closed {
            break;
        }
        let now = Instant::now();
        let sleep = faults.next().map_or(LOOK, |when| when.saturating_duration_since(now).min(LOOK));
        // An answer may be the last.
        drop(desk.changed.wait_timeout(state, sleep.max(Duration::from_micros(100))));
    }
    let mut state = desk.lock();
    state.halt = true;
    desk.changed.notify_all();
}

/// Gives the lines of this process's stdin to the root, so many ahead of its answers; closes it at the end.
fn give(desk: &Desk, mut stdin: ChildStdin, ahead: usize, repeat: bool) {
    let mut text = Vec::new();
    if repeat {
        // What cannot be read is not asked.
        let _ = std::io::stdin().lock().read_to_end(&mut text);
    }
    let lines: Box<dyn Iterator<Item = Vec<u8>>> = if repeat {
        let lines: Vec<Vec<u8>> =
            text.split(|b| *b == b'\n').filter(|l| !l.is_empty()).map(<[u8]>::to_vec).collect();
        Box::new(lines.into_iter().cycle())
    } else {
        Box::new(std::io::stdin().lock().split(b'\n').map_while(Result::ok).filter(|line| !line.is_empty()))
    };
    for mut line in lines {
        let mut state = desk.lock();
        while state.fates.under_way() >= ahead && !state.halt && !state.closed {
            state = desk.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        if state.halt || state.closed {
            break;
        }
        state.fates.ask(&line);
        state.last = Some(Instant::now());
        let pieces = if state.slow.is_some_and(|until| until > Instant::now()) { 2 } else { 1 };
        drop(state);
        line.push(b'\n');
        for piece in line.chunks(line.len().div_ceil(pieces)) {
            // A root that has gone is seen by its end.
            if stdin.write_all(piece).is_err() {
                break;
            }
            if pieces > 1 {
                desk.rest();
            }
        }
    }
    desk.lock().fed = true;
    desk.changed.notify_all();
    // Held until the tree has been looked at: its root ends when its stdin does.
    let mut state = desk.lock();
    while !state.halt && !state.closed {
        state = desk.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
    }
    while !state.closed
        && state.fates.under_way() > 0
        && state.last.is_some_and(|last| last.elapsed() < SILENCE)
    {
        state = desk.changed.wait_timeout(state, LOOK).unwrap_or_else(PoisonError::into_inner).0;
    }
    drop(state);
    std::thread::sleep(REST + REST / 2);
}

fn take(desk: &Desk, stdout: ChildStdout) {
    let mut lines = BufReader::new(stdout).split(b'\n');
    while let Some(Ok(line)) = lines.next() {
        desk.rest();
        let mut state = desk.lock();
        state.fates.answer(&line);
        state.last = Some(Instant::now());
        desk.changed.notify_all();
    }
    desk.lock().closed = true;
    desk.changed.notify_all();
}

/// What a tree at rest should not have.
#[derive(Default)]
struct Left {
    survivors: usize,
    zombies: usize,
    descriptors: i64,
    /// Nodes whose descriptors could be counted.
    seen: usize,
}

impl Left {
    fn of(root: i32, own: Option<i64>) -> Left {
        let nodes = census::take(root);
        let mut left =
            Left { zombies: nodes.iter().filter(|node| node.state == 'Z').count(), ..Left::default() };
        for node in nodes.iter().filter(|node| node.state != 'Z' && !node.keeper) {
            // Three pipes and a socket to its parent.
            let due = if node.pid == root { own } else { Some(4) };
            if let (Some(spare), Some(due)) = (census::spare(node.pid, &nodes), due) {
                left.descriptors += (spare - due).max(0);
                left.seen += 1;
            }
        }
        left
    }
}

/// What the root holds beyond its children once it has started and asks for its first request: the same at so many
/// looks, while all its threads wait. `None` where it comes to no rest.
fn own_descriptors(pid: i32) -> Option<i64> {
    let mut seen = (None, 0);
    let rests = wait(SILENCE, || {
        let nodes = census::take(pid);
        let spare = census::spare(pid, &nodes);
        seen = if census::rests(pid) && spare == seen.0 { (spare, seen.1 + 1) } else { (spare, 0) };
        seen.1 >= 20 || nodes.is_empty()
    });
    seen.0.filter(|_| rests)
}

/// The root's end, within the time a stop has; then it is killed.
fn finish(root: &mut Child, ended: Option<ExitStatus>) -> Option<ExitStatus> {
    let mut status = ended;
    wait(SILENCE, || {
        status = status.or_else(|| root.try_wait().ok().flatten());
        status.is_some()
    });
    if status.is_none() {
        // Either may find that it has ended.
        let _ = root.kill();
        let _ = root.wait();
    }
    status
}

fn wait(limit: Duration, mut done: impl FnMut() -> bool) -> bool {
    let end = Instant::now() + limit;
    while !done() {
        if Instant::now() > end {
            return false;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    true
}

fn tell(options: &Options, fates: &Fates, faults: &Faults, left: &Left, status: Option<ExitStatus>) -> i32 {
    let Fates { asked, answered, crashed, lost, twice, strange, .. } = fates;
    let done: Vec<String> =
        FAULTS.iter().zip(faults.counts).map(|(fault, count)| format!("{} {count}", fault.done())).collect();
    let root = match status {
        None => "did not end and was killed".to_string(),
        Some(status) => match (status.code(), status.signal()) {
            (Some(code), _) => format!("ended with {code}"),
            (None, signal) => format!("was ended by signal {}", signal.unwrap_or(0)),
        },
    };
    let text = format!(
        "requests {asked}: answered once {answered}, crashed once {crashed}, lost {lost}, twice {twice}, strange {strange}\n\
         faults {}: {} (seed {})\n\
         tree: up to {} processes, {} levels below the root\n\
         left behind: survivors {}, zombies {}, leaked descriptors {} (of {} nodes looked at)\n\
         the root {root}\n",
        faults.total(),
        done.join(", "),
        options.seed,
        faults.largest,
        faults.deepest,
        left.survivors,
        left.zombies,
        left.descriptors,
        left.seen,
    );
    // A reader that has gone is not an error.
    let _ = std::io::stdout().write_all(text.as_bytes());
    let clean = left.survivors == 0 && left.zombies == 0 && left.descriptors == 0;
    i32::from(!(fates.is_whole() && clean && status.is_some()))
}
