//! K1: with a node killed at any instant, all below it is gone within a second.

use crate::support::process::{Process, below, descendants};
use crate::support::source::test_file;
use crate::support::{Random, Tree, eventually, size, soon, turn, wat};
use std::time::Duration;

/// What the victims' descendants were doing when they were orphaned.
#[derive(Default, Debug)]
struct Tally {
    below: usize,
    running: usize,
    waiting: usize,
    stopped: usize,
    unborn: usize,
    roots: usize,
}

/// K1. Random trees whose nodes compute, read, write, send, receive and sleep; some are suspended, some not yet
/// booted; a random node is killed at a random instant. Guards: the death signal set between clone and exec (without
/// it computing and suspended nodes live on), the check of the lifeline after it (without it a child whose parent died
/// before the death signal was set lives on), and the warden's reaping (without it the root keeps zombies).
#[test]
fn k1_sigkill_of_any_node_leaves_nothing_below_it() {
    let _turn = turn(Duration::from_secs(600));
    let mut random = Random::seeded();
    let mut tally = Tally::default();
    let mut garden = wat(test_file("laws/garden")).start();
    let mut planted = 0;
    for round in 0..size(1000).max(100) {
        let request = format!("[{} {}]", random.below(4), random.below(1 << 30));
        assert_eq!(garden.ask(&request), (planted + 1).to_string(), "round {round}: {request}");
        let top = format!("/{planted}");
        planted += 1;
        if random.below(2) == 0 {
            settle(&garden, &top);
        } else {
            let longest = if random.below(2) == 0 { 2_000 } else { 20_000 };
            std::thread::sleep(Duration::from_micros(random.below(longest) as u64));
        }
        let nodes = under(&garden.nodes(), &top);
        // Not a clone: one suspended before its first instruction has no death signal yet and will not look at its
        // lifeline until it goes on, so nothing but containment reaches it.
        let born: Vec<&Process> = nodes.iter().filter(|node| !is_clone(node, &nodes)).collect();
        for node in &born {
            if random.below(4) == 0 {
                node.signal(libc::SIGSTOP);
            }
        }
        if nodes.is_empty() || random.below(10) == 0 {
            tally.roots += 1;
            tally.count(&garden.nodes());
            garden.signal(libc::SIGKILL);
            garden.ends_within(Duration::from_secs(1));
            let gone = eventually(Duration::from_secs(1), || descendants().is_empty());
            assert!(
                gone,
                "round {round}, {request}: the root was killed, and this lives: {:#?}",
                descendants()
            );
            garden = wat(test_file("laws/garden")).start();
            planted = 0;
            continue;
        }
        let victim = (*random.one_of(&born)).clone();
        kill(&victim, &mut tally, &request);
        kill(&under(&descendants(), &top).first().cloned().unwrap_or(victim), &mut tally, &request);
        let reaped = eventually(Duration::from_secs(1), || under(&garden.nodes(), &top).is_empty());
        assert!(reaped, "round {round}, {request}: the root keeps {:#?}", garden.nodes());
    }
    println!("{tally:?}");
    assert!(
        tally.below > 50 && tally.stopped > 5 && tally.roots > 0,
        "too little was put to the test: {tally:?}"
    );
    let ended = garden.finish();
    assert!(ended.status.success(), "{ended:?}");
}

/// K1. The parent is killed while its child is between clone and exec, before each step there. Guards: the death signal
/// for what comes after it, and for what comes before it the look at the lifeline (without it a child whose parent died
/// before the death signal was set lives on).
#[test]
fn k1_a_parent_killed_between_clone_and_exec_leaves_nothing() {
    let _turn = turn(Duration::from_secs(300));
    for _ in 0..size(100) {
        for step in ["session", "death-signal", "descriptors", "lifeline", "exec"] {
            let mut root = wat(test_file("laws/waits")).args(&["below"]).pausing(step).start();
            assert_eq!(root.line(), ":blocked");
            soon("the clone is there", || !root.nodes().is_empty());
            root.signal(libc::SIGKILL);
            root.ends_within(Duration::from_secs(1));
            // The pause itself is half a second.
            let gone = eventually(Duration::from_millis(1500), || descendants().is_empty());
            let left = descendants();
            assert!(gone, "killed before {step}, and this lives:\n{}", shown(&left));
        }
    }
}

