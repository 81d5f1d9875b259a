//! K9: for each way to end badly the parent gets one crash with its true kind.

use crate::support::edn::{crash, field, inside, parse};
use crate::support::source::test_file;
use crate::support::{Tree, soon, turn, wat};
use std::time::Duration;
use wat_edn::Value;

struct Case {
    how: &'static str,
    kind: &'static str,
    /// Part of the message.
    message: &'static str,
    /// Part of the source line that the crash points at; empty where it has no place.
    place: &'static str,
}

const fn case(how: &'static str, kind: &'static str, message: &'static str, place: &'static str) -> Case {
    Case { how, kind, message, place }
}

const CASES: &[Case] = &[
    case("first", "panic", "at the first instruction", "(\"first\""),
    case("panic", "panic", "cart is empty", "(\"panic\""),
    case("assert", "assert", "(= n 2)", "(\"assert\""),
    case("overflow", "overflow", "", "(\"overflow\""),
    case("divide", "divide-by-zero", "", "(\"divide\""),
    case("index", "index", "", "(\"index\""),
    case("stack", "stack-overflow", "", "(defn deep"),
    case("unwrap", "panic", "no sixth", "(\"unwrap\""),
    case("encode", "limit", "", "(defn nester"),
    case("ruined", "index", "", "(def ruin"),
];

/// K9. Guards: the crash record on the control socket (without it the parent knows an exit code alone), its formatting
/// outside the heap and the stack that failed (without it a stack overflow says nothing), and the place tables of the
/// image.
#[test]
fn k9_each_crash_has_its_kind_message_and_place() {
    let _turn = turn(Duration::from_secs(120));
    let source = std::fs::read_to_string(test_file("laws/ends")).expect("the program");
    let mut root = wat(test_file("laws/ends")).start();
    for (nth, case) in CASES.iter().enumerate() {
        let pid = root.ask(&format!("{:?}", case.how));
        let called = parse(&root.line());
        let waited = parse(&root.line());
        let how = case.how;
        assert!(pid.parse::<i32>().is_ok(), "{how}: {pid}");
        for (what, found) in [("call", &called), ("wait", &waited)] {
            assert_eq!(field(found, "kind"), case.kind, "{how}, {what}: {found}");
            let message = field(found, "message");
            assert!(!message.is_empty() && message.contains(case.message), "{how}, {what}: {found}");
            assert_eq!(field(found, "path"), format!("/{nth}"), "{how}, {what}: {found}");
            assert!(field(found, "program").starts_with("ends/"), "{how}, {what}: {found}");
            assert_eq!(field(found, "exit"), "1", "{how}, {what}: {found}");
            assert_eq!(line(&source, found), case.place, "{how}, {what}: {found}");
        }
        if how == "panic" {
            assert_eq!(field(&called, "data"), "{:cart 17}");
            assert_eq!(field(&called, "in-flight"), "1");
        }
        soon("the child is gone", || root.nodes().is_empty());
    }
    assert!(root.finish().status.success());
}

/// What the source line of a crash begins with, cut to what the cases compare.
fn line<'a>(source: &'a str, crash: &Value) -> &'a str {
    let Some(number) = inside(crash, "line").as_int() else { return "" };
    assert!(field(crash, "file").ends_with("ends.wat"), "{crash}");
    let text = source.lines().nth(number as usize - 1).expect("a line of the program").trim_start();
    let end = match text.strip_prefix("(\"") {
        Some(rest) => rest.find('"').map(|at| at + 3),
        None => second_space(text),
    };
    &text[..end.unwrap_or(text.len())]
}

fn second_space(text: &str) -> Option<usize> {
    text.match_indices(' ').map(|(at, _)| at).nth(1)
}

/// K9. An answer given before the end is an answer; the end is its own. Guards: that replies already written are
/// delivered before the crash is told.
#[test]
fn k9_a_crash_after_the_answer_does_not_eat_the_answer() {
    let _turn = turn(Duration::from_secs(60));
    let mut root = wat(test_file("laws/ends")).start();
    root.ask("\"last\"");
    assert_eq!(root.line(), ":answered");
    let waited = parse(&root.line());
    assert_eq!(field(&waited, "kind"), "panic");
    assert_eq!(field(&waited, "message"), "at the last expression");
    assert_eq!(field(&waited, "in-flight"), "0");
    assert!(root.finish().status.success());
}

