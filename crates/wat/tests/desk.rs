//! The web-log desk (`examples/desk`): eight processes on three levels, correct, visible, bounded, and gone when they
//! must be.

mod support;

use std::io::Write;
use std::os::fd::AsRawFd;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use support::edn::{field, inside, parse};
use support::process::{Process, descendants, memory};
use support::source::repository;
use support::{Random, Tree, eventually, soon, turn, wat};
use wat_edn::Value;

/// Paths and programs below the desk.
const NODES: &[(&str, &str)] = &[
    ("/0", "desk.parse/node"),
    ("/0/0", "desk.request/node"),
    ("/0/1", "desk.time/node"),
    ("/1", "desk.status/node"),
    ("/2", "desk.sizes/node"),
    ("/2/0", "desk.percentiles/node"),
    ("/2/1", "desk.paths/node"),
];

fn file(name: &str) -> PathBuf {
    repository().join("examples/desk").join(name)
}

fn desk() -> support::Launch {
    wat(file("desk.wat")).options(&["--in", "lines"])
}

/// The report computed by other code in another language.
fn checked(log: &[u8]) -> String {
    let mut python = Command::new("python3")
        .arg(file("check.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 is there: .ci/run installs it");
    let mut stdin = python.stdin.take().expect("piped");
    let log = log.to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&log).expect("check.py reads all of it"));
    let output = python.wait_with_output().expect("an end");
    writer.join().expect("a writer does not fail");
    assert!(output.status.success(), "check.py: {:?}", output.status);
    String::from_utf8(output.stdout).expect("text")
}

fn generated(seed: usize, lines: usize) -> Vec<u8> {
    let made =
        wat(file("make-log.wat")).options(&["--out", "lines"]).args(&[&seed.to_string(), &lines.to_string()]);
    let made = made.run("");
    assert!(made.status.success(), "{:?} {}", made.status, made.err);
    assert_eq!(made.out.lines().count(), lines);
    made.out.into_bytes()
}

/// Two hundred thousand lines, made once.
fn long_log() -> &'static [u8] {
    static LOG: OnceLock<Vec<u8>> = OnceLock::new();
    LOG.get_or_init(|| generated(11, 200_000))
}

/// Guards: every part between a line and the report, against an independent computation.
#[test]
fn the_report_is_what_another_program_computes() {
    let _turn = turn(Duration::from_secs(120));
    let small = std::fs::read(file("small.log")).expect("the log");
    let expected = checked(&small);
    assert!(expected.starts_with("#desk.report/Report {:lines 300 "), "{expected}");
    let ended = desk().run(&small);
    assert!(ended.status.success(), "{ended:?}");
    assert_eq!(ended.out, expected);

    let seed = Random::seeded().below(1 << 30);
    let log = generated(seed, 50_000);
    let expected = checked(&log);
    assert!(expected.starts_with("#desk.report/Report {:lines 50000 "), "{expected}");
    let ended = desk().run(&log);
    assert!(ended.status.success(), "seed {seed}: {ended:?}");
    assert_eq!(ended.out, expected, "seed {seed}");
}

/// A desk that reads without end.
struct Busy {
    root: Tree,
    feeder: Option<std::thread::JoinHandle<()>>,
}

static FEEDING: AtomicBool = AtomicBool::new(false);

fn busy() -> Busy {
    let log = long_log();
    let mut root = desk().start();
    let mut stdin = root.stdin.take().expect("piped");
    FEEDING.store(true, Ordering::SeqCst);
    // Until the desk ends or the test says so.
    let feeder = std::thread::spawn(move || {
        for piece in log.chunks(1 << 16).cycle() {
            if stdin.write_all(piece).is_err() || !FEEDING.load(Ordering::SeqCst) {
                return;
            }
        }
    });
    let busy = Busy { root, feeder: Some(feeder) };
    soon("all eight work", || {
        let nodes = busy.root.nodes();
        nodes.len() == NODES.len() && nodes.iter().all(|node| worked(node) > 0)
    });
    busy
}

/// Clock ticks of processor time.
fn worked(node: &Process) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/{}/stat", node.pid)).unwrap_or_default();
    let words: Vec<&str> = text.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    [11, 12].iter().filter_map(|at| words.get(*at)?.parse::<u64>().ok()).sum()
}

impl Drop for Busy {
    fn drop(&mut self) {
        FEEDING.store(false, Ordering::SeqCst);
        if !self.root.has_ended() {
            self.root.signal(libc::SIGKILL);
        }
        if let Some(feeder) = self.feeder.take() {
            // It has nothing to report.
            let _ = feeder.join();
        }
    }
}

/// Guards: one process a node, with path and program in its arguments, and that all of them work at once.
#[test]
fn eight_processes_are_visible_with_their_paths() {
    let _turn = turn(Duration::from_secs(120));
    let busy = busy();
    let mut found: Vec<(String, String)> = busy
        .root
        .nodes()
        .iter()
        .map(|node| (node.path().unwrap_or("?").to_string(), node.program().unwrap_or("?").to_string()))
        .collect();
    found.sort();
    let expected: Vec<(String, String)> = NODES.iter().map(|(a, b)| (a.to_string(), b.to_string())).collect();
    assert_eq!(found, expected);
}

/// Guards: death signal and lifeline below the node that is killed; the crash as one typed value above it.
#[test]
fn any_node_killed_takes_its_tree_or_is_named_in_the_crash() {
    let _turn = turn(Duration::from_secs(300));
    for (path, _) in NODES {
        ends_with_crash(path, libc::SIGKILL);
    }
    ends_at_once(libc::SIGKILL);
}

