//! K6: memory does not grow with what is sent, only with what may be under way.

use crate::support::process::{Process, memory};
use crate::support::source::test_file;
use crate::support::{Launch, Tree, is_full, size, soon, turn, wat};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::time::{Duration, Instant};

/// What a node's private memory may grow by between the first tenth of the messages and the last, in KiB.
const GROWTH: u64 = 128;

/// K6. Guards: the blocking of a write whose pipe is full (without it what is sent is kept by its sender, and memory
/// grows with every message).
#[test]
fn k6_a_slow_leaf_ten_levels_down_holds_back_the_root() {
    let _turn = turn(Duration::from_secs(900));
    slow_leaf(|launch| launch);
}

/// K6. The same where the user's quota of pipe memory is used up: the system then gives pipes of two pages, and refuses
/// larger ones. Guards: that nothing depends on the size of a pipe (without it a node takes what does not fit for lost).
#[test]
fn k6_holds_with_an_exhausted_pipe_quota() {
    let _turn = turn(Duration::from_secs(900));
    // SAFETY: geteuid only answers.
    let own = unsafe { libc::geteuid() };
    // Root has no quota; a user nobody else is does.
    let user = if own == 0 { 40_000 + std::process::id() % 20_000 } else { own };
    let pipes = std::thread::spawn(move || exhaust(user)).join().expect("pipes");
    slow_leaf(|launch| {
        let become_user = move || {
            // SAFETY: system calls with numbers, in the new process.
            let done = own != 0 || unsafe { libc::setgid(user) == 0 && libc::setuid(user) == 0 };
            if done { Ok(()) } else { Err(std::io::Error::last_os_error()) }
        };
        // SAFETY: as above.
        unsafe { launch.before(become_user) }
    });
    drop(pipes);
}

/// K6, K7. The same with pipes of one page, which is what the system gives where the quota's hard limit is reached, and
/// what is promised of calls and of two sides blocked on each other. Guards: that what is written takes no pipe to have
/// room for it.
#[test]
fn k6_holds_with_pipes_of_one_page() {
    let _turn = turn(Duration::from_secs(900));
    if cfg!(not(debug_assertions)) {
        return;
    }
    slow_leaf(Launch::with_small_pipes);
    let pressure = |word: &str| wat(test_file("laws/pressure")).args(&[word]).with_small_pipes();
    assert_eq!(pressure("call").run("").out, "6000000\n");
    assert_eq!(pressure("drain").run("").out, "#wat.core/Ok nil\n");
    let ended = pressure("deadlock").run("");
    assert!(ended.out.starts_with("[:deadlock ") && ended.out.contains("/0"), "{ended:?}");
}

/// Pipes until the user's quota is used up; they are accounted to whoever makes them, which is the calling thread alone.
fn exhaust(user: u32) -> Vec<OwnedFd> {
    // SAFETY: the calls are made directly, so that they change this thread and not the process.
    unsafe {
        libc::syscall(libc::SYS_setresgid, user, user, user);
        libc::syscall(libc::SYS_setresuid, user, user, user);
    }
    let mut pipes: Vec<OwnedFd> = Vec::new();
    for _ in 0..400 {
        let mut ends = [-1; 2];
        // SAFETY: room for two descriptors, which are nobody else's.
        let [read, write] = unsafe {
            assert_eq!(libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC), 0, "a pipe");
            ends.map(|end| OwnedFd::from_raw_fd(end))
        };
        // SAFETY: fcntl with numbers on a descriptor that is open.
        let size = unsafe { libc::fcntl(read.as_raw_fd(), libc::F_GETPIPE_SZ) };
        pipes.extend([read, write]);
        if size <= 8192 {
            println!("the quota is used up by {} pipes, and one has {size} bytes", pipes.len() / 2);
            return pipes;
        }
        // SAFETY: as above. As large as may be; where it may not, the next is small.
        unsafe { libc::fcntl(pipes[pipes.len() - 1].as_raw_fd(), libc::F_SETPIPE_SZ, 1 << 20) };
    }
    panic!("the quota of pipes is never used up");
}