/// A node that ends well with a request unanswered: the request fails, the end does not.
/// Guards: the numbering of requests and answers (without it the caller waits for ever or gets a bare end).
#[test]
fn k9_an_end_without_an_answer_is_said() {
    let _turn = turn(Duration::from_secs(60));
    let mut root = wat(test_file("laws/ends")).start();
    root.ask("\"silent\"");
    assert_eq!(field(&parse(&root.line()), "kind"), "ended");
    assert_eq!(root.line(), ":well");
    assert!(root.finish().status.success());
}

/// K9. A child ended from outside by a signal. Guards: the kind made of the wait status where there is no record, and
/// the trap handler's giving back of a fault that no compiled code caused (without it SIGSEGV from outside hangs or is
/// taken for a trap).
#[test]
fn k9_an_end_by_signal_says_which() {
    let _turn = turn(Duration::from_secs(60));
    let mut root = wat(test_file("laws/ends")).start();
    for (nth, signal) in [libc::SIGTERM, libc::SIGKILL, libc::SIGSEGV, libc::SIGABRT].into_iter().enumerate()
    {
        let pid = root.ask("\"wait\"").parse().expect("a process number");
        assert_eq!(root.node(&format!("/{nth}")).pid, pid);
        booted(&root, pid);
        crate::support::process::signal_to(pid, signal);
        for what in ["call", "wait"] {
            let found = parse(&root.line());
            assert_eq!(field(&found, "kind"), "killed", "{what}: {found}");
            assert_eq!(field(&found, "signal"), signal.to_string(), "{what}: {found}");
            assert_eq!(field(&found, "path"), format!("/{nth}"), "{what}: {found}");
            assert!(!field(&found, "message").is_empty(), "{what}: {found}");
        }
    }
    assert!(root.finish().status.success());
}

/// The child runs its program: its main thread sleeps in it.
fn booted(root: &Tree, pid: i32) {
    soon("the child sleeps in its program", || {
        let threads = std::fs::read_dir(format!("/proc/{pid}/task")).map_or(0, Iterator::count);
        threads > 1 && root.nodes().iter().any(|node| node.pid == pid && node.state == 'S')
    });
    std::thread::sleep(Duration::from_millis(20));
}

/// K9. What cannot be shipped with a program fails its spawn, not its parent. Guards: that the failure of a spawn is
/// kept in the handle and said at its first use.
#[test]
fn k9_a_capture_that_cannot_travel_is_a_failed_spawn() {
    let _turn = turn(Duration::from_secs(60));
    let mut root = wat(test_file("laws/ends")).start();
    assert_eq!(root.ask("\"capture\""), "nil");
    for _ in 0..2 {
        let found = parse(&root.line());
        assert!(matches!(field(&found, "kind").as_str(), "limit" | "spawn-failed"), "{found}");
        assert!(!field(&found, "message").is_empty(), "{found}");
    }
    assert_eq!(root.ask("\"silent\"").parse::<i32>().map(|_| ()), Ok(()));
    assert!(root.finish().status.success());
}

/// K9 at the root: malformed input is a crash with its kind, on stderr, and exit 1. Guards: the root's printing of
/// its own crash.
#[test]
fn k9_malformed_input_crashes_the_root_with_its_kind() {
    let _turn = turn(Duration::from_secs(60));
    let ended = wat(test_file("session/total")).run("1\n2\n:three\n");
    assert_eq!(ended.status.code(), Some(1), "{ended:?}");
    let found = crash(&ended.err);
    assert_eq!(field(&found, "kind"), "malformed-input");
    assert_eq!(field(&found, "path"), "/");
    assert_eq!(field(&found, "program"), "total/main");
    assert!(field(&found, "message").contains("i64"), "{found}");
    assert!(field(inside(&found, "place"), "file").ends_with("total.wat"), "{found}");
}
