//! The programs of the trees under test, each a root or a child alike.

#[path = "runaway.rs"]
mod runaway;

use std::io::Write as _;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use wat_kernel::{
    Authority, Boot, Cause, Child, Command, End, Grant, Interrupt, Kind, Outcome, Process, ReadError, Source,
    Spawn, Waiter, WriteError, boot, channel, install_plain_kick, sealed, select,
};

/// What a program is run with.
pub struct Here {
    process: Process,
    waiter: Waiter,
}

type Program = fn(&Here) -> Result<(), String>;

/// The entry table: index and name.
const PROGRAMS: &[(&str, Program)] = &[
    ("echo", echo),
    ("relay", relay),
    ("bush", bush),
    ("table", table),
    ("hang", hang),
    ("spin", spin),
    ("deaf", deaf),
    ("chatter", chatter),
    ("scream", scream),
    ("dozer", dozer),
    ("ends", ends),
    ("length", length),
    ("misspeak", misspeak),
    ("suspend", suspend),
    ("mute", mute),
    ("liar", liar),
    ("family", family),
    ("drip", drip),
    ("self-check", self_check),
    ("waits", waits),
    ("asker", crate::asks::asker),
    ("flooder", crate::asks::flooder),
    ("sponsor", crate::asks::sponsor),
    ("stutterer", crate::asks::stutterer),
    ("lingerer", crate::asks::lingerer),
    ("clinger", crate::asks::clinger),
    ("crammer", crate::asks::crammer),
    ("measurer", crate::asks::measurer),
    ("enquirer", crate::asks::enquirer),
    ("mumbler", crate::asks::mumbler),
    ("litter", runaway::litter),
    ("reads", reads),
    ("client", client),
    ("customer", customer),
    ("traced", crate::faults::end_of_traced),
    ("parent", crate::faults::parent),
    ("mourner", crate::faults::mourner),
    ("stuffed", crate::faults::stuffed),
    ("stuffer", crate::faults::stuffer),
    ("crowded", crate::faults::crowd),
    ("narrow", crate::faults::narrow),
];

/// Programs that do to themselves what a confined process cannot: signals, sockets.
const AT_LARGE: &[&str] = &["ends", "suspend", "mute", "stuffer", "lingerer", "mumbler"];

pub fn as_child() -> i32 {
    match boot::child(boot::Watch::AtOnce) {
        Ok(process) => run(process),
        Err(_) => 70,
    }
}

/// `root TAG/program args…`
pub fn as_root(args: &[String]) -> i32 {
    let name = &args[0];
    let mut boot = Boot::root(entry(name), name);
    boot.args = args[1..].to_vec();
    if let Some(limit) = boot.environment.iter().find(|(name, _)| name == "LAWS_PROCESSES") {
        boot.limits.processes = limit.1.parse().ok();
    }
    let image = sealed(c"image", b"not code").expect("a memory file");
    run(boot::root(boot, Some(image)).expect("a root"))
}

fn entry(name: &str) -> u32 {
    let short = name.rsplit('/').next().expect("rsplit gives one");
    PROGRAMS.iter().position(|(n, _)| *n == short).unwrap_or_else(|| panic!("no program {short}")) as u32
}

fn run(process: Process) -> i32 {
    install_plain_kick().expect("a handler");
    let word: &'static AtomicU32 = Box::leak(Box::new(AtomicU32::new(0)));
    // SAFETY: the word is never freed.
    let waiter = unsafe { process.register(word) };
    process.serve_asks(Box::new(crate::asks::Works));
    let program = PROGRAMS[process.boot().entry as usize].1;
    let here = Here { process, waiter };
    match program(&here) {
        Ok(()) => here.process.exit(&here.waiter, Outcome::Clean),
        Err(message) => {
            let _ = here.process.write_error(&here.waiter, format!("{message}\n").as_bytes());
            here.process.exit(&here.waiter, Outcome::Crash(message.as_bytes()))
        }
    }
}

impl Here {
    pub fn waiter(&self) -> &Waiter {
        &self.waiter
    }

    pub fn process(&self) -> &Process {
        &self.process
    }

    pub fn arg(&self, at: usize) -> &str {
        self.process.boot().args.get(at).map_or("", String::as_str)
    }

    pub fn number(&self, at: usize) -> usize {
        self.arg(at).parse().unwrap_or(0)
    }

    pub fn spawn(&self, program: &str, args: &[&str]) -> Child {
        self.spawn_with(program, args, |_| {})
    }

    pub fn spawn_with(&self, program: &str, args: &[&str], adapt: impl FnOnce(&mut Spawn)) -> Child {
        let tag = self.process.boot().program.split('/').next().expect("a tag").to_string();
        let mut what = Spawn::new(entry(program), &format!("{tag}/{program}"));
        what.args = args.iter().map(|a| a.to_string()).collect();
        if AT_LARGE.contains(&program) {
            what.authority = None;
        }
        adapt(&mut what);
        self.process.spawn(&self.waiter, what)
    }

    pub fn print(&self, text: &str) -> Result<(), String> {
        self.process.write(&self.waiter, format!("{text}\n").as_bytes()).map_err(|e| format!("print: {e:?}"))
    }

    /// All that carry this run's tag but this one.
    fn processes(&self) -> Vec<i32> {
        let tag = self.process.boot().program.split('/').next().expect("a tag").as_bytes();
        let all = std::fs::read_dir("/proc").into_iter().flatten().flatten();
        let pids = all.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
        pids.filter(|pid| *pid != std::process::id() as i32)
            .filter(|pid| {
                let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
                line.windows(tag.len()).any(|part| part == tag)
            })
            .collect()
    }

    pub fn end(&self, child: &Child) -> End {
        (*child.wait(&self.waiter).expect("not killed")).clone()
    }

    /// One request, one reply line.
    pub fn call(&self, child: &Child, line: &str) -> Result<String, String> {
        child.write(&self.waiter, format!("{line}\n").as_bytes()).map_err(|e| format!("{e:?}"))?;
        self.reply(child)
    }

    pub fn reply(&self, child: &Child) -> Result<String, String> {
        let mut text = Vec::new();
        let mut byte = [0];
        loop {
            match child.read(&self.waiter, &mut byte) {
                Ok(0) => return Err(format!("ended after {:?}", String::from_utf8_lossy(&text))),
                Ok(_) if byte[0] == b'\n' => return String::from_utf8(text).map_err(|e| e.to_string()),
                Ok(_) => text.push(byte[0]),
                Err(e) => return Err(format!("{e:?}")),
            }
        }
    }
}

pub fn check(what: &str, holds: bool) -> Result<(), String> {
    if holds { Ok(()) } else { Err(format!("does not hold: {what}")) }
}

