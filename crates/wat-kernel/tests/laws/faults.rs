//! Faults that the system deals out seldom, brought about from outside of the crate: a filter that refuses one call, a
//! tracer that keeps the dead, a limit that falls under a running process. For each what the program is told.

use crate::observer::{Root, eventually, expect_ok, kill, lives};
use crate::programs::{Here, check, hang, keepers, no_record, settled_descriptors};
use crate::tests::{chain, knock};
use std::time::{Duration, Instant};
use wat_kernel::see::{Visit, own_user};
use wat_kernel::{Authority, Cause, Child, Command, End, Grant, Kind};

/// What is told within this time is told at once.
const SOON: Duration = Duration::from_secs(5);

/// Whoever uses less of a fifth of a second waits.
const REST: Duration = Duration::from_millis(60);

fn end_soon(child: &Child) -> Result<End, String> {
    let told = eventually(SOON, || child.try_end().is_some());
    check("its end is told", told)?;
    Ok((*child.try_end().expect("just seen")).clone())
}

// ---- nothing can be watched

/// Guards: the timer by which the end of a child is found that no poll set takes.
pub fn unwatched() {
    let root = Root::command("/proc/self/exe", "self-check", &["unwatched"], |command| {
        // A thread with a filter of its own would not take the one of all.
        let removed = std::env::var("WAT_MUTATION").unwrap_or_default();
        command.env("WAT_MUTATION", format!("{removed},nursery"))
    });
    let (out, err, status) = root.finish();
    assert!(status.success() && out.ends_with("ok\n"), "{status:?} {out} {err}");
}

/// From some time on the system refuses to watch anything more, as it does a user whose watches are spent.
pub fn check_unwatched(here: &Here) -> Result<(), String> {
    let grant = |s: &mut wat_kernel::Spawn| {
        s.authority = Some(Authority::of(vec![Grant::Run("sleep".to_string())], true));
    };
    let customer = here.spawn_with("customer", &["sleep", "600"], grant);
    check("works", here.end(&here.spawn("ends", &["clean"])).cause == Cause::Clean)?;
    let before = settled_descriptors();
    refuse_watches();
    let sleep =
        || here.process().spawn_command(here.waiter(), &Command::new("sleep", vec!["600".to_string()]));
    let makers: [(&str, &dyn Fn() -> Child); 3] = [
        ("confined", &|| here.spawn("deaf", &[])),
        ("at large", &|| here.spawn("suspend", &[])),
        ("command", &sleep),
    ];
    for (name, make) in makers {
        let child = make();
        let pid = child.pid().ok_or("it was made")?;
        let end = end_soon(&child).map_err(|e| format!("{e}: {name}"))?;
        let told = match &end.cause {
            Cause::NoRecord(n) => n.kind == Kind::SpawnFailed && n.reason.starts_with("watch: No space left"),
            _ => false,
        };
        check("the true reason is told", told).map_err(|e| format!("{e}: {name}: {end:?}"))?;
        check("it is reaped", !std::path::Path::new(&format!("/proc/{pid}")).exists())?;
    }
    let said = here.call(&customer, "now")?;
    check("an asker is told too", said.contains("SpawnFailed") && said.contains("watch: No space left"))
        .map_err(|e| format!("{e}: {said}"))?;
    let after = settled_descriptors();
    check("descriptors are as before", before == after).map_err(|e| format!("{e}: {before} {after}"))
}

