//! K8, K9, K10: a stranger in the place of a child (`tests/laws/peer.c`). Whatever it does at whatever moment, its parent
//! answers in time, says what happened, keeps nothing of it, and meets the next.

use crate::support::process::peak_of_own_pages;
use crate::support::source::test_file;
use crate::support::{Random, Source, Tree, size, turn, wat};
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

/// The parent's own time for one meeting, beyond what it is told to wait: a call's limit, no more.
const SOON: Duration = Duration::from_secs(3);
/// A stop's grace, or the bound on a child suspended in its boot.
const GRACE: Duration = Duration::from_secs(8);

struct Meeting {
    root: Tree,
    place: Source,
}

impl Meeting {
    fn new() -> Meeting {
        let place = Source::empty();
        let binary = compiled(&place);
        let path = binary.to_str().expect("a plain path");
        let root = wat(test_file("laws/peers")).env("WAT_STAND_IN", path).start();
        Meeting { root, place }
    }

    /// What the call gave, and the end: kind, signal, exit.
    fn with(&mut self, word: &str, end: &str, within: Duration) -> [String; 4] {
        let begun = Instant::now();
        let answer = self.root.ask(&format!("[\"@{word}@\" :{end}]"));
        assert!(begun.elapsed() < within, "{word}: {:?} for {answer}", begun.elapsed());
        let words = answer
            .trim_matches(['[', ']'])
            .replace("#wat.core/Some ", "")
            .replace("#wat.core/None nil", "nil");
        let words: Vec<String> = words.split_whitespace().map(str::to_string).collect();
        words.try_into().unwrap_or_else(|_| panic!("{word}: {answer}"))
    }

    fn expect(&mut self, word: &str, end: &str, expected: [&str; 4]) {
        assert_eq!(self.with(word, end, SOON), expected, "{word}");
    }

    fn finish(self) {
        let ended = self.root.finish();
        assert!(ended.status.success(), "{ended:?}");
        drop(self.place);
    }
}

fn compiled(place: &Source) -> PathBuf {
    let source = test_file("laws/peer").with_extension("c");
    let binary = place.directory.join("peer");
    let made = Command::new("cc").args(["-O1", "-w", "-o"]).arg(&binary).arg(&source).status();
    assert!(made.is_ok_and(|status| status.success()), "cc compiles {}", source.display());
    binary
}

/// K9. Guards: the kind made of the wait status, and the notes of why a child was killed.
#[test]
fn k9_a_stranger_that_leaves_is_told_by_its_true_end() {
    let _turn = turn(Duration::from_secs(120));
    if cfg!(not(debug_assertions)) {
        return;
    }
    let mut meeting = Meeting::new();
    for moment in ["b", "r", "a"] {
        for code in [0, 1, 3, 70, 127, 255] {
            let code = code.to_string();
            meeting.expect(&format!("{moment}:exit:{code}"), "wait", [":exited", ":exited", "nil", &code]);
        }
        for signal in (1..32).filter(|s| !quiet(*s)) {
            let kind = match signal {
                libc::SIGSYS => ":denied",
                libc::SIGXCPU | libc::SIGXFSZ => ":limit",
                _ => ":killed",
            };
            let number = signal.to_string();
            meeting.expect(&format!("{moment}:signal:{number}"), "wait", [kind, kind, &number, "nil"]);
        }
    }
    meeting.finish();
}

/// Signals that end nobody.
fn quiet(signal: i32) -> bool {
    let stops = [libc::SIGSTOP, libc::SIGTSTP, libc::SIGTTIN, libc::SIGTTOU];
    let ignored = [libc::SIGCHLD, libc::SIGCONT, libc::SIGURG, libc::SIGWINCH];
    stops.contains(&signal) || ignored.contains(&signal)
}

/// K9, K10. Guards: that nothing a child says is believed beyond what it can know, and that each request has one answer.
#[test]
fn k10_a_stranger_that_speaks_out_of_turn_is_answered_with_its_kind() {
    let _turn = turn(Duration::from_secs(180));
    if cfg!(not(debug_assertions)) {
        return;
    }
    let mut meeting = Meeting::new();
    let kill = "9";
    meeting.expect("stall", "kill", [":timeout", ":killed", kill, "nil"]);
    meeting.expect("stall-boot", "kill", [":timeout", ":killed", kill, "nil"]);
    meeting.expect("suspend", "kill", [":timeout", ":killed", kill, "nil"]);
    meeting.expect("twice", "kill", [":ok", ":killed", kill, "nil"]);
    meeting.expect("forever-ready", "wait", [":killed", ":killed", kill, "nil"]);
    meeting.expect("liar", "wait", [":exited", ":exited", "nil", "0"]);
    meeting.expect("ended-lie", "wait", [":exited", ":exited", "nil", "3"]);
    meeting.expect("forger", "wait", [":panic", ":panic", "nil", "1"]);
    meeting.expect("half-string", "wait", [":malformed-output", ":exited", "nil", "0"]);
    for word in ["garbage", "wrong-type", "stray-print"] {
        assert_eq!(meeting.with(word, "kill", SOON)[0], ":malformed-output", "{word}");
    }
    // A stop that nobody hears, and a boot that never goes on, end by their bounds.
    assert_eq!(meeting.with("deaf", "stop", GRACE)[1..], [":killed", kill, "nil"]);
    assert_eq!(meeting.with("suspend-boot", "wait", GRACE)[1..], [":killed", kill, "nil"]);
    // What has forked away holds every descriptor; the end does not wait for it.
    meeting.expect("fork-away", "wait", [":exited", ":exited", "nil", "3"]);
    std::thread::sleep(Duration::from_secs(2));
    meeting.finish();
}

