//! K17: a root in places that lack what a shell gives: PID 1 of a container, no /proc, nothing writable, no terminal
//! any more, closed or broken stdio, a clock that stands elsewhere. Namespaces are made by `unshare`; where the machine
//! grants none, what needs them says so and asks nothing.

use crate::support::process::{Process, descendants};
use crate::support::source::test_file;
use crate::support::{Tree, eventually, program, soon, turn, wat};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const MINUTE: Duration = Duration::from_secs(60);

/// Does the machine grant such namespaces?
fn granted(words: &[&str]) -> bool {
    let mut probe = Command::new(words[0]);
    probe.args(&words[1..]).arg("true").stdout(Stdio::null()).stderr(Stdio::null());
    let granted = probe.status().is_ok_and(|status| status.success());
    if !granted {
        println!("not granted here: {words:?}");
    }
    granted
}

/// The root below the command that made its namespace.
fn inner(outer: &Tree) -> Process {
    let mut found = None;
    soon("the root in its namespace", || {
        let own = |node: &Process| {
            node.parent == outer.pid() && node.words.first().is_some_and(|w| w.ends_with("/wat"))
        };
        found = outer.nodes().into_iter().find(own);
        found.is_some()
    });
    found.expect("just seen")
}

const CONTAINER: [&str; 4] = ["unshare", "--pid", "--fork", "--mount-proc"];

/// K17. Guards: as PID 1, the reaping of orphans that no node has made (without it the zombie of each stays: what nodes
/// leave is looked for when they end), and the exit by 128 and the signal's number (without it SIGTERM has no effect on
/// PID 1, whose default actions are ignored).
#[test]
fn k17_pid_1_reaps_orphans_and_exits_by_the_signal() {
    let _turn = turn(2 * MINUTE);
    if !granted(&CONTAINER) {
        return;
    }
    let mut outer = wat(test_file("laws/chain")).args(&["3"]).through(&CONTAINER).start();
    assert_eq!(outer.ask("21"), "42");
    let root = inner(&outer);
    // As a command brought into a container from outside, which leaves another behind there.
    let nodes = outer.nodes().len();
    let mut visitor = Command::new("nsenter");
    visitor.args(["--target", &root.pid.to_string(), "--pid", "sh", "-c", "sleep 0.1 &"]);
    assert!(visitor.status().expect("nsenter starts").success());
    let gone = eventually(Duration::from_secs(2), || outer.nodes().len() == nodes);
    assert!(gone, "orphans or zombies are left: {:#?}", outer.nodes());
    // What is below this one has nobody but PID 1 when it has gone.
    outer.node("/0").signal(libc::SIGKILL);
    let gone = eventually(Duration::from_secs(2), || outer.nodes().len() == 1);
    assert!(gone, "orphans or zombies are left: {:#?}", outer.nodes());
    drop(outer);
    soon("the first container is gone", || descendants().iter().all(|p| p.pid != root.pid));

    let mut outer = wat(test_file("laws/waits")).args(&["recv"]).through(&CONTAINER).start();
    assert_eq!(outer.line(), ":blocked");
    inner(&outer).signal(libc::SIGTERM);
    let status = outer.ends_within(Duration::from_secs(2));
    assert_eq!(status.code(), Some(128 + libc::SIGTERM), "{status:?}");
}

/// K17. Guards: opening the binary by the path it was started under where /proc is missing, and passing over what only
/// /proc has (without either no child can be made).
#[test]
fn k17_without_proc_children_are_born_and_answer() {
    let _turn = turn(MINUTE);
    let hidden = ["unshare", "--mount", "sh", "-c", "mount -t tmpfs none /proc && exec \"$0\" \"$@\""];
    if !granted(&hidden) {
        return;
    }
    let mut root = wat(test_file("laws/births")).through(&hidden).start();
    assert_eq!(root.ask("1"), "#wat.core/Ok 2");
    assert_eq!(root.ask("2"), "#wat.core/Ok 4");
    let ended = root.finish();
    assert!(ended.status.success() && ended.err.is_empty(), "{ended:?}");
}

/// K17. wat writes nowhere but where a program says.
#[test]
fn k17_a_read_only_file_system_is_enough() {
    let _turn = turn(MINUTE);
    let sealed = [
        "unshare",
        "--mount",
        "sh",
        "-c",
        "mount --make-rprivate / && mount -o remount,bind,ro / && mount -t tmpfs -o ro none /tmp && exec \"$0\" \"$@\"",
    ];
    if !granted(&sealed) {
        return;
    }
    let mut root = wat(test_file("laws/births")).through(&sealed).start();
    assert_eq!(root.ask("1"), "#wat.core/Ok 2");
    let ended = root.finish();
    assert!(ended.status.success() && ended.err.is_empty(), "{ended:?}");
}

/// K17. Guards: deadlines and sleeps by the monotonic clock alone: ten years off, they last as long.
#[test]
fn k17_another_clock_changes_no_wait() {
    let _turn = turn(MINUTE);
    let years = ["unshare", "--time", "--fork", "--monotonic", "315360000", "--boottime", "315360000"];
    if !granted(&years) {
        return;
    }
    let nap = program(
        "(ns nap) (defn main [] -> nil (do (sleep (millis 200)) (println (map-err :kind (call (spawn-process deaf) 1 {:timeout (millis 200)})))))
         (defn deaf {:in i64 :out i64} [] -> nil (sleep (hours 1)))",
    );
    let begun = Instant::now();
    let mut root = wat(&nap.file).through(&years).start();
    assert_eq!(root.line(), "#wat.core/Err :timeout");
    assert!(begun.elapsed() >= Duration::from_millis(400), "{:?}", begun.elapsed());
    root.nodes().iter().for_each(|node| node.signal(libc::SIGTERM));
    root.ends_within(Duration::from_secs(10));
}