/// Each `epoll_ctl` of this process that would add a descriptor answers `ENOSPC` from now on.
fn refuse_watches() {
    let step = |code: u32, jt: u8, jf: u8, k: u32| libc::sock_filter { code: code as u16, jt, jf, k };
    let load = libc::BPF_LD | libc::BPF_W | libc::BPF_ABS;
    let equal = libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K;
    let give = libc::BPF_RET | libc::BPF_K;
    // The number of the call lies first, its second argument at 24.
    let mut steps = [
        step(load, 0, 0, 0),
        step(equal, 0, 3, libc::SYS_epoll_ctl as u32),
        step(load, 0, 0, 24),
        step(equal, 0, 1, libc::EPOLL_CTL_ADD as u32),
        step(give, 0, 0, libc::SECCOMP_RET_ERRNO | libc::ENOSPC as u32),
        step(give, 0, 0, libc::SECCOMP_RET_ALLOW),
    ];
    let program = libc::sock_fprog { len: steps.len() as u16, filter: steps.as_mut_ptr() };
    // SAFETY: a program and its steps, which the call copies.
    let set = unsafe {
        libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        let all = libc::SECCOMP_FILTER_FLAG_TSYNC;
        libc::syscall(libc::SYS_seccomp, libc::SECCOMP_SET_MODE_FILTER, all, &raw const program)
    };
    assert!(set == 0, "{set} {}", std::io::Error::last_os_error());
}

// ---- as PID 1

/// Guards: no orphan is reaped while a child is made, which nobody can tell from one. Without that the status of a child
/// that ends at once goes to the wrong reaper.
pub fn pid_1() {
    let words = ["--pid", "--fork", "--mount-proc"];
    let mut probe = std::process::Command::new("unshare");
    if !probe.args(words).arg("true").status().is_ok_and(|status| status.success()) {
        println!("not granted here: unshare {words:?}");
        return;
    }
    let binary = std::env::current_exe().expect("a path");
    let root = Root::command("unshare", "self-check", &["pid-1"], |command| {
        let given: Vec<_> = command.get_args().map(ToOwned::to_owned).collect();
        *command = std::process::Command::new("unshare");
        let removed = std::env::var("WAT_MUTATION").unwrap_or_default();
        command.args(words).arg(binary).args(given).env("WAT_MUTATION", format!("{removed},pause:born"));
        let piped = std::process::Stdio::piped;
        command.stdin(piped()).stdout(piped()).stderr(piped())
    });
    let (out, err, status) = root.finish();
    assert!(status.success() && out.ends_with("ok\n"), "{status:?} {out} {err}");
}

/// Run with a pause between the clone of a child and its adoption: it has ended by then.
pub fn check_pid_1(here: &Here) -> Result<(), String> {
    check("this is PID 1", std::process::id() == 1)?;
    let end = here.end(&here.spawn("ends", &["exit"]));
    check("a child's status is its own", no_record(&end) == Some((Kind::Exited, None, Some(3))))
        .map_err(|e| format!("{e}: {end:?}"))?;
    let end = here.end(&here.process().spawn_command(here.waiter(), &Command::new("false", Vec::new())));
    check("a command's too", no_record(&end) == Some((Kind::Exited, None, Some(1))))
        .map_err(|e| format!("{e}: {end:?}"))?;
    // SAFETY: waitid fills the siginfo.
    let zombies = || unsafe {
        let mut info: libc::siginfo_t = std::mem::zeroed();
        let look = libc::WEXITED | libc::WNOHANG | libc::WNOWAIT;
        libc::waitid(libc::P_ALL, 0, &raw mut info, look) == 0 && info.si_pid() != 0
    };
    check("and nobody's is left", eventually(SOON, || !zombies()))
}

// ---- a keeper that cannot end

/// Guards: the bound on waiting for the keeper. The runner traces what is in its namespace, and as long as it does not
/// take the dead from there the kernel holds the keeper back.
pub fn traced() {
    let mut root = Root::command("/proc/self/exe", "traced", &[], |command| {
        // What is left behind is not to be waited for on its own account.
        let removed = std::env::var("WAT_MUTATION").unwrap_or_default();
        command.env("WAT_MUTATION", format!("{removed},keeper-sweep"))
    });
    assert_eq!(root.line(), "ready");
    // One that was just made has not got its words yet.
    assert!(eventually(SOON, || chain(root.pid()).len() == 3), "a root and two nodes");
    let inner = chain(root.pid())[2];
    let none = std::ptr::null_mut::<libc::c_void>();
    // SAFETY: takes numbers alone.
    if unsafe { libc::ptrace(libc::PTRACE_SEIZE, inner, none, none) } != 0 {
        println!("not granted here: a tracer");
        return;
    }
    root.say("go");
    assert_eq!(root.line(), "killed");
    let begun = Instant::now();
    let told = root.line();
    let taken = begun.elapsed();
    // SAFETY: the tracee is this thread's.
    unsafe { libc::waitpid(inner, std::ptr::null_mut(), libc::__WALL) };
    assert_eq!(told, "finished");
    assert!(taken < Duration::from_secs(3), "{taken:?}");
    let (_, err, status) = root.finish();
    assert!(status.success(), "{status:?} {err}");
}