/// Bytes back as they come, until the end or a stop.
fn echo(here: &Here) -> Result<(), String> {
    let mut buffer = [0; 4096];
    loop {
        match here.process.stdin().read(&here.waiter, &mut buffer) {
            Ok(0) | Err(ReadError::Interrupted(_)) => return Ok(()),
            Ok(count) => here.process.write(&here.waiter, &buffer[..count]).map_err(|e| format!("{e:?}"))?,
            Err(e) => return Err(format!("{e:?}")),
        }
    }
}

/// `relay depth program`: passes lines down a chain whose last node is the program, and replies up.
fn relay(here: &Here) -> Result<(), String> {
    let depth = here.number(0);
    let below = match depth {
        0 => here.spawn(here.arg(1), &[]),
        _ => here.spawn("relay", &[&(depth - 1).to_string(), here.arg(1)]),
    };
    let mut buffer = [0; 4096];
    loop {
        match here.process.stdin().read(&here.waiter, &mut buffer) {
            Ok(0) | Err(ReadError::Interrupted(_)) => break,
            Ok(count) => {
                below.write(&here.waiter, &buffer[..count]).map_err(|e| format!("{e:?}"))?;
                let reply = here.reply(&below)?;
                here.print(&reply)?;
            }
            Err(e) => return Err(format!("{e:?}")),
        }
    }
    let end = here.end(&below);
    check("the node below ended well", end.cause == Cause::Clean).map_err(|e| format!("{e} {end:?}"))
}

/// `bush depth width leaf`: a tree; prints `up` once all below is up, then waits for its stdin to end.
fn bush(here: &Here) -> Result<(), String> {
    let (depth, width, leaf) = (here.number(0), here.number(1), here.arg(2));
    let children: Vec<Child> = (0..width)
        .map(|_| match depth {
            0 | 1 => here.spawn(leaf, &[]),
            _ => here.spawn("bush", &[&(depth - 1).to_string(), here.arg(1), leaf]),
        })
        .collect();
    if depth > 1 {
        for child in &children {
            here.reply(child)?;
        }
    }
    here.print("up")?;
    echo(here)
}

/// Prints the descriptors it was born with, `number kind` each, then echoes.
fn table(here: &Here) -> Result<(), String> {
    let mut text = String::new();
    for fd in 0..70_000 {
        // SAFETY: all-zero is a valid stat, which fstat fills.
        let stat = unsafe {
            let mut stat: libc::stat = std::mem::zeroed();
            // Past the C library, which asks by a path where there is none.
            if libc::syscall(libc::SYS_fstat, fd, &raw mut stat) != 0 {
                continue;
            }
            stat
        };
        let kind = match stat.st_mode & libc::S_IFMT {
            libc::S_IFIFO => "pipe",
            libc::S_IFSOCK => "socket",
            libc::S_IFREG => "file",
            libc::S_IFCHR => "device",
            _ => "other",
        };
        // SAFETY: F_GETFD only looks.
        let flags = unsafe { libc::fcntl(fd, libc::F_GETFD) };
        let kept = if flags & libc::FD_CLOEXEC == 0 { "+" } else { "" };
        text.push_str(&format!("{fd}{kept}:{kind} "));
    }
    let mut buffer = [0; 64];
    while matches!(here.process.stdin().read(&here.waiter, &mut buffer), Ok(1..)) {
        here.print(text.trim_end())?;
    }
    Ok(())
}

/// Blocks in a read that nobody answers, and does not look at stops.
pub fn hang(here: &Here) -> Result<(), String> {
    let mut buffer = [0; 64];
    let _ = here.process.stdin().read(&here.waiter, &mut buffer);
    Ok(())
}

/// Does not look at its stdin, so that only a stop ends it.
fn deaf(here: &Here) -> Result<(), String> {
    let _ = here.waiter.sleep_until(Instant::now() + Duration::from_secs(60));
    Ok(())
}

fn spin(_: &Here) -> Result<(), String> {
    loop {
        std::hint::spin_loop();
    }
}

/// `chatter bytes-per-line`: answers each line read with so many bytes.
fn chatter(here: &Here) -> Result<(), String> {
    let reply = [vec![b'x'; here.number(0)], vec![b'\n']].concat();
    let mut buffer = [0; 4096];
    loop {
        match here.process.stdin().read(&here.waiter, &mut buffer) {
            Ok(0) | Err(_) => return Ok(()),
            Ok(count) => {
                for _ in 0..buffer[..count].iter().filter(|b| **b == b'\n').count() {
                    if here.process.write(&here.waiter, &reply).is_err() {
                        return Ok(());
                    }
                }
            }
        }
    }
}

/// Writes just what pipe and window hold, computes for a while, and only then reads.
fn dozer(here: &Here) -> Result<(), String> {
    let pipe = here.process.boot().pipes[1] as usize;
    let bytes = vec![b'\n'; pipe + wat_kernel::WINDOW - 4096];
    here.process.write(&here.waiter, &bytes).map_err(|e| format!("{e:?}"))?;
    std::thread::sleep(Duration::from_millis(600));
    swallow(here)
}

/// Reads to the end and writes nothing.
fn swallow(here: &Here) -> Result<(), String> {
    let mut buffer = [0; 4096];
    while matches!(here.process.stdin().read(&here.waiter, &mut buffer), Ok(1..)) {}
    Ok(())
}

/// `scream lines [asked]`: so many lines of stderr, at once or when it is sent one.
fn scream(here: &Here) -> Result<(), String> {
    if here.arg(1) == "asked" {
        here.process.stdin().read(&here.waiter, &mut [0; 16]).map_err(|e| format!("{e:?}"))?;
    }
    for i in 0..here.number(0) {
        here.process
            .write_error(&here.waiter, format!("noise {i}\n").as_bytes())
            .map_err(|e| format!("{e:?}"))?;
    }
    here.print("done")
}

/// `ends how`: the ways to end.
fn ends(here: &Here) -> Result<(), String> {
    let how = here.arg(0);
    // SAFETY: each ends this process in the way asked for.
    unsafe {
        match how {
            "clean" => {}
            "crash" => return Err("cart is empty".to_string()),
            "exit" => libc::_exit(3),
            "silent" => libc::_exit(0),
            "abort" => {
                libc::abort();
            }
            "sys" => {
                libc::raise(libc::SIGSYS);
            }
            "cpu" => {
                libc::raise(libc::SIGXCPU);
            }
            "kill" => {
                libc::raise(libc::SIGKILL);
            }
            "burn" => {
                spin(here)?;
            }
            "big-crash" => here.process.crash_line().send(&vec![b'c'; 100_000]),
            "lines" => {
                for i in 0..100 {
                    here.print(&i.to_string())?;
                }
            }
            other => return Err(format!("no such end: {other}")),
        }
    }
    Ok(())
}

/// Prints the length and a sum of its captured bytes.
fn length(here: &Here) -> Result<(), String> {
    let captured = &here.process.boot().captured;
    let sum: u64 = captured.iter().map(|b| u64::from(*b)).sum();
    here.print(&format!("{} {sum}", captured.len()))
}

