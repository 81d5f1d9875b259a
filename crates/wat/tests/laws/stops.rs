//! K5: a stop ends every wait at once, and what does not wait by its deadline.

use crate::support::process::{descendants, memory};
use crate::support::source::test_file;
use crate::support::{Tree, eventually, size, soon, turn, wat};
use std::os::unix::process::ExitStatusExt;
use std::time::{Duration, Instant};

/// What the deadline is where nobody says another.
const GRACE: Duration = Duration::from_secs(5);

fn blocked(place: &str) -> Tree {
    let mut root = wat(test_file("laws/waits")).args(&[place]).start();
    assert_eq!(root.line(), ":blocked");
    let children = if matches!(place, "recv" | "call" | "send" | "select" | "wait" | "below" | "threaded") {
        1
    } else {
        0
    };
    soon("its children are there", || root.nodes().len() == children);
    // Into the wait itself, beyond what can be seen from outside.
    std::thread::sleep(Duration::from_millis(50));
    assert!(!root.has_ended(), "{place}: nothing to stop: {}", root.stderr());
    root
}

/// K5. Guards: the stop word and the kick that repeats until the waiting thread answers (without the kick a wait that
/// has begun never ends; without its repetition one that begins just then does not).
#[test]
fn k5_sigterm_ends_every_wait() {
    let _turn = turn(Duration::from_secs(300));
    for place in ["read", "recv", "call", "send", "select", "sleep", "wait", "thread"] {
        let mut worst = Duration::ZERO;
        for _ in 0..size(100) {
            let mut root = blocked(place);
            let begun = Instant::now();
            root.signal(libc::SIGTERM);
            // The whole tree, within the second that the law of every end allows.
            let status = root.ends_within(Duration::from_secs(1));
            worst = worst.max(begun.elapsed());
            assert_eq!(status.signal(), Some(libc::SIGTERM), "{place}: {status:?} {}", root.stderr());
            let left = descendants();
            assert!(left.is_empty(), "{place}: the root is gone, and this lives: {left:#?}");
        }
        println!("{place}: {worst:?} at most");
    }
}

/// K5. A stop that comes between a thread's last look and the wait itself. Guards: the repetition of the kick (without
/// it the only one has been answered before the wait begins, and the wait lasts to the deadline).
#[test]
fn k5_a_stop_just_before_a_wait_is_not_lost() {
    let _turn = turn(Duration::from_secs(120));
    for place in ["read", "sleep"] {
        for _ in 0..size(40) {
            let mut root = wat(test_file("laws/waits")).args(&[place]).pausing("wait").start();
            assert_eq!(root.line(), ":blocked");
            std::thread::sleep(Duration::from_millis(100));
            root.signal(libc::SIGTERM);
            let status = root.ends_within(Duration::from_secs(2));
            assert_eq!(status.signal(), Some(libc::SIGTERM), "{place}: {status:?} {}", root.stderr());
        }
    }
}

/// K5. A child that never waits. Guards: the hail that begins its warden all the same (without it the child would never be
/// ready, and hear no stop), and for one that is in runtime functions nearly always the rows that lead through it.
#[test]
fn k5_a_child_that_never_waits_is_watched_over() {
    let _turn = turn(Duration::from_secs(60));
    for _ in 0..size(40) {
        for (child, says) in [
            ("spinner", "#wat.kernel.Status/Running nil"),
            ("writer", "#wat.kernel.Status/Running nil"),
            ("cutter", "#wat.kernel.Status/Running nil"),
            ("measurer", "#wat.kernel.Status/Running nil"),
            ("asker", "#wat.core/Ok nil"),
        ] {
            let mut root = wat(test_file("laws/waits")).args(&[child]).start();
            assert_eq!(root.line(), ":blocked");
            assert_eq!(root.line(), says, "{child}");
            assert!(root.finish().status.success());
        }
        // What has spoken runs, whether its warden has begun or not.
        let mut root = wat(test_file("laws/waits")).args(&["speaker"]).without("hail").start();
        assert_eq!(root.line(), ":blocked");
        assert_eq!(root.line(), "#wat.kernel.Status/Running nil");
        assert!(root.finish().status.success());
    }
}

/// K5. A child that waits for the first time as its thread begins. Guards: the warden that is there before a second thread, so
/// that no child listens to its parent beside its warden (without it one takes a stop from the other, which nobody then hears).
#[test]
fn k5_a_child_with_a_thread_hears_its_stop() {
    let _turn = turn(Duration::from_secs(120));
    for _ in 0..size(200) {
        let mut root = blocked("threaded");
        soon("its thread is there", || memory(root.node("/0").pid, "Threads:") > 1);
        std::thread::sleep(Duration::from_millis(20));
        // The root computes, so nothing but the stop reaches the child.
        root.signal(libc::SIGTERM);
        let gone = eventually(Duration::from_secs(1), || root.nodes().is_empty());
        assert!(gone, "its parent stops, and this lives: {:#?}", root.nodes());
        root.signal(libc::SIGKILL);
        root.ends_within(Duration::from_secs(1));
    }
    let mut root = wat(test_file("laws/waits")).args(&["many"]).start();
    assert_eq!(root.line(), ":blocked");
    for n in 0..50 {
        assert_eq!(root.line(), format!("#wat.core/Ok {n}"));
    }
    assert!(root.finish().status.success());
}

/// K5. Guards: the warden's deadline (without it a program that computes or is blocked in a write never ends).
#[test]
fn k5_what_does_not_wait_ends_by_its_deadline() {
    let _turn = turn(Duration::from_secs(120));
    for place in ["compute", "below"] {
        let mut root = blocked(place);
        ends_by_deadline(&mut root, place);
    }
    let mut root = wat(test_file("laws/waits")).args(&["write"]).unread().start();
    soon("the writer is blocked", || pipe_is_full(&root));
    ends_by_deadline(&mut root, "write");
}

fn ends_by_deadline(root: &mut Tree, place: &str) {
    let begun = Instant::now();
    root.signal(libc::SIGTERM);
    let status = root.ends_within(GRACE + Duration::from_secs(1));
    println!("{place}: {:?}", begun.elapsed());
    assert!(!status.success(), "{place}: {status:?}");
    let gone = eventually(Duration::from_secs(1), || descendants().is_empty());
    assert!(gone, "{place}: {:#?}", descendants());
}

/// Does the root's main thread sleep in a write to its stdout?
fn pipe_is_full(root: &Tree) -> bool {
    let call = std::fs::read_to_string(format!("/proc/{}/syscall", root.pid())).unwrap_or_default();
    // Number 1 is `write`, 20 `writev`, 7 and 271 the polls before them; the first argument of a write is the descriptor.
    let words: Vec<&str> = call.split_whitespace().collect();
    matches!(words.as_slice(), ["1" | "20", "0x1", ..] | ["7" | "271", ..])
}

/// Guards: a second signal makes the deadline now (without it a person waits five seconds for a program that computes).
#[test]
fn a_second_interrupt_does_not_wait() {
    let _turn = turn(Duration::from_secs(60));
    let mut root = blocked("compute");
    root.signal(libc::SIGINT);
    std::thread::sleep(Duration::from_millis(100));
    assert!(!root.has_ended());
    root.signal(libc::SIGINT);
    root.ends_within(Duration::from_secs(2));
}