/// Has a node two levels down, is told to go on, kills the one between and finishes.
pub fn end_of_traced(here: &Here) -> Result<(), String> {
    let below = here.spawn("parent", &[]);
    let said = here.reply(&below)?;
    here.print(&said)?;
    let mut go = [0; 8];
    let _ = here.process().stdin().read(here.waiter(), &mut go);
    let end = below.kill(here.waiter()).expect("not killed");
    check("killed", no_record(&end).is_some()).map_err(|e| format!("{e}: {end:?}"))?;
    here.print("killed")?;
    here.process().finish(here.waiter()).map_err(|e| format!("{e:?}"))?;
    here.print("finished")
}

/// Has a child, says so and hangs.
pub fn parent(here: &Here) -> Result<(), String> {
    let below = here.spawn("deaf", &[]);
    here.print("ready")?;
    hang(here)?;
    drop(below);
    Ok(())
}

// ---- a child that a tracer keeps

/// Guards: one event for each end. While a tracer has not taken a dead child, or the keeper, its descriptor says that it
/// has ended, and its parent cannot reap it.
pub fn kept_by_a_tracer() {
    for of_keeper in [false, true] {
        let mut root = Root::start("mourner", &[]);
        assert_eq!(root.line(), "ready");
        assert!(eventually(SOON, || chain(root.pid()).len() == 2), "a root and its child");
        let dead = if of_keeper { keepers(root.pid())[0] } else { chain(root.pid())[1] };
        let none = std::ptr::null_mut::<libc::c_void>();
        // SAFETY: takes numbers alone.
        if unsafe { libc::ptrace(libc::PTRACE_SEIZE, dead, none, none) } != 0 {
            println!("not granted here: a tracer");
            return;
        }
        kill(dead, libc::SIGKILL);
        assert!(eventually(SOON, || !lives(dead)), "it is killed");
        let spent = spent_by(root.pid());
        // SAFETY: the tracee is this thread's.
        unsafe { libc::waitpid(dead, std::ptr::null_mut(), libc::__WALL) };
        assert!(spent < REST, "it rests: {spent:?}");
        let gone = eventually(SOON, || !std::path::Path::new(&format!("/proc/{dead}")).exists());
        assert!(gone, "it is reaped");
        root.say("go");
        assert_eq!(root.line(), "Killed");
        let (_, err, status) = root.finish();
        assert!(status.success(), "{status:?} {err}");
    }
}

/// Has a child, is told to go on, and says how the child has ended.
pub fn mourner(here: &Here) -> Result<(), String> {
    let below = here.spawn("deaf", &[]);
    here.print("ready")?;
    let mut go = [0; 8];
    let _ = here.process().stdin().read(here.waiter(), &mut go);
    let end = below.kill(here.waiter()).expect("not killed");
    here.print(&no_record(&end).map_or_else(|| format!("{end:?}"), |n| format!("{:?}", n.0)))
}

// ---- a door that nobody can be let in by

/// Guards: the door's rest while no descriptor is free. Who waits before it is let in once there is one.
pub fn crowded() {
    let mut root = Root::start("crowded", &[]);
    assert!(eventually(SOON, || knock(root.pid()).is_ok()), "it has a door");
    root.say("fill");
    assert_eq!(root.line(), "full");
    let waiting = knock(root.pid()).expect("the door is there");
    let spent = spent_by(root.pid());
    assert!(spent < REST, "it rests: {spent:?}");
    root.say("room");
    let mut visit = Visit::new(root.pid(), own_user()).expect("an open door");
    assert_eq!(visit.look(SOON).map(|sights| sights.len()).ok(), Some(1));
    drop(waiting);
    let (_, err, status) = root.finish();
    assert!(status.success(), "{status:?} {err}");
}