/// `misspeak how`: breaks the control protocol.
fn misspeak(here: &Here) -> Result<(), String> {
    let junk: &[&[u8]] = match here.arg(0) {
        "unknown" => &[b"\xee hello"],
        "empty-answer" => &[&[19]],
        "twice-ready" => &[&[16], &[16]],
        "long" => &[&[17; 40_000]],
        _ => &[&[255]],
    };
    for packet in junk {
        // SAFETY: sends readable bytes on the control socket.
        unsafe { libc::send(3, packet.as_ptr().cast(), packet.len(), libc::MSG_NOSIGNAL) };
    }
    hang(here)
}

/// Takes the control socket away from its own warden, so that it hears nothing any more; the parent's end stays
/// connected.
fn mute(here: &Here) -> Result<(), String> {
    let mut ends = [0; 2];
    // SAFETY: makes a pair of sockets and puts one in the place of descriptor 3, which is kept open as another.
    unsafe {
        libc::socketpair(libc::AF_UNIX, libc::SOCK_SEQPACKET, 0, ends.as_mut_ptr());
        libc::dup(3);
        libc::dup2(ends[0], 3);
    }
    here.print("mute")?;
    hang(here)
}

/// Answers before it is asked, and for nobody: pieces of every token there may be.
fn liar(here: &Here) -> Result<(), String> {
    here.print("liar")?;
    for token in 0..64u32 {
        let packet = [&[21][..], &token.to_le_bytes(), &[1], b"garbage"].concat();
        // SAFETY: sends readable bytes on the control socket.
        unsafe { libc::send(3, packet.as_ptr().cast(), packet.len(), libc::MSG_NOSIGNAL) };
        std::thread::sleep(Duration::from_millis(1));
    }
    hang(here)
}

/// Children of these kinds, each of which says a line; then hangs.
fn family(here: &Here) -> Result<(), String> {
    let kinds = here.process.boot().args.clone();
    let children: Vec<Child> = kinds.iter().map(|kind| here.spawn(kind, &[])).collect();
    for child in children.iter().zip(&kinds).filter(|(_, kind)| *kind != "echo").map(|(child, _)| child) {
        here.reply(child)?;
    }
    here.print("ready")?;
    hang(here)
}

/// Suspends itself once it has said so.
/// `client LEVELS`: a confined node so many levels down has a command above it; all say `ready` and hang.
fn client(here: &Here) -> Result<(), String> {
    let levels = here.number(0);
    let below = if levels == 0 {
        let what = Command::new("sleep", vec!["600".to_string()]);
        here.process.spawn_command(&here.waiter, &what)
    } else {
        let below = here.spawn_with("client", &[&(levels - 1).to_string()], |s| {
            s.authority = Some(Authority::of(vec![Grant::Run("sleep".to_string())], true));
        });
        check("ready", here.reply(&below)? == "ready")?;
        below
    };
    here.print("ready")?;
    hang(here)?;
    drop(below);
    Ok(())
}

/// `customer PROGRAM ARGS…`: for each line has a command started above it, and says how that ended.
fn customer(here: &Here) -> Result<(), String> {
    let mut byte = [0; 1];
    while matches!(here.process.stdin().read(&here.waiter, &mut byte), Ok(1)) {
        if byte[0] == b'\n' {
            let args = here.process.boot().args.get(1..).unwrap_or_default().to_vec();
            let end = here.end(&here.process.spawn_command(&here.waiter, &Command::new(here.arg(0), args)));
            here.print(&format!("{:?}", end.cause))?;
        }
    }
    Ok(())
}

/// A child's commands while the process that starts them is short of descriptors.
fn check_starved_above(here: &Here) -> Result<(), String> {
    let set = |value: u64| {
        let limit = libc::rlimit { rlim_cur: value, rlim_max: 4096 };
        // SAFETY: reads one structure.
        unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit) };
    };
    let child = here.spawn_with("customer", &["true"], |s| {
        s.authority = Some(Authority::of(vec![Grant::Run("true".to_string())], true));
    });
    check("works", here.call(&child, "now")? == "Clean")?;
    let before = settled_descriptors();
    let (mut refused, mut done) = (0, 0);
    for files in 10..40 {
        set(files);
        let said = here.call(&child, "now");
        set(4096);
        let said = said?;
        let named =
            said.contains(&format!("no descriptor is free in the process /: RLIMIT_NOFILE is {files} there"));
        check("done, or for want of descriptors", said == "Clean" || named)
            .map_err(|e| format!("{e}, {files}: {said}"))?;
        done += usize::from(!named);
        refused += usize::from(named);
    }
    check("some were refused, and some not", refused > 0 && done > 0)
        .map_err(|e| format!("{e}: {refused} {done}"))?;
    check("works again", here.call(&child, "now")? == "Clean")?;
    let after = settled_descriptors();
    check("descriptors are as before", before == after).map_err(|e| format!("{e}: {before} {after}"))
}

fn suspend(here: &Here) -> Result<(), String> {
    here.print("now")?;
    // SAFETY: stops this process.
    unsafe { libc::raise(libc::SIGSTOP) };
    hang(here)
}

/// Prints two lines, then computes: the second line has to leave by itself.
fn drip(here: &Here) -> Result<(), String> {
    here.print("first")?;
    here.print("second")?;
    spin(here)
}

/// `waits where`: blocks there until it is stopped; says `blocked` first.
fn waits(here: &Here) -> Result<(), String> {
    here.print("blocked")?;
    let hanging = || here.spawn("hang", &[]);
    let stopped = match here.arg(0) {
        "read" => matches!(
            here.process.stdin().read(&here.waiter, &mut [0; 8]),
            Err(ReadError::Interrupted(Interrupt::Stopped))
        ),
        "recv" => {
            let (_sender, receiver) = channel::<u8>(1, 1);
            matches!(receiver.receive(&here.waiter), Err(Interrupt::Stopped))
        }
        "send" => {
            let (sender, _receiver) = channel::<u8>(1, 100);
            sender.send(&here.waiter, 1, 1).is_ok() && sender.send(&here.waiter, 2, 1).is_err()
        }
        "child" => {
            let child = hanging();
            !matches!(child.read(&here.waiter, &mut [0; 8]), Ok(1..))
        }
        "select" => {
            let child = hanging();
            let (_sender, receiver) = channel::<u8>(1, 1);
            let sources = [Source::Exit(&child), Source::Channel(&receiver)];
            matches!(select(&here.waiter, &sources, None, &mut 0), Ok(Some(0)) | Err(Interrupt::Stopped))
        }
        "sleep" => here.waiter.sleep_until(Instant::now() + Duration::from_secs(60)).is_err(),
        "wait" => here.end(&here.spawn("deaf", &[])).cause == Cause::Clean,
        other => return Err(format!("no such wait: {other}")),
    };
    check("the wait ended by the stop", stopped)
}

