//! K2, K4, K18: what comes and goes leaves nothing behind in the process that lives on.

use crate::support::process::{Counts, counts, memory};
use crate::support::source::test_file;
use crate::support::{Tree, eventually, size, turn, wat};
use std::time::Duration;

/// K2. Guards: closing of the parent's four descriptors and reaping of each child when its peer is released, ended or
/// failed, the end of a thread peer's thread, and the release of what a crashed `attempt` held (without any of these
/// one of the counts grows by each cycle).
#[test]
fn k2_cycles_of_start_and_end_leave_nothing() {
    let _turn = turn(Duration::from_secs(300));
    let mut root = wat(test_file("laws/cycles")).start();
    // Twelve cycles a round; seven of each twelve end badly.
    assert_eq!(root.ask("24"), "14");
    let before = settled(&root, None);
    let rounds = size(1000).div_ceil(12);
    for _ in 0..3 {
        assert_eq!(root.ask(&(12 * rounds).to_string()), (7 * rounds).to_string());
        assert_eq!(settled(&root, Some(before)), before);
    }
    let ended = root.finish();
    assert!(ended.status.success(), "{ended:?}");
}

/// The counts once no child is left, and once they are those expected, if that comes.
fn settled(root: &Tree, expected: Option<Counts>) -> Counts {
    let alone = eventually(Duration::from_secs(10), || root.nodes().is_empty());
    assert!(alone, "children or zombies are left: {:#?}", root.nodes());
    eventually(Duration::from_secs(2), || Some(counts(root.pid())) == expected);
    counts(root.pid())
}

/// K4. Guards: no allocation and no lock between clone and exec (a lock held by one of the threads at the clone would
/// never be released in the child, and the spawn would hang).
#[test]
fn k4_spawns_do_not_hang_while_threads_allocate() {
    let _turn = turn(Duration::from_secs(120));
    let mut root = wat(test_file("laws/threads")).start();
    let count = size(1000);
    assert_eq!(root.ask(&count.to_string()), count.to_string());
    assert!(counts(root.pid()).threads >= 18, "the threads are gone: {:?}", counts(root.pid()));
    let ended = root.finish();
    assert!(ended.status.success(), "{ended:?}");
    assert_eq!(ended.out.matches("#wat.core/Err :killed").count(), 16, "{}", ended.out);
}

/// K18. Guards: the release of an attempt's heap, stack and signal state after its crash (without it each crash keeps
/// its pages).
#[test]
fn k18_crashing_attempts_leave_memory_flat() {
    let _turn = turn(Duration::from_secs(300));
    flat("attempt", size(1_000_000), 1024);
}

/// K18. Guards: that a stack can overflow again (without it the second overflow is a signal), and the return of the pages
/// it had grown into (without it the first overflow leaves them).
#[test]
fn k18_stack_overflows_leave_memory_flat() {
    let _turn = turn(Duration::from_secs(900));
    flat("stack", size(1_000), 4096);
    let mut root = wat(test_file("laws/crashes")).start();
    assert_eq!(root.ask("[:attempt 5]"), "5");
    let before = memory(root.pid(), "VmRSS:");
    assert_eq!(root.ask("[:stack 1]"), "1");
    let after = memory(root.pid(), "VmRSS:");
    assert!(after <= before + 4096, "{before} KiB before a stack overflows, {after} KiB after");
    assert!(root.finish().status.success());
}

/// K18. Guards: the release of a thread peer's stack, heap and channels after its crash (without it memory, threads
/// or descriptors grow).
#[test]
fn k18_crashing_threads_leave_memory_flat() {
    let _turn = turn(Duration::from_secs(300));
    flat("thread", size(40_000), 1024);
}

/// The resident memory after the whole count is within `kib` of that after a tenth.
fn flat(what: &str, count: usize, kib: u64) {
    let mut root = wat(test_file("laws/crashes")).start();
    let tenth = (count / 10).max(5);
    assert_eq!(root.ask(&format!("[:{what} {tenth}]")), tenth.to_string());
    let (memory_before, counts_before) = (memory(root.pid(), "VmRSS:"), settled(&root, None));
    for _ in 1..10 {
        assert_eq!(root.ask(&format!("[:{what} {tenth}]")), tenth.to_string());
    }
    let memory_after = memory(root.pid(), "VmRSS:");
    assert_eq!(settled(&root, Some(counts_before)), counts_before);
    assert!(
        memory_after <= memory_before + kib,
        "{memory_before} KiB after {tenth} of {what}, {memory_after} KiB after ten times as many"
    );
    let ended = root.finish();
    assert!(ended.status.success(), "{ended:?}");
}