fn slow_leaf(adapt: impl Fn(Launch) -> Launch) {
    let count = size(1_000_000);
    // More than all pipes on the way hold.
    let first = (count / 10).max(20_000);
    let alone = stream(adapt(wat(test_file("laws/stream")).args(&["1"])), first);
    let mut root = adapt(wat(test_file("laws/stream")).args(&["10"])).start();
    let begun = Instant::now();
    assert_eq!(root.ask(&first.to_string()), first.to_string());
    soon("ten nodes are there", || root.nodes().len() == 10);
    let before: Vec<(Process, u64)> =
        root.nodes().into_iter().map(|node| (node.clone(), private(node.pid))).collect();
    let root_before = private(root.pid());
    root.say(&(count - first).to_string());
    soon("the root's writer is blocked", || waits_to_write(&root));
    assert_eq!(root.line(), (count - first).to_string());
    let pace = begun.elapsed().as_secs_f64() / count as f64;
    let mut table = vec![(0, root_before, private(root.pid()))];
    for (node, kib) in &before {
        table.push((node.path().expect("a node").matches('/').count(), *kib, private(node.pid)));
    }
    table.sort_unstable();
    for (depth, before, after) in &table {
        println!("memory depth {depth}: {before} KiB after {}, {after} KiB after {count}", first);
        assert!(*after <= before + GROWTH, "depth {depth} grew from {before} to {after} KiB");
    }
    println!("{:.1} µs a message at depth 10, {:.1} at depth 1", pace * 1e6, alone * 1e6);
    // Ten processes need processors to run beside the leaf; the full size is for a machine that has them.
    assert!(!is_full() || alone >= 0.5 * pace, "{alone} s a message at depth 1, {pace} at depth 10");
    root.signal(libc::SIGTERM);
    root.ends_within(Duration::from_secs(6));
}

/// Seconds a message takes.
fn stream(launch: Launch, count: usize) -> f64 {
    let mut root = launch.start();
    root.ask("5000");
    let begun = Instant::now();
    root.ask(&count.to_string());
    let pace = begun.elapsed().as_secs_f64() / count as f64;
    root.signal(libc::SIGTERM);
    root.ends_within(Duration::from_secs(6));
    pace
}

/// KiB that no other process has.
fn private(pid: i32) -> u64 {
    memory(pid, "RssAnon:")
}

/// Does the root's main thread sleep in a poll: on its child's full pipe, since its stdin has given what it had?
fn waits_to_write(root: &Tree) -> bool {
    let call = std::fs::read_to_string(format!("/proc/{}/syscall", root.pid())).unwrap_or_default();
    let mut left: libc::c_int = 1;
    let stdin = root.stdin.as_ref().expect("stdin is open").as_raw_fd();
    // SAFETY: FIONREAD stores the count of unread bytes in the local.
    unsafe { libc::ioctl(stdin, libc::FIONREAD, &raw mut left) };
    left == 0 && matches!(call.split_whitespace().next(), Some("7" | "271"))
}

/// K6. Nobody reads the root's stderr, and a child's log is many times what any pipe holds. Guards: the warden's
/// draining of stderr (without it the child stays blocked in its log and never answers) and the bound on what waits to
/// go up (without it the root grows with the log).
#[test]
fn k6_a_flood_of_log_that_nobody_reads_blocks_nobody() {
    let _turn = turn(Duration::from_secs(300));
    let mut root = wat(test_file("laws/noise")).unread_stderr().start();
    let lines = size(200_000);
    assert_eq!(root.ask(&lines.to_string()), lines.to_string());
    let before = memory(root.pid(), "RssAnon:");
    assert_eq!(root.ask(&(4 * lines).to_string()), (4 * lines).to_string());
    let after = memory(root.pid(), "RssAnon:");
    assert!(after <= before + 512, "the root grew from {before} to {after} KiB over {lines} lines of log");
    assert!(root.finish().status.success());
}
