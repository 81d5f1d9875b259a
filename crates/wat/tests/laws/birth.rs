//! K3, K12: what a node is born with, and from what.

use crate::support::process::{Process, descendants, descriptor, out_of_memory_score, table};
use crate::support::source::test_file;
use crate::support::{Source, Tree, turn, wat};
use std::collections::BTreeMap;
use std::fs;
use std::os::fd::AsRawFd;
use std::os::unix::fs::MetadataExt;
use std::time::Duration;

/// K3. Guards: close-on-exec on every descriptor of ours, the marking of inherited ones at the root (without it junk
/// that the shell left open reaches the children), and the placing of 0 to 5 between clone and exec.
#[test]
fn k3_a_node_is_born_with_its_own_descriptors_and_no_others() {
    let _turn = turn(Duration::from_secs(120));
    if !is_root() {
        // A node is not dumpable, so only root may look at its table; the kernel crate's own test looks from inside.
        println!("not root: the tables of nodes cannot be seen from outside");
        return;
    }
    for (depth, junk) in [(1, 0), (2, 100), (3, 5000)] {
        let launch = wat(test_file("laws/chain")).args(&[&depth.to_string()]);
        // SAFETY: the function opens and duplicates descriptors.
        let mut root = unsafe { launch.before(move || inherit(junk)) }.start();
        assert_eq!(root.ask("21"), "42");
        let held = table(root.pid()).len();
        assert!(held > junk, "the root holds {held} descriptors, {junk} of them junk");
        let nodes = root.nodes();
        assert_eq!(nodes.len(), depth);
        for node in &nodes {
            check_table(&root, node);
            check_score(&root, node);
        }
        check_pipes(&root, &nodes);
        let ended = root.finish();
        assert!(ended.status.success(), "{ended:?}");
    }
}

/// Guards: the raise of the root's score while it makes a child, and its end; a node below a confined one has its parent's.
fn check_score(root: &Tree, node: &Process) {
    let expected = (out_of_memory_score(root.pid()) + 50).min(1000);
    assert_eq!(out_of_memory_score(node.pid), expected, "{node:?}");
}

/// K3. Leaves die first. Guards: as above, where each level makes the next, down to a command.
#[test]
fn k3_the_score_rises_with_each_level() {
    let _turn = turn(Duration::from_secs(60));
    let own = out_of_memory_score(std::process::id().cast_signed());
    let mut root = wat(test_file("laws/scores")).start();
    for n in 0..3 {
        assert_eq!(root.ask(&n.to_string()), n.to_string());
    }
    let mut scores: Vec<i32> = descendants().iter().map(|each| out_of_memory_score(each.pid)).collect();
    scores.sort_unstable();
    // The root, which has as much as before, two nodes, a command.
    assert_eq!(scores, [0, 50, 100, 150].map(|above| (own + above).min(1000)));
    let ended = root.finish();
    assert!(ended.status.success(), "{ended:?}");
}

fn is_root() -> bool {
    // SAFETY: geteuid only answers.
    unsafe { libc::geteuid() == 0 }
}

/// So many descriptors on /dev/null, every other one to be closed by exec.
fn inherit(count: usize) -> std::io::Result<()> {
    // SAFETY: system calls on numbers, a constant string and a local.
    unsafe {
        let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
        libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit);
        limit.rlim_cur = limit.rlim_max;
        libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit);
        let null = libc::open(c"/dev/null".as_ptr(), libc::O_RDONLY);
        for nth in 1..count {
            let how = if nth % 2 == 0 { libc::F_DUPFD } else { libc::F_DUPFD_CLOEXEC };
            // Twice as many, so that what is left after exec is as many as asked for.
            if libc::fcntl(null, how, 0) < 0 || libc::fcntl(null, libc::F_DUPFD, 0) < 0 {
                return Err(std::io::Error::last_os_error());
            }
        }
    }
    Ok(())
}