// ---- programs that check themselves and print ok

fn self_check(here: &Here) -> Result<(), String> {
    match here.arg(0) {
        "ends" => check_ends(here),
        "boot-record" => check_boot_record(here),
        "stop" => check_stop(here),
        "window" => check_window(here),
        "drain" => check_drain(here),
        "logs" => check_logs(here),
        "unseen" => {
            drop(here.spawn("ends", &["crash"]));
            drop(here.spawn("ends", &["exit"]));
            here.process.finish(&here.waiter).map_err(|e| format!("{e:?}"))
        }
        "noise" => check_noise(here),
        "starved" => check_starved(here),
        "processes" => check_processes(here),
        "quota" => check_quota(here),
        "starved-above" => check_starved_above(here),
        "short" => crate::faults::check_short(here),
        "asks-nearer" => crate::asks::check_nearer(here),
        "asks-starved" => crate::asks::check_starved(here),
        "slow-places" => check_slow_places(here),
        "replaced" => check_replaced(here),
        "keeper" => check_keeper(here),
        "unwatched" => crate::faults::check_unwatched(here),
        "narrowed" => crate::faults::check_narrowed(here),
        "pid-1" => crate::faults::check_pid_1(here),
        "late-command" => check_late_command(here),
        "protocol" => check_protocol(here),
        "asks" => crate::asks::check_answers(here),
        "asks-flood" => crate::asks::check_flood(here),
        "asks-linger" => crate::asks::check_linger(here),
        "asks-stop" => crate::asks::check_stop(here),
        "asks-crowded" => crate::asks::check_crowded(here),
        "stalled" => check_stalled(here),
        "leaks" => check_leaks(here),
        "threads" => check_threads(here),
        "other-thread" => check_other_thread(here),
        "select" => check_select(here),
        "channel" => check_channel(here),
        "gather" => check_gather(here),
        "pace" => check_pace(here),
        "channel-pace" => check_channel_pace(here),
        other => Err(format!("no such check: {other}")),
    }?;
    here.print("ok")
}

pub fn no_record(end: &End) -> Option<(Kind, Option<i32>, Option<i32>)> {
    match &end.cause {
        Cause::NoRecord(n) => Some((n.kind, n.signal, n.exit)),
        _ => None,
    }
}

fn check_ends(here: &Here) -> Result<(), String> {
    let expected = [
        ("exit", (Kind::Exited, None, Some(3))),
        ("silent", (Kind::Exited, None, Some(0))),
        ("abort", (Kind::Killed, Some(libc::SIGABRT), None)),
        ("sys", (Kind::Denied, Some(libc::SIGSYS), None)),
        ("cpu", (Kind::Limit, Some(libc::SIGXCPU), None)),
        ("kill", (Kind::Killed, Some(libc::SIGKILL), None)),
    ];
    for (how, wanted) in expected {
        let end = here.end(&here.spawn("ends", &[how]));
        check(how, no_record(&end) == Some(wanted)).map_err(|e| format!("{e}: {end:?}"))?;
    }
    let end = here.end(&here.spawn("ends", &["clean"]));
    check("clean", end.cause == Cause::Clean).map_err(|e| format!("{e}: {end:?}"))?;
    check("usage", end.usage.max_rss > 0 && end.lasted > Duration::ZERO)?;
    let child = here.spawn("ends", &["crash"]);
    let end = here.end(&child);
    check("crash", end.cause == Cause::Crash(b"cart is empty".to_vec()))
        .map_err(|e| format!("{e}: {end:?}"))?;
    check("stderr tail", end.stderr_tail == ["cart is empty"]).map_err(|e| format!("{e}: {end:?}"))?;
    check("asked again, the same", here.end(&child) == end)?;
    let end = here.end(&here.spawn("ends", &["big-crash"]));
    check("cut", end.cause == Cause::Crash(vec![b'c'; wat_kernel::MAX_CRASH]))?;
    let limited = |adapt: fn(&mut Spawn)| here.end(&here.spawn_with("ends", &["burn"], adapt));
    let end = limited(|s| s.limits.wall_ms = Some(100));
    check("wall time", no_record(&end).is_some_and(|n| n.0 == Kind::Limit))
        .map_err(|e| format!("{e}: {end:?}"))?;
    let end = limited(|s| s.limits.cpu_ms = Some(1000));
    check("cpu time", no_record(&end) == Some((Kind::Limit, Some(libc::SIGXCPU), None)))
}

fn check_boot_record(here: &Here) -> Result<(), String> {
    for size in [0, 1, 32 * 1024 - 200, 32 * 1024, 100_000, 5_000_000] {
        let bytes: Vec<u8> = (0..size).map(|i: usize| (i % 251) as u8).collect();
        let sum: u64 = bytes.iter().map(|b| u64::from(*b)).sum();
        let child = here.spawn_with("length", &[], |s| s.captured = bytes);
        let said = here.reply(&child)?;
        check("captured bytes arrive", said == format!("{size} {sum}"))
            .map_err(|e| format!("{e}: {size}: {said}"))?;
        check("clean", here.end(&child).cause == Cause::Clean)?;
    }
    Ok(())
}

fn check_stop(here: &Here) -> Result<(), String> {
    // One that is blocked in a read hears the stop at once.
    for _ in 0..10 {
        let child = here.spawn("echo", &[]);
        here.call(&child, "x")?;
        let begun = Instant::now();
        let end = child.stop(&here.waiter, Duration::from_secs(5)).expect("not killed");
        check("stopped cleanly", end.cause == Cause::Clean).map_err(|e| format!("{e}: {end:?}"))?;
        check("in time", begun.elapsed() < Duration::from_secs(2))?;
    }
    // One that computes is killed at the deadline, by its own warden or by ours.
    let child = here.spawn("spin", &[]);
    let begun = Instant::now();
    let end = child.stop(&here.waiter, Duration::from_millis(300)).expect("not killed");
    check("killed", no_record(&end).is_some_and(|n| n.0 == Kind::Killed))
        .map_err(|e| format!("{e}: {end:?}"))?;
    check("at the deadline", begun.elapsed() < Duration::from_secs(2))?;
    let child = here.spawn("spin", &[]);
    let end = child.kill(&here.waiter).expect("not killed");
    check("kill", no_record(&end) == Some((Kind::Killed, Some(9), None))).map_err(|e| format!("{e}: {end:?}"))
}