/// Guards: as above for signals that a node does not handle, and the stop protocol for those the root does.
#[test]
fn signals_end_the_desk_or_a_node_alike() {
    let _turn = turn(Duration::from_secs(300));
    for signal in [libc::SIGINT, libc::SIGTERM] {
        ends_at_once(signal);
        ends_with_crash("/0", signal);
        ends_with_crash("/0/1", signal);
    }
}

/// The root itself is signalled.
fn ends_at_once(signal: i32) {
    let mut busy = busy();
    busy.root.signal(signal);
    let status = busy.root.ends_within(Duration::from_secs(3));
    assert_eq!(status.signal(), Some(signal), "{status:?} {}", busy.root.stderr());
    gone();
}

fn ends_with_crash(path: &str, signal: i32) {
    let mut busy = busy();
    busy.root.node(path).signal(signal);
    let status = busy.root.ends_within(Duration::from_secs(3));
    assert_eq!(status.code(), Some(1), "{path}, signal {signal}: {status:?} {}", busy.root.stderr());
    let printed = busy.root.line();
    let crash = parse(&printed);
    assert!(printed.starts_with("#wat.kernel/Crash "), "{path}: {printed}");
    let killed = cause_at(&crash, path).unwrap_or_else(|| panic!("{path} is not named in {printed}"));
    assert_eq!(field(killed, "kind"), "killed", "{path}: {printed}");
    assert_eq!(field(killed, "signal"), signal.to_string(), "{path}: {printed}");
    gone();
}

/// The crash of a node in a chain of causes.
fn cause_at<'a>(crash: &'a Value, path: &str) -> Option<&'a Value> {
    match crash {
        Value::Nil => None,
        found if field(found, "path") == path => Some(found),
        other => cause_at(inside(other, "cause"), path),
    }
}

fn gone() {
    let gone = eventually(Duration::from_secs(1), || descendants().is_empty());
    assert!(gone, "the desk is gone, and this lives: {:#?}", descendants());
}

/// Guards: bounds on everything between two nodes: pipes, batches under way, tables of the nodes.
#[test]
fn memory_stays_flat_however_long_the_log() {
    let _turn = turn(Duration::from_secs(300));
    let mut root = desk().start();
    let mut stdin = root.stdin.take().expect("piped");
    let lines: Vec<&[u8]> = long_log().split_inclusive(|b| *b == b'\n').collect();
    let mut after = Vec::new();
    for piece in lines.chunks(20_000) {
        stdin.write_all(&piece.concat()).expect("the desk reads");
        at_rest(&root, &stdin);
        after.push(resident(&root));
    }
    assert_eq!(after.len(), 10);
    for ((path, early), (_, late)) in after[1].iter().zip(&after[9]) {
        println!("{path}: {early} KiB, then {late} KiB");
        assert!(*late <= early + 1024, "{path} grew from {early} to {late} KiB");
    }
    drop(stdin);
    let ended = root.finish();
    assert!(ended.status.success(), "{ended:?}");
}

/// Resident memory of each node in KiB, by path.
fn resident(root: &Tree) -> Vec<(String, u64)> {
    let mut found: Vec<(String, u64)> = root
        .nodes()
        .iter()
        .map(|node| (node.path().unwrap_or("?").to_string(), memory(node.pid, "VmRSS:")))
        .collect();
    found.push(("/".to_string(), memory(root.pid(), "VmRSS:")));
    found.sort();
    assert_eq!(found.len(), NODES.len() + 1);
    found
}

/// Waits until the desk has read what there is, and all its nodes wait for more.
fn at_rest(root: &Tree, stdin: &ChildStdin) {
    let mut quiet = 0;
    let rests = eventually(Duration::from_secs(60), || {
        let mut left: libc::c_int = 0;
        // SAFETY: FIONREAD stores the count of unread bytes in the local.
        unsafe { libc::ioctl(stdin.as_raw_fd(), libc::FIONREAD, &raw mut left) };
        quiet = if left == 0 && root.nodes().iter().all(|node| node.state == 'S') { quiet + 1 } else { 0 };
        quiet > 10
    });
    assert!(rests, "the desk does not come to rest: {:#?}", root.nodes());
}

/// Guards: the restart of the supervised parser; without it the report is a crash. Each batch is counted once, so one that
/// was answered twice would show.
#[test]
fn a_supervised_desk_reports_the_same_while_its_parsers_are_killed() {
    let _turn = turn(Duration::from_secs(300));
    let mut random = Random::seeded();
    let log = generated(random.below(1 << 30), 20_000);
    let expected = checked(&log);
    let mut root = wat(file("supervised.wat")).options(&["--in", "lines"]).start();
    let mut stdin = root.stdin.take().expect("piped");
    // However fast the desk is, a tenth of the log waits for each of the first kills.
    let (killed, told) = std::sync::mpsc::channel();
    let feeder = std::thread::spawn(move || {
        for piece in log.chunks(log.len() / 10) {
            stdin.write_all(piece).expect("the desk reads all of it");
            // Nobody tells any more after the last.
            let _ = told.recv();
        }
    });
    let mut kills = 0;
    while !feeder.is_finished() && kills < 20 {
        let mut nodes = root.nodes();
        nodes.retain(|node| {
            matches!(node.program(), Some("desk.parse/node" | "desk.request/node" | "desk.time/node"))
        });
        if !nodes.is_empty() {
            random.one_of(&nodes).signal(libc::SIGKILL);
            kills += 1;
            let _ = killed.send(());
        }
        std::thread::sleep(Duration::from_millis(random.below(300) as u64));
    }
    drop(killed);
    feeder.join().expect("a feeder does not fail");
    let ended = root.finish();
    println!("{kills} kills");
    assert!(kills > 9, "too little was put to the test");
    assert!(ended.status.success(), "{ended:?}");
    assert_eq!(ended.out, expected);
}