fn check_table(root: &Tree, node: &Process) {
    let found = table(node.pid);
    let shown: Vec<String> = found
        .iter()
        .map(|d| {
            let kind = match d.target.as_str() {
                t if t.starts_with("pipe:") => "pipe",
                t if t.starts_with("socket:") => "socket",
                t if t.starts_with("/memfd:") => "memory-file",
                "anon_inode:[eventfd]" | "anon_inode:[eventpoll]" => "warden's",
                "anon_inode:[pidfd]" => "child",
                t if t.starts_with("pidfd:") => "child",
                other => other,
            };
            format!("{} {kind}{}", d.number, if d.close_on_exec { "" } else { " kept" })
        })
        .collect();
    let binary = env!("CARGO_BIN_EXE_wat");
    let mut expected: Vec<String> =
        ["0 pipe kept", "1 pipe kept", "2 pipe kept", "3 socket"].map(String::from).to_vec();
    expected.extend([format!("4 {binary}"), "5 memory-file".to_string()]);
    assert_eq!(shown[..expected.len().min(shown.len())], expected, "{node:?}");
    // At most one more at birth, the warden's; for each child of its own three pipes, a socket and the child itself,
    // and for all of them a poll set.
    let children = root.nodes().iter().filter(|other| other.parent == node.pid).count();
    let more = |kind: &str| shown[6..].iter().filter(|d| d.ends_with(kind)).count();
    let own = [more(" pipe"), more(" socket"), more(" child"), more(" kept")];
    assert_eq!(own, [3 * children, children, children, 0], "{node:?}: {shown:?}");
    let wardens = shown.len() - 6 - 5 * children;
    assert!(wardens == more(" warden's") && wardens <= 1 + children.min(1), "{node:?}: {shown:?}");

    let same = |a: fs::Metadata, b: fs::Metadata| (a.dev(), a.ino()) == (b.dev(), b.ino());
    let at = |pid, number| fs::metadata(descriptor(pid, number)).expect("an open descriptor");
    assert!(same(at(node.pid, 4), fs::metadata(binary).expect("the binary")), "4 is another file: {node:?}");
    assert!(is_sequenced(&found[3].target), "3 is not a socket of sequenced packets: {node:?}");
    let image =
        table(root.pid()).into_iter().find(|d| d.target.starts_with("/memfd:")).expect("the root's image");
    assert!(same(at(node.pid, 5), at(root.pid(), image.number)), "5 is not the tree's image: {node:?}");
    assert_eq!(
        seals(node.pid, 5),
        libc::F_SEAL_SEAL | libc::F_SEAL_SHRINK | libc::F_SEAL_GROW | libc::F_SEAL_WRITE
    );
}

/// `socket:[17]` as the kernel's list of local sockets has it.
fn is_sequenced(target: &str) -> bool {
    let inode = target.trim_start_matches("socket:[").trim_end_matches(']');
    let list = fs::read_to_string("/proc/net/unix").expect("a list of local sockets");
    list.lines().any(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        words.get(6) == Some(&inode) && words.get(4) == Some(&"0005")
    })
}

fn seals(pid: i32, number: i32) -> i32 {
    let file = fs::File::open(descriptor(pid, number)).expect("root opens anybody's memory file");
    // SAFETY: F_GET_SEALS only answers.
    unsafe { libc::fcntl(file.as_raw_fd(), libc::F_GET_SEALS) }
}

/// Each pipe of a node is held by it and its parent alone.
fn check_pipes(root: &Tree, nodes: &[Process]) {
    let mut holders: BTreeMap<String, Vec<i32>> = BTreeMap::new();
    for pid in nodes.iter().map(|n| n.pid).chain([root.pid()]) {
        for entry in table(pid).into_iter().filter(|d| d.target.starts_with("pipe:")) {
            let pids = holders.entry(entry.target).or_default();
            if !pids.contains(&pid) {
                pids.push(pid);
            }
        }
    }
    for node in nodes {
        for entry in table(node.pid).into_iter().take(3) {
            let mut pids = holders[&entry.target].clone();
            pids.sort_unstable();
            let mut pair = vec![node.parent, node.pid];
            pair.sort_unstable();
            assert_eq!(pids, pair, "{} of {node:?} is held by others too", entry.target);
        }
    }
}

/// K12. Guards: the binary held open and executed by descriptor (by path, the spawn after the deletion fails and the
/// one after the replacement starts something else).
#[test]
fn k12_a_binary_deleted_and_replaced_does_no_harm() {
    let _turn = turn(Duration::from_secs(60));
    let place = Source::empty();
    let copy = place.binary();
    let mut root = wat(test_file("laws/births")).binary(copy.clone()).start();
    assert_eq!(root.ask("1"), "#wat.core/Ok 2");
    fs::remove_file(&copy).expect("removed");
    assert_eq!(root.ask("2"), "#wat.core/Ok 4");
    fs::write(&copy, "#!/bin/sh\necho replaced\n").expect("replaced");
    assert_eq!(root.ask("3"), "#wat.core/Ok 6");
    assert_eq!(root.nodes().len(), 3);
    let ended = root.finish();
    assert!(ended.status.success() && ended.err.is_empty(), "{ended:?}");
}