fn check_window(here: &Here) -> Result<(), String> {
    // Output within the window does not stop the writer.
    let child = here.spawn("chatter", &["100"]);
    for _ in 0..1000 {
        child.write(&here.waiter, b"a request of some length\n").map_err(|e| format!("{e:?}"))?;
    }
    for _ in 0..1000 {
        check("reply", here.reply(&child)?.len() == 100)?;
    }
    // Far beyond it both would wait for ever.
    let request = [vec![b'r'; 999], vec![b'\n']].concat();
    let begun = Instant::now();
    let outcome = (0..100_000).map(|_| child.write(&here.waiter, &request)).find(Result::is_err);
    check("deadlock", matches!(outcome, Some(Err(WriteError::Deadlock { .. }))))
        .map_err(|e| format!("{e}: {outcome:?}"))?;
    check("found in time", begun.elapsed() < Duration::from_secs(10))?;
    let end = child.kill(&here.waiter).expect("not killed");
    check("killed", no_record(&end).is_some()).map_err(|e| format!("{e}: {end:?}"))?;
    // A child that computes while both pipes are full is not taken for one.
    let child = here.spawn("dozer", &[]);
    for _ in 0..200 {
        child.write(&here.waiter, &request).map_err(|e| format!("dozer: {e:?}"))?;
    }
    let end = here.end(&child);
    check("the dozer ended well", end.cause == Cause::Clean).map_err(|e| format!("{e}: {end:?}"))
}

fn check_drain(here: &Here) -> Result<(), String> {
    let child = here.spawn("chatter", &["1000"]);
    for _ in 0..2000 {
        // What the window does not hold is drained by the wait.
        match child.write(&here.waiter, b"\n") {
            Ok(()) => {}
            Err(e) => return Err(format!("{e:?}")),
        }
    }
    let end = here.end(&child);
    check("clean", end.cause == Cause::Clean).map_err(|e| format!("{e}: {end:?}"))?;
    let kept = child.leftover(&here.waiter).expect("not killed");
    check("all is counted", kept.total() == 2000 * 1001).map_err(|e| format!("{e}: {}", kept.total()))?;
    check("both ends are kept", kept.first.len() == wat_kernel::KEPT && kept.last.len() == wat_kernel::KEPT)
}

fn check_logs(here: &Here) -> Result<(), String> {
    let child = here.spawn("relay", &["0", "echo"]);
    let logs = child.logs();
    here.call(&child, "x")?;
    check("clean", here.end(&child).cause == Cause::Clean)?;
    check("no line, and the end", logs.receive(&here.waiter) == Ok(None))?;
    let child = here.spawn("scream", &["500", "asked"]);
    let logs = child.logs();
    child.write(&here.waiter, b"now\n").map_err(|e| format!("{e:?}"))?;
    let end = here.end(&child);
    let mut lines = Vec::new();
    while let Ok(Some(line)) = logs.receive(&here.waiter) {
        lines.push(line);
    }
    check("the last line is there", lines.last().is_some_and(|l| l.ends_with(b"] noise 499")))?;
    check("the tail too", end.stderr_tail.last().is_some_and(|l| l == "noise 499"))
}

/// `noise lines`: a child writes far more to its stderr than anybody reads.
fn check_noise(here: &Here) -> Result<(), String> {
    let child = here.spawn("scream", &[here.arg(1)]);
    check("the child went on", here.reply(&child)? == "done")?;
    let end = here.end(&child);
    check("clean", end.cause == Cause::Clean).map_err(|e| format!("{e}: {end:?}"))?;
    check("bounded", end.stderr_tail.len() <= 40)?;
    here.print("quiet again")
}

fn check_starved(here: &Here) -> Result<(), String> {
    let set = |value: u64| {
        let limit = libc::rlimit { rlim_cur: value, rlim_max: 4096 };
        // SAFETY: reads one structure.
        unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit) };
    };
    // A child that is confined, which takes a keeper and a thread of its own once, and one that is not.
    for (files, program) in (8..32).map(|files| (files, "length")).chain((8..24).map(|files| (files, "ends")))
    {
        set(files);
        let child = here.spawn(program, &["clean"]);
        let end = child.wait(&here.waiter).expect("not killed");
        set(4096);
        match &end.cause {
            Cause::Clean => {}
            Cause::NoRecord(n) if n.kind == Kind::SpawnFailed => {
                check("names the limit", n.reason.contains("RLIMIT_NOFILE"))
                    .map_err(|e| format!("{e}: {end:?}"))?;
            }
            // A child that inherits so low a limit may fail while it starts.
            Cause::NoRecord(n) if n.kind == Kind::Exited => {}
            other => return Err(format!("{program}, {files} files: {other:?}")),
        }
    }
    let end = here.end(&here.spawn("ends", &["clean"]));
    check("works again", end.cause == Cause::Clean).map_err(|e| format!("{e}: {end:?}"))?;
    // What failed for want of a descriptor is not given up for good.
    check("a confined thread bears children again", filtered_threads() == 1)?;
    let child = here.spawn("litter", &["0", "ends"]);
    here.reply(&child)?;
    here.end(&child);
    let ended = crate::observer::eventually(Duration::from_secs(1), || here.processes().is_empty());
    check("what is left behind is ended again", ended).map_err(|e| format!("{e}: {:?}", here.processes()))
}

/// Threads of this process that a filter binds.
fn filtered_threads() -> usize {
    let tasks = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    tasks
        .filter(|task| {
            let status = std::fs::read_to_string(task.path().join("status")).unwrap_or_default();
            status.lines().any(|line| line == "Seccomp:\t2")
        })
        .count()
}

/// `reads PATH`: what is in a file, or why not.
fn reads(here: &Here) -> Result<(), String> {
    let text = std::fs::read_to_string(here.arg(0)).unwrap_or_else(|e| format!("{:?}", e.kind()));
    here.print(&text)
}

/// Children with one grant, while its path passes from file to file.
fn check_replaced(here: &Here) -> Result<(), String> {
    let io = |e: std::io::Error| e.to_string();
    let place = std::env::temp_dir().join(format!("wat-laws-{}", std::process::id()));
    std::fs::create_dir_all(&place).map_err(io)?;
    let (file, next) = (place.join("file"), place.join("next"));
    let path = file.to_str().expect("plain");
    let read = || {
        let grants = vec![Grant::Read(file.clone())];
        let child = here.spawn_with("reads", &[path], |s| s.authority = Some(Authority::of(grants, true)));
        let said = here.reply(&child);
        said.map_err(|_| format!("{:?}", here.end(&child)))
    };
    for round in ["first", "second", "third"] {
        std::fs::write(&next, round).map_err(io)?;
        std::fs::rename(&next, &file).map_err(io)?;
        for _ in 0..2 {
            let said = read()?;
            check("the file that is there", said == round)
                .map_err(|e| format!("{e}: {said}, not {round}"))?;
        }
    }
    std::fs::remove_file(&file).map_err(io)?;
    let gone = read();
    std::fs::remove_dir_all(&place).map_err(io)?;
    check("none is named", gone.as_ref().is_err_and(|e| e.contains(path) && e.contains("SpawnFailed")))
        .map_err(|e| format!("{e}: {gone:?}"))
}