/// Takes all descriptors there may be, and gives them back when it is told to.
pub fn crowd(here: &Here) -> Result<(), String> {
    let set = |files: u64| {
        let limit = libc::rlimit { rlim_cur: files, rlim_max: 4096 };
        // SAFETY: reads one structure.
        check("the limit is set", unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit) } == 0)
    };
    let mut line = [0; 8];
    let _ = here.process().stdin().read(here.waiter(), &mut line);
    set(64)?;
    let all: Vec<std::fs::File> = std::iter::from_fn(|| std::fs::File::open("/dev/null").ok()).collect();
    here.print("full")?;
    let _ = here.process().stdin().read(here.waiter(), &mut line);
    set(4096)?;
    drop(all);
    hang(here)
}

// ---- a parent that listens no more

/// Guards: an answer to the parent is sent only if its socket takes it now. With the parent suspended and the socket full
/// the warden would wait for it, and keep no deadline.
pub fn parent_is_deaf() {
    let mut root = Root::command("/proc/self/exe", "stuffed", &[], |command| {
        // The parent is to ask for as long as it writes.
        let removed = std::env::var("WAT_MUTATION").unwrap_or_default();
        command.env("WAT_MUTATION", format!("{removed},deadlock"))
    });
    assert_eq!(root.line(), "ready");
    assert!(eventually(SOON, || chain(root.pid()).len() == 2), "a root and its child");
    let child = chain(root.pid())[1];
    if std::fs::read_to_string(format!("/proc/{child}/syscall")).is_err() {
        println!("not granted here: a look at the calls of others");
        return;
    }
    std::thread::sleep(Duration::from_millis(200));
    // Questions gather before the child, more than it has room for answers to; then nobody takes those.
    kill(child, libc::SIGSTOP);
    std::thread::sleep(Duration::from_millis(1500));
    kill(root.pid(), libc::SIGSTOP);
    kill(child, libc::SIGCONT);
    std::thread::sleep(Duration::from_millis(200));
    let first = waiting_to_send(child);
    std::thread::sleep(Duration::from_millis(100));
    let second = waiting_to_send(child);
    kill(root.pid(), libc::SIGKILL);
    let stays = first.iter().any(|thread| second.contains(thread));
    assert!(!stays, "a thread waits for its parent: {second:?}");
}

/// Threads of the process that are in the call by which packets are sent.
fn waiting_to_send(pid: i32) -> Vec<String> {
    let tasks = std::fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    let sending = tasks.filter(|task| {
        let call = std::fs::read_to_string(task.path().join("syscall")).unwrap_or_default();
        call.split(' ').next() == Some(&libc::SYS_sendmsg.to_string())
    });
    sending.map(|task| task.file_name().to_string_lossy().into_owned()).collect()
}

/// Writes to a child that does not read.
pub fn stuffed(here: &Here) -> Result<(), String> {
    let below = here.spawn("stuffer", &[]);
    here.print("ready")?;
    let _ = below.write(here.waiter(), &vec![b'\n'; 1 << 20]);
    Ok(())
}

/// Leaves its control socket the least room there is, fills its stdout and reads nothing.
pub fn stuffer(here: &Here) -> Result<(), String> {
    let least: libc::c_int = 1;
    let size = size_of::<libc::c_int>() as libc::socklen_t;
    // SAFETY: the option's value is a readable integer of that size.
    let set =
        unsafe { libc::setsockopt(3, libc::SOL_SOCKET, libc::SO_SNDBUF, (&raw const least).cast(), size) };
    check("there is less room", set == 0)?;
    here.print(&"x".repeat(1 << 20))
}

// ---- a limit of open files that falls

/// Guards: the waits of a process that may not poll as many descriptors as it has open.
pub fn narrowed() {
    expect_ok("self-check", &["narrowed"]);
}