/// K8, K10. Guards: the bounds on a value's bytes and depth, on log lines, on what is read ahead (without them the
/// parent grows with what the stranger writes).
#[test]
fn k10_a_stranger_that_floods_makes_its_parent_no_larger() {
    let _turn = turn(Duration::from_secs(180));
    if cfg!(not(debug_assertions)) {
        return;
    }
    let mut meeting = Meeting::new();
    meeting.expect("twice", "kill", [":ok", ":killed", "9", "nil"]);
    let before = peak_of_own_pages(meeting.root.pid());
    for word in ["flood", "flood-nothing", "flood-stderr", "flood-stderr-line", "deep"] {
        meeting.with(word, "kill", SOON);
        let after = peak_of_own_pages(meeting.root.pid());
        println!("{word}: {} KiB", after.saturating_sub(before));
        assert!(after <= before + 2048, "{word}: the parent grew from {before} to {after} KiB");
    }
    meeting.with("endless", "kill", SOON);
    let after = peak_of_own_pages(meeting.root.pid());
    assert!(after <= before + (18 << 10), "endless: the parent grew from {before} to {after} KiB");
    meeting.finish();
}

/// K10. Guards: the bound on the wait for an end that a closed pipe announces (without it a call to a child that has
/// closed its stdout and goes on never returns, whatever its timeout), and that a closed pipe or socket is an end or an error, in whatever order they close.
#[test]
fn k10_descriptors_closed_in_any_order_hang_nobody() {
    let _turn = turn(Duration::from_secs(300));
    if cfg!(not(debug_assertions)) {
        return;
    }
    let mut meeting = Meeting::new();
    for order in orders() {
        for moment in ["b", "r", "a"] {
            let word = format!("{moment}:close:{order}");
            let told = meeting.with(&word, "kill", SOON);
            assert!(told[0] != ":ok" && told[1] == ":killed", "{word}: {told:?}");
        }
    }
    meeting.finish();
}

/// All ways to close 0, 1, 2 and 3, whole and in part.
fn orders() -> Vec<String> {
    let mut found: Vec<String> = vec![String::new()];
    let mut at = 0;
    while at < found.len() {
        let begun = found[at].clone();
        found.extend("0123".chars().filter(|c| !begun.contains(*c)).map(|c| format!("{begun}{c}")));
        at += 1;
    }
    found.retain(|order| order.len() == 1 || order.len() == 4);
    found
}

/// K10. Packets at random on the control socket. Guards: the bounds of the protocol (`control.rs`): what does not parse
/// ends the child and nobody else.
#[test]
fn k10_random_packets_end_the_stranger_alone() {
    let _turn = turn(Duration::from_secs(300));
    if cfg!(not(debug_assertions)) {
        return;
    }
    let mut random = Random::seeded();
    let mut meeting = Meeting::new();
    meeting.expect("twice", "kill", [":ok", ":killed", "9", "nil"]);
    let mut fuzz = |meeting: &mut Meeting, rounds: usize| {
        for _ in 0..rounds {
            let word = format!("fuzz:{}", random.below(1 << 30));
            let told = meeting.with(&word, "wait", SOON);
            assert!(told[1] != ":well", "{word}: {told:?}");
        }
    };
    // The first ones bring in most of the code that meets them: what comes in later hides as much of a peak.
    fuzz(&mut meeting, 20);
    let before = peak_of_own_pages(meeting.root.pid());
    fuzz(&mut meeting, size(2000));
    let after = peak_of_own_pages(meeting.root.pid());
    println!("grew by {} KiB", after.saturating_sub(before));
    assert!(after <= before + 1024, "the parent grew from {before} to {after} KiB");
    meeting.expect("twice", "kill", [":ok", ":killed", "9", "nil"]);
    meeting.finish();
}
