//! K13: tail calls run in constant memory, recursion ends in a value or a crash, and long values are no different.

use crate::support::process::peak_of_own_pages;
use crate::support::source::test_file;
use crate::support::{Tree, turn, wat};
use std::time::Duration;

fn start() -> Tree {
    wat(test_file("laws/depth")).start()
}

/// K13. Guards: tail calls as jumps, the callee's arguments released before them (without either memory grows by each
/// call).
#[test]
fn k13_ten_million_tail_calls_run_in_constant_memory() {
    let _turn = turn(Duration::from_secs(120));
    let mut root = start();
    assert_eq!(root.ask("[:tail 100000]"), "true");
    let before = peak_of_own_pages(root.pid());
    assert_eq!(root.ask("[:tail 10000001]"), "false");
    assert_eq!(root.ask("[:loop 10000000]"), "49999995000000");
    let after = peak_of_own_pages(root.pid());
    assert!(after <= before + 256, "grew from {before} to {after} KiB");
    assert!(root.finish().status.success());
}

/// K13. Guards: the guard page below the stack and the handler that makes a crash of it (without it the process ends
/// by a signal).
#[test]
fn k13_deep_recursion_works_or_is_a_stack_overflow() {
    let _turn = turn(Duration::from_secs(120));
    let mut root = start();
    assert_eq!(root.ask("[:deep 10000]"), "10000");
    let million = root.ask("[:deep 1000000]");
    assert!(million == "1000000" || million == ":stack-overflow", "{million}");
    assert_eq!(root.ask("[:deep 1000000000]"), ":stack-overflow");
    // And again: the stack is whole after it.
    assert_eq!(root.ask("[:deep 1000000000]"), ":stack-overflow");
    assert_eq!(root.ask("[:deep 10000]"), "10000");
    assert!(root.finish().status.success());
}

/// K13. Guards: dropping and comparing without recursion (with it a long list ends the stack).
#[test]
fn k13_a_million_links_are_compared_and_dropped() {
    let _turn = turn(Duration::from_secs(120));
    let mut root = start();
    assert_eq!(root.ask("[:list 1000000]"), "[true 1000000]");
    assert!(root.finish().status.success());
}

/// K13. Guards: the streaming of a long value through a pipe that holds a fraction of it, both ways.
#[test]
fn k13_a_million_elements_travel() {
    let _turn = turn(Duration::from_secs(120));
    let mut root = start();
    for tier in ["vector", "thread"] {
        let answer = root.ask(&format!("[:{tier} 1000000]"));
        assert_eq!(answer, "#wat.core/Ok [1000000 999999000000]", "{tier}");
    }
    assert!(root.finish().status.success());
}