/// While a look at a file takes half a second, for a granted path, a command of this process's and one that a child has asked for.
fn check_slow_places(here: &Here) -> Result<(), String> {
    let tag = here.process.boot().program.split('/').next().expect("a tag").to_string();
    let customer = here.spawn_with("customer", &["/bin/true"], |s| {
        s.authority = Some(Authority::of(vec![Grant::Run("/bin/true".to_string())], true));
    });
    // The first of its kind leaves open what finds strays.
    check("works", here.end(&here.spawn("ends", &["clean"])).cause == Cause::Clean)?;
    let before = settled_descriptors();
    let granted = move |process: &Process, waiter: &Waiter| {
        let mut what = Spawn::new(entry("reads"), &format!("{tag}/reads"));
        what.args = vec!["/dev/null".to_string()];
        what.authority = Some(Authority::of(vec![Grant::Read("/dev/null".into())], true));
        process.spawn(waiter, what)
    };
    let command = |process: &Process, waiter: &Waiter| {
        process.spawn_command(waiter, &Command::new("/bin/true", Vec::new()))
    };
    for of in ["a grant", "a command"] {
        let (granted, command) = (granted.clone(), command);
        let process = here.process.clone();
        let (tell, told) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            let word = AtomicU32::new(0);
            // SAFETY: the word outlives the waiter, which was made after it.
            let waiter = unsafe { process.register(&raw const word) };
            let _ = tell.send(());
            if of == "a grant" { granted(&process, &waiter) } else { command(&process, &waiter) }
        });
        told.recv().map_err(|e| e.to_string())?;
        std::thread::sleep(Duration::from_millis(100));
        check("others are born meanwhile", here.call(&here.spawn("echo", &[]), "now")? == "now")?;
        check("others are born meanwhile", !thread.is_finished()).map_err(|e| format!("{e}: {of}"))?;
        let child = thread.join().map_err(|_| "the thread panicked")?;
        let end = here.end(&child);
        check("it is made in the end", end.cause == Cause::Clean)
            .map_err(|e| format!("{e}: {of}: {end:?}"))?;
    }
    customer.write(&here.waiter, b"now\n").map_err(|e| format!("{e:?}"))?;
    std::thread::sleep(Duration::from_millis(100));
    let begun = Instant::now();
    check("others are born meanwhile", here.call(&here.spawn("echo", &[]), "now")? == "now")?;
    check("others are born meanwhile", begun.elapsed() < Duration::from_millis(350))
        .map_err(|e| format!("{e}: one asked for, {:?}", begun.elapsed()))?;
    check("it is made in the end", here.reply(&customer)? == "Clean")?;
    let after = settled_descriptors();
    check("descriptors are as before", before == after).map_err(|e| format!("{e}: {before} {after}"))
}

/// `keeper rounds`: somebody ends the keeper, and the next child is made before anybody has seen that.
fn check_keeper(here: &Here) -> Result<(), String> {
    let mut clean = 0;
    for _ in 0..here.number(1) {
        // One that was born while the keeper could still bear is ended with it.
        let end = here.end(&here.spawn("length", &[]));
        clean += usize::from(end.cause == Cause::Clean);
        let is_killed = no_record(&end).is_some_and(|n| n.0 == Kind::Killed);
        check("made, whatever becomes of it", end.cause == Cause::Clean || is_killed)
            .map_err(|e| format!("{e}: {end:?}"))?;
        for keeper in keepers(std::process::id() as i32) {
            crate::observer::kill(keeper, libc::SIGKILL);
        }
    }
    check("some have ended well", clean > 0)
}

/// Children of the process that are keepers.
pub fn keepers(pid: i32) -> Vec<i32> {
    let tasks = std::fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    let lists = tasks.map(|task| std::fs::read_to_string(task.path().join("children")).unwrap_or_default());
    let children = lists.flat_map(|list| list.split_whitespace().map(str::to_string).collect::<Vec<_>>());
    let keepers = children.filter(|pid| {
        std::fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|line| line.starts_with(b"wat keeper"))
    });
    keepers.filter_map(|pid| pid.parse().ok()).collect()
}

/// Run with a pause before a command is known to have begun: it has ended by then, and has left a process behind.
fn check_late_command(here: &Here) -> Result<(), String> {
    let script = "setsid sleep 600 >/dev/null 2>&1 </dev/null & echo $!; sleep 0.1";
    let what = Command::new("sh", vec!["-c".to_string(), script.to_string()]);
    let command = here.process.spawn_command(&here.waiter, &what);
    let stray: i32 = here.reply(&command)?.parse().map_err(|_| "a number")?;
    here.end(&command);
    let ended = crate::observer::eventually(Duration::from_secs(2), || !crate::observer::lives(stray));
    crate::observer::kill(stray, libc::SIGKILL);
    check("what it left behind is ended", ended)
}

fn check_processes(here: &Here) -> Result<(), String> {
    // SAFETY: an ordinary user from here on; the limit does not bind root.
    unsafe {
        libc::setresgid(65534, 65534, 65534);
        libc::setresuid(65534, 65534, 65534);
        let limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
        libc::setrlimit(libc::RLIMIT_NPROC, &raw const limit);
    }
    let end = here.end(&here.spawn("ends", &["clean"]));
    match &end.cause {
        Cause::NoRecord(n) if n.kind == Kind::SpawnFailed => {
            check("names step and limit", n.reason.contains("clone") && n.reason.contains("RLIMIT_NPROC"))
        }
        other => Err(format!("{other:?}")),
    }
}

/// Run with room for three processes below.
fn check_quota(here: &Here) -> Result<(), String> {
    let three: Vec<Child> =
        (0..3).map(|_| here.spawn_with("hang", &[], |s| s.limits.processes = Some(0))).collect();
    let fourth = here.end(&here.spawn("hang", &[]));
    check("the fourth is refused", no_record(&fourth).is_some_and(|n| n.0 == Kind::SpawnFailed))?;
    for child in &three {
        check("the others live", child.try_end().is_none())?;
        here.end(child);
    }
    check("then there is room", here.end(&here.spawn("ends", &["clean"])).cause == Cause::Clean)
}

fn check_protocol(here: &Here) -> Result<(), String> {
    for how in ["unknown", "empty-answer", "twice-ready", "long", "other"] {
        let child = here.spawn("misspeak", &[how]);
        let mut buffer = [0; 16];
        let _ = child.read(&here.waiter, &mut buffer);
        let end = here.end(&child);
        let reason = match &end.cause {
            Cause::NoRecord(n) => n.reason.clone(),
            other => format!("{other:?}"),
        };
        check(how, reason.contains("protocol")).map_err(|e| format!("{e}: {end:?}"))?;
    }
    Ok(())
}