/// K17. Guards: the opening of closed 0 to 2 on /dev/null (without it the first descriptors of ours take their
/// numbers, and what a child writes goes into them).
#[test]
fn k17_any_of_stdio_may_be_closed() {
    let _turn = turn(2 * MINUTE);
    let hello = program(
        "(ns hello) (defn main [] -> nil (do (ignore (readln -> i64)) (eprintln \"log\")
           (println (map-err :kind (call (spawn-process doubler) 21)))))
         (defn doubler {:in i64 :out i64} [] -> nil (serve (fn [n] (* 2 n))))",
    );
    for closed in 0..8 {
        let launch = wat(&hello.file);
        let close = move || {
            for number in (0..3).filter(|number| closed & (1 << number) != 0) {
                // SAFETY: closes a descriptor of the new process.
                unsafe { libc::close(number) };
            }
            Ok(())
        };
        // SAFETY: the function closes descriptors.
        let ended = unsafe { launch.before(close) }.run("1\n");
        assert!(ended.status.success(), "closed {closed:03b}: {ended:?}");
        let out = if closed & 2 == 0 { "#wat.core/Ok 42\n" } else { "" };
        let err = if closed & 4 == 0 { "\"log\"\n" } else { "" };
        assert_eq!((ended.out.as_str(), ended.err.as_str()), (out, err), "closed {closed:03b}");
    }
}

/// K17. Guards: that a closed reader of stdout is a quiet end (without it a crash is told to nobody, or SIGPIPE kills).
#[test]
fn k17_a_stdout_that_breaks_ends_the_root_quietly() {
    let _turn = turn(MINUTE);
    let mut root = wat(test_file("laws/waits")).args(&["write"]).unread().start();
    drop(root.take_stdout());
    let status = root.ends_within(Duration::from_secs(5));
    assert_eq!(status.code(), Some(0), "{status:?} {}", root.stderr());
    assert_eq!(root.stderr(), "");
}

/// K17. Guards: that a hang-up ignored at the start stays ignored (without it `nohup` keeps nothing alive).
#[test]
fn k17_under_nohup_a_hang_up_is_nothing() {
    let _turn = turn(MINUTE);
    let launch = wat(test_file("laws/births"));
    let ignore = || {
        // SAFETY: sets a disposition of the new process.
        unsafe { libc::signal(libc::SIGHUP, libc::SIG_IGN) };
        Ok(())
    };
    // SAFETY: as above.
    let mut root = unsafe { launch.before(ignore) }.start();
    assert_eq!(root.ask("1"), "#wat.core/Ok 2");
    root.signal(libc::SIGHUP);
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!(root.ask("2"), "#wat.core/Ok 4");
    assert!(root.finish().status.success());
}

/// K17. The terminal goes away under a tree that reads and writes it. Guards: that a hang-up stops the tree (without it
/// a tree whose terminal has gone waits for ever).
#[test]
fn k17_a_terminal_that_closes_ends_the_tree() {
    let _turn = turn(MINUTE);
    let (master, slave) = terminal();
    let number = slave.as_raw_fd();
    let adopt = move || {
        // SAFETY: system calls on numbers, in the new process.
        let taken = unsafe {
            libc::setsid();
            libc::ioctl(number, libc::TIOCSCTTY, 0) == 0 && (0..3).all(|n| libc::dup2(number, n) == n)
        };
        if taken { Ok(()) } else { Err(std::io::Error::last_os_error()) }
    };
    // SAFETY: as above.
    let mut root = unsafe { wat(test_file("laws/waits")).args(&["recv"]).before(adopt) }.start();
    drop(slave);
    soon("its child is there", || root.nodes().len() == 1);
    drop(master);
    let status = root.ends_within(Duration::from_secs(6));
    assert_eq!(status.signal(), Some(libc::SIGHUP), "{status:?}");
    let gone = eventually(Duration::from_secs(1), || descendants().is_empty());
    assert!(gone, "{:#?}", descendants());
}

/// Both ends of a new terminal.
fn terminal() -> (OwnedFd, OwnedFd) {
    let (mut master, mut slave) = (-1, -1);
    let none = std::ptr::null_mut();
    // SAFETY: two places for descriptors; no name, modes or size are asked for.
    let made = unsafe {
        libc::openpty(&raw mut master, &raw mut slave, none, std::ptr::null_mut(), std::ptr::null_mut())
    };
    assert_eq!(made, 0, "a terminal can be made");
    // SAFETY: just made, and nobody else's. Close-on-exec so that the new process holds none but its three.
    unsafe {
        libc::fcntl(master, libc::F_SETFD, libc::FD_CLOEXEC);
        libc::fcntl(slave, libc::F_SETFD, libc::FD_CLOEXEC);
        (OwnedFd::from_raw_fd(master), OwnedFd::from_raw_fd(slave))
    }
}