/// K1. A child that has been in runtime functions since its birth has no warden yet. Of what ends it with its parent only
/// the lifeline is left here. Guards: the look at it by the hail (without it the child lives on).
#[test]
fn k1_a_child_within_a_runtime_function_ends_with_its_parent() {
    let _turn = turn(Duration::from_secs(60));
    for _ in 0..size(40) {
        let mut root = wat(test_file("laws/waits")).args(&["runtime"]).without("death-signal,keeper").start();
        assert_eq!(root.line(), ":blocked");
        soon("its child is there", || !root.nodes().is_empty());
        std::thread::sleep(Duration::from_millis(100));
        root.signal(libc::SIGKILL);
        root.ends_within(Duration::from_secs(1));
        let gone = eventually(Duration::from_secs(1), || descendants().is_empty());
        assert!(gone, "the root was killed, and this lives:\n{}", shown(&descendants()));
    }
}

/// K1. Whoever ends the keeper ends all that it keeps; the next child has another. Guards: the watch over the keeper
/// (without it every later spawn fails).
#[test]
fn k1_a_killed_keeper_takes_its_nodes_along_and_is_replaced() {
    let _turn = turn(Duration::from_secs(60));
    let mut root = wat(test_file("laws/births")).start();
    assert_eq!(root.ask("1"), "#wat.core/Ok 2");
    let keeper = || below(root.pid()).into_iter().find(Process::is_keeper);
    let Some(first) = keeper() else {
        println!("not granted here: namespaces");
        return;
    };
    first.signal(libc::SIGKILL);
    soon("all that it kept is gone", || below(root.pid()).is_empty());
    assert_eq!(root.ask("2"), "#wat.core/Ok 4");
    let second = below(root.pid()).into_iter().find(Process::is_keeper);
    assert!(second.is_some_and(|second| second.pid != first.pid), "another keeper");
    let ended = root.finish();
    assert!(ended.status.success(), "{ended:?}");
}

fn kill(victim: &Process, tally: &mut Tally, request: &str) {
    let path = victim.path().expect("a node").to_string();
    let mut below = under(&descendants(), &path);
    below.retain(|node| node.pid != victim.pid);
    tally.count(&below);
    victim.signal(libc::SIGKILL);
    let gone = eventually(Duration::from_secs(1), || under(&descendants(), &path).is_empty());
    let left = under(&descendants(), &path);
    assert!(gone, "{request}: {path} was killed, and this lives:\n{}", shown(&left));
}

/// The node at a path and all below it. A child between clone and exec still bears its parent's words.
fn under(all: &[Process], path: &str) -> Vec<Process> {
    let below = format!("{path}/");
    let within = |node: &&Process| node.path().is_some_and(|p| p == path || p.starts_with(&below));
    let mut found: Vec<Process> = all.iter().filter(within).cloned().collect();
    found.sort_by_key(|node| node.path().map(str::len));
    found
}

/// Between clone and exec: it still has its parent's words.
fn is_clone(node: &Process, all: &[Process]) -> bool {
    all.iter().any(|other| other.pid == node.parent && other.path() == node.path())
}

/// With what each was doing: its name, and its system call.
fn shown(nodes: &[Process]) -> String {
    let read = |pid, file| std::fs::read_to_string(format!("/proc/{pid}/{file}")).unwrap_or_default();
    let lines = nodes.iter().map(|n| format!("{n:?} {}{}", read(n.pid, "comm"), read(n.pid, "syscall")));
    lines.collect()
}

/// Waits until the tree has not grown for a while.
fn settle(garden: &Tree, top: &str) {
    let mut before = (0, 0);
    eventually(Duration::from_secs(2), || {
        let count = under(&garden.nodes(), top).len();
        before = if count == before.0 { (count, before.1 + 1) } else { (count, 0) };
        before.1 > 15
    });
}

impl Tally {
    fn count(&mut self, nodes: &[Process]) {
        for node in nodes {
            self.below += 1;
            let name = std::fs::read_to_string(format!("/proc/{}/comm", node.pid)).unwrap_or_default();
            match node.state {
                _ if !name.starts_with("wat /") => self.unborn += 1,
                'R' => self.running += 1,
                'T' => self.stopped += 1,
                _ => self.waiting += 1,
            }
        }
    }
}