fn check_stalled(here: &Here) -> Result<(), String> {
    let child = here.spawn("suspend", &[]);
    here.reply(&child)?;
    let begun = Instant::now();
    let end = child.stop(&here.waiter, Duration::from_secs(30)).expect("not killed");
    let taken = begun.elapsed();
    check("after five seconds", taken > Duration::from_secs(4) && taken < Duration::from_secs(9))?;
    match &end.cause {
        Cause::NoRecord(n) => check("says so", n.reason.contains("suspended")),
        other => Err(format!("{other:?}")),
    }
}

fn open_descriptors() -> usize {
    // SAFETY: F_GETFD only looks.
    (0..4096).filter(|fd| unsafe { libc::fcntl(*fd, libc::F_GETFD) } >= 0).count()
}

/// The same once it no longer changes: an end is told before the warden has let go of the child's last descriptor.
pub fn settled_descriptors() -> usize {
    let (mut count, mut looks) = (open_descriptors(), 0);
    while looks < 20 {
        std::thread::sleep(Duration::from_millis(2));
        let now = open_descriptors();
        looks = if now == count { looks + 1 } else { 0 };
        count = now;
    }
    count
}

/// `leaks rounds seed`: spawns and ends in every way, then counts.
fn check_leaks(here: &Here) -> Result<(), String> {
    let mut random = crate::observer::Random(here.number(2) as u64);
    check("works", here.end(&here.spawn("ends", &["clean"])).cause == Cause::Clean)?;
    here.process.finish(&here.waiter).expect("not killed");
    let before = settled_descriptors();
    let ways = ["clean", "crash", "exit", "abort", "kill"];
    for _ in 0..here.number(1) {
        match random.below(5) {
            0 => drop(here.end(&here.spawn("ends", &[ways[random.below(5) as usize]]))),
            1 => {
                let child = here.spawn("echo", &[]);
                std::thread::sleep(Duration::from_micros(random.below(2000)));
                let _ = child.kill(&here.waiter);
            }
            // Released unseen, at any stage of its life.
            2 => drop(here.spawn("echo", &[])),
            3 => {
                let child = here.spawn("chatter", &["5000"]);
                for _ in 0..100 {
                    let _ = child.write(&here.waiter, b"some\n");
                }
            }
            _ => {
                let child = here.spawn("scream", &["100"]);
                child.ask_stop(Duration::from_millis(random.below(50)));
            }
        }
    }
    here.process.finish(&here.waiter).expect("not killed");
    // SAFETY: waitid fills the siginfo.
    let zombies = unsafe {
        let mut info: libc::siginfo_t = std::mem::zeroed();
        libc::waitid(libc::P_ALL, 0, &raw mut info, libc::WEXITED | libc::WNOHANG | libc::WNOWAIT)
    };
    check("no process is left", zombies < 0)?;
    let after = settled_descriptors();
    check("descriptors are as before", before == after).map_err(|e| format!("{e}: {before} {after}"))
}

/// `threads children`: spawns while sixteen threads allocate.
fn check_threads(here: &Here) -> Result<(), String> {
    let over = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let threads: Vec<_> = (0..16)
        .map(|i| {
            let over = over.clone();
            std::thread::spawn(move || {
                let mut kept = Vec::new();
                while !over.load(Ordering::Relaxed) {
                    kept.push(vec![i as u8; 100 + kept.len() % 1000]);
                    if kept.len() > 500 {
                        kept.clear();
                        std::thread::yield_now();
                    }
                }
            })
        })
        .collect();
    let begun = Instant::now();
    let outcome = (0..here.number(1)).try_for_each(|_| {
        let child = here.spawn("echo", &[]);
        check("echo", here.call(&child, "hello")? == "hello")?;
        check("clean", here.end(&child).cause == Cause::Clean)
    });
    over.store(true, Ordering::Relaxed);
    for thread in threads {
        thread.join().map_err(|_| "a thread panicked")?;
    }
    outcome?;
    check("in time", begun.elapsed() < Duration::from_secs(10))
}

/// A child spawned by a thread outlives the thread.
fn check_other_thread(here: &Here) -> Result<(), String> {
    let process = here.process.clone();
    let tag = process.boot().program.split('/').next().expect("a tag").to_string();
    let thread = std::thread::spawn(move || {
        let word = AtomicU32::new(0);
        // SAFETY: the word outlives the waiter, which was made after it.
        let waiter = unsafe { process.register(&raw const word) };
        process.spawn(&waiter, Spawn::new(entry("echo"), &format!("{tag}/echo")))
    });
    let child = thread.join().map_err(|_| "the thread panicked")?;
    std::thread::sleep(Duration::from_millis(50));
    check("still answers", here.call(&child, "there?")? == "there?")?;
    check("clean", here.end(&child).cause == Cause::Clean)
}

fn check_select(here: &Here) -> Result<(), String> {
    let children: Vec<Child> = (0..4).map(|_| here.spawn("echo", &[])).collect();
    let (sender, receiver) = channel::<u32>(4, 1000);
    let mut turn = 0;
    let mut all: Vec<Source> = children.iter().map(Source::Output).collect();
    all.push(Source::Channel(&receiver));
    let soon = Some(Instant::now() + Duration::from_millis(20));
    check("the deadline", select(&here.waiter, &all, soon, &mut turn) == Ok(None))?;
    children[2].write(&here.waiter, b"x\n").map_err(|e| format!("{e:?}"))?;
    check("the child", select(&here.waiter, &all, None, &mut turn) == Ok(Some(2)))?;
    check("its reply", here.reply(&children[2])? == "x")?;
    let thread = std::thread::spawn({
        let process = here.process.clone();
        move || {
            std::thread::sleep(Duration::from_millis(20));
            let word = AtomicU32::new(0);
            // SAFETY: the word outlives the waiter, which was made after it.
            let waiter = unsafe { process.register(&raw const word) };
            sender.send(&waiter, 7, 4).is_ok()
        }
    });
    check("the channel", select(&here.waiter, &all, None, &mut turn) == Ok(Some(4)))?;
    check("its message", receiver.try_receive() == Some(Some(7)))?;
    thread.join().map_err(|_| "the thread panicked")?;
    // All stay ready: each gets its turn.
    for child in &children {
        child.write(&here.waiter, b"y\n").map_err(|e| format!("{e:?}"))?;
    }
    std::thread::sleep(Duration::from_millis(100));
    let mut seen = [0; 5];
    for _ in 0..10 {
        let chosen = select(&here.waiter, &all, None, &mut turn).map_err(|e| format!("{e:?}"))?;
        seen[chosen.ok_or("a deadline without one")?] += 1;
    }
    check("fair", seen == [2, 2, 2, 2, 2]).map_err(|e| format!("{e}: {seen:?}"))?;
    children[1].close();
    let exits: Vec<Source> = children.iter().map(Source::Exit).collect();
    check("the exit", select(&here.waiter, &exits, None, &mut turn) == Ok(Some(1)))
}