pub fn check_narrowed(here: &Here) -> Result<(), String> {
    for files in ["0", "1", "5"] {
        let at = |e: String| format!("{e}: {files} files");
        let child = here.spawn_with("narrow", &[files], |s| s.authority = None);
        check("answers", here.call(&child, "before").map_err(at)? == "before")?;
        let pid = child.pid().ok_or("it was made")?;
        // A word for its warden, which sleeps in a poll that began before the limit fell.
        here.process().set_log_level(child.path(), 1);
        let spent = spent_by(pid);
        check("it rests", spent < REST).map_err(|e| format!("{}, {spent:?}", at(e)))?;
        check("answers still", here.call(&child, "after").map_err(at)? == "after")?;
        let begun = Instant::now();
        let end = child.stop(here.waiter(), Duration::from_secs(20)).expect("not killed");
        check("stopped well", end.cause == Cause::Clean && begun.elapsed() < Duration::from_secs(2))
            .map_err(|e| format!("{}, {end:?}", at(e)))?;
    }
    Ok(())
}

/// `narrow FILES`: passes each line to a child and its reply back, after the limit of open files has fallen to so many.
pub fn narrow(here: &Here) -> Result<(), String> {
    let below = here.spawn("echo", &[]);
    check("works", here.call(&below, "now")? == "now")?;
    let files = here.number(0) as u64;
    let limit = libc::rlimit { rlim_cur: files, rlim_max: files };
    // SAFETY: reads one structure.
    check("the limit falls", unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit) } == 0)?;
    let mut buffer = [0; 64];
    while let Ok(count @ 1..) = here.process().stdin().read(here.waiter(), &mut buffer) {
        let line = String::from_utf8_lossy(&buffer[..count]).into_owned();
        here.print(&here.call(&below, line.trim_end())?)?;
    }
    let end = here.end(&below);
    check("it ended well", end.cause == Cause::Clean).map_err(|e| format!("{e}: {end:?}"))
}

/// What a process uses of the processor in a fifth of a second.
fn spent_by(pid: i32) -> Duration {
    let before = processor_time(pid);
    std::thread::sleep(Duration::from_millis(200));
    processor_time(pid) - before
}

fn processor_time(pid: i32) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<u64>().ok()).unwrap_or(0);
    // A tick is ten milliseconds wherever this runs.
    Duration::from_millis(10 * (ticks(11) + ticks(12)))
}

// ---- a system that is short of memory for a moment

/// Guards: the next attempts to tell a stop, and a command's end. Without them who asked for the command learns that it has
/// ended and not how, and who is to stop learns it by its deadline.
pub fn short_of_memory() {
    for step in ["tether", "stop"] {
        let root = Root::command("/proc/self/exe", "self-check", &["short", step], |command| {
            let removed = std::env::var("WAT_MUTATION").unwrap_or_default();
            command.env("WAT_MUTATION", format!("{removed},short:{step}"))
        });
        let (out, err, status) = root.finish();
        assert!(status.success() && out.ends_with("ok\n"), "{step}: {status:?}\n{out}\n{err}");
    }
}

/// `self-check short STEP`
pub fn check_short(here: &Here) -> Result<(), String> {
    let grace = Duration::from_secs(8);
    if here.arg(1) == "stop" {
        let child = here.spawn("echo", &[]);
        check("works", here.call(&child, "now")? == "now")?;
        let end = child.stop(here.waiter(), grace).expect("not killed");
        return check("told to stop", end.cause == Cause::Clean && end.lasted < grace / 2)
            .map_err(|e| format!("{e}: {end:?}"));
    }
    let spawn = |program: &str, arg: &str| {
        here.spawn_with(program, &[arg], |what| {
            let grants = ["true", "sleep"].map(|command| Grant::Run(command.to_string()));
            what.authority = Some(Authority::of(grants.to_vec(), true));
        })
    };
    let child = spawn("customer", "true");
    let said = here.call(&child, "now")?;
    check("how the command has ended", said == "Clean").map_err(|e| format!("{e}: {said}"))?;
    let child = spawn("client", "0");
    check("its command runs", here.reply(&child)? == "ready")?;
    let end = child.stop(here.waiter(), grace).expect("not killed");
    check("its command is told to stop", end.lasted < grace / 2).map_err(|e| format!("{e}: {end:?}"))
}