fn check_channel(here: &Here) -> Result<(), String> {
    const COUNT: u64 = 100_000;
    let (requests, incoming) = channel::<u64>(64, 64 * 8);
    let (replies, answers) = channel::<u64>(64, 64 * 8);
    let thread = std::thread::spawn({
        let process = here.process.clone();
        move || {
            let word = AtomicU32::new(0);
            // SAFETY: the word outlives the waiter, which was made after it.
            let waiter = unsafe { process.register(&raw const word) };
            while let Ok(Some(n)) = incoming.receive(&waiter) {
                if replies.send(&waiter, n + 1, 8).is_err() {
                    break;
                }
            }
        }
    });
    let mut sum = 0;
    for i in 0..COUNT {
        requests.send(&here.waiter, i, 8).map_err(|_| "closed")?;
        if i >= 32 {
            sum += answers.receive(&here.waiter).map_err(|e| format!("{e:?}"))?.ok_or("ended")?;
        }
    }
    drop(requests);
    while let Ok(Some(n)) = answers.receive(&here.waiter) {
        sum += n;
    }
    thread.join().map_err(|_| "the thread panicked")?;
    check("every answer once", sum == COUNT * (COUNT + 1) / 2)?;
    let (sender, receiver) = channel::<u8>(1, 1);
    drop(receiver);
    check("closed", sender.send(&here.waiter, 1, 1).is_err())?;
    let (_sender, receiver) = channel::<u8>(1, 1);
    let soon = Some(Instant::now() + Duration::from_millis(20));
    check("the deadline", receiver.receive_until(&here.waiter, soon) == Ok(None))?;
    // A thread blocked in a receive is ended by a kill.
    let (tell, told) = std::sync::mpsc::channel();
    let process = here.process.clone();
    let thread = std::thread::spawn(move || {
        let word = AtomicU32::new(0);
        // SAFETY: the word outlives the waiter, which was made after it.
        let waiter = unsafe { process.register(&raw const word) };
        let _ = tell.send(waiter.kicker());
        receiver.receive(&waiter) == Err(Interrupt::Killed)
    });
    let kicker = told.recv().map_err(|e| e.to_string())?;
    std::thread::sleep(Duration::from_millis(20));
    kicker.kill();
    check("killed in a receive", thread.join().map_err(|_| "the thread panicked")?)
}

fn check_gather(here: &Here) -> Result<(), String> {
    // The warden delivers what the program left lying.
    let child = here.spawn("drip", &[]);
    check("at once", here.reply(&child)? == "first")?;
    check("after a millisecond", here.reply(&child)? == "second")?;
    child.kill(&here.waiter).expect("not killed");
    // Many lines in order, gathered on both sides.
    let child = here.spawn("echo", &[]);
    for i in 0..10_000 {
        child.write(&here.waiter, format!("{i}\n").as_bytes()).map_err(|e| format!("{e:?}"))?;
    }
    for i in 0..10_000 {
        check("in order", here.reply(&child)? == i.to_string())?;
    }
    let child = here.spawn("ends", &["lines"]);
    for i in 0..100 {
        check("delivered before the end", here.reply(&child)? == i.to_string())?;
    }
    check("clean", here.end(&child).cause == Cause::Clean)
}

/// `pace rounds`: time from spawn to first reply; printed, not judged.
fn check_pace(here: &Here) -> Result<(), String> {
    let mut times = Vec::new();
    for _ in 0..here.number(1) {
        let begun = Instant::now();
        let child = here.spawn("echo", &[]);
        here.call(&child, "x")?;
        times.push(begun.elapsed().as_micros());
        here.end(&child);
    }
    times.sort_unstable();
    let mut stderr = std::io::stderr();
    let _ = writeln!(stderr, "spawn to first reply: median {} us", times[times.len() / 2]);
    Ok(())
}

/// `channel-pace rounds`: a number there and back, and a stream, beside the standard library's channel; printed, not
/// judged.
fn check_channel_pace(here: &Here) -> Result<(), String> {
    let rounds = here.number(1) as u64;
    let per_round = |begun: Instant| begun.elapsed().as_nanos() as u64 / rounds;
    let in_thread = |body: Box<dyn FnOnce(&Waiter) + Send>| {
        let process = here.process.clone();
        std::thread::spawn(move || {
            let word = AtomicU32::new(0);
            // SAFETY: the word outlives the waiter, which was made after it.
            let waiter = unsafe { process.register(&raw const word) };
            body(&waiter);
        })
    };
    for _ in 0..3 {
        let (ours, theirs) = {
            let (requests, incoming) = channel::<u64>(64, 1024);
            let (replies, answers) = channel::<u64>(64, 1024);
            let thread = in_thread(Box::new(move |waiter| {
                while let Ok(Some(n)) = incoming.receive(waiter) {
                    let _ = replies.send(waiter, n, 8);
                }
            }));
            let begun = Instant::now();
            for i in 0..rounds {
                requests.send(&here.waiter, i, 8).map_err(|_| "closed")?;
                check("answer", answers.receive(&here.waiter) == Ok(Some(i)))?;
            }
            let ours = per_round(begun);
            drop(requests);
            thread.join().map_err(|_| "the thread panicked")?;
            let (requests, incoming) = std::sync::mpsc::sync_channel::<u64>(64);
            let (replies, answers) = std::sync::mpsc::sync_channel::<u64>(64);
            let thread = in_thread(Box::new(move |_| {
                while let Ok(n) = incoming.recv() {
                    let _ = replies.send(n);
                }
            }));
            let begun = Instant::now();
            for i in 0..rounds {
                requests.send(i).map_err(|e| e.to_string())?;
                check("answer", answers.recv() == Ok(i))?;
            }
            let theirs = per_round(begun);
            drop(requests);
            thread.join().map_err(|_| "the thread panicked")?;
            (ours, theirs)
        };
        let (stream, their_stream) = {
            let (sender, receiver) = channel::<u64>(64, 1024);
            let thread =
                in_thread(Box::new(move |waiter| while let Ok(Some(_)) = receiver.receive(waiter) {}));
            let begun = Instant::now();
            for i in 0..rounds {
                sender.send(&here.waiter, i, 8).map_err(|_| "closed")?;
            }
            drop(sender);
            thread.join().map_err(|_| "the thread panicked")?;
            let stream = per_round(begun);
            let (sender, receiver) = std::sync::mpsc::sync_channel::<u64>(64);
            let thread = in_thread(Box::new(move |_| while receiver.recv().is_ok() {}));
            let begun = Instant::now();
            for i in 0..rounds {
                sender.send(i).map_err(|e| e.to_string())?;
            }
            drop(sender);
            thread.join().map_err(|_| "the thread panicked")?;
            (stream, per_round(begun))
        };
        let text =
            format!("request and reply {ours} ns (std {theirs}), stream {stream} ns (std {their_stream})\n");
        let _ = here.process.write_error(&here.waiter, text.as_bytes());
    }
    Ok(())
}
