//! A child's start does no parsing, checking or compiling: counted from outside.

mod support;
#[path = "../../../xtask/src/start/trace.rs"]
mod trace;

use std::io::Write as _;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::time::Duration;
use support::process::{descendants, memory, minor_faults};
use support::source::test_file;
use support::{Source, Tree, eventually, program, turn, wat};

/// System calls a child may make between its exec and its first look at stdin.
const CALLS: usize = 60;
/// Pages a child may touch in that time: its stack, its heap, its tables and the code it runs.
const FAULTS: u64 = 600;

/// Guards: the image mapped from descriptor 5 (a child that compiled would open sources and the library, and make calls
/// by the thousand), the boot record as the only thing read, the nursery, of which a confined
/// child inherits, and the warden that begins late. Counted by strace, without which there is nothing to see.
#[test]
fn a_start_makes_few_calls_and_opens_no_source() {
    let _turn = turn(Duration::from_secs(120));
    let Some(log) = traced_births(5, &["-s", "200"]) else { return };
    let starts = starts(&log);
    assert_eq!(starts.len(), 5, "five children were started:\n{log}");
    for calls in starts {
        println!("{} calls", calls.len());
        let all = calls.join("\n");
        for call in &calls {
            let opens = call.contains(" open(") || call.contains(" openat(");
            assert!(
                !opens || call.contains("\"/proc/self/") || call.contains("\"/sys/"),
                "{call}\nof\n{all}"
            );
            assert!(!call.contains("execve(") && !call.contains("fork("), "{call}\nof\n{all}");
            let confines = call.contains("seccomp(") || call.contains("landlock_");
            assert!(!confines, "what is inherited is not installed again: {call}\nof\n{all}");
            let thread = call.contains("clone(") || call.contains("clone3(");
            assert!(!thread, "nothing is there yet to be watched: {call}\nof\n{all}");
            assert!(!call.contains("/proc/self/exe"), "nobody needs its file's place: {call}\nof\n{all}");
        }
        assert!((5..=CALLS).contains(&calls.len()), "{} calls:\n{all}", calls.len());
    }
}

/// Guards: the numbers that a parent's lasting ends have (without them the ends of the fiftieth child, up to which its clone
/// copies the table, stand above those of all before it), and the end of that copy.
#[test]
fn a_clone_copies_few_descriptors_however_many_children_there_are() {
    const CHILDREN: usize = 50;
    let _turn = turn(Duration::from_secs(120));
    let Some(log) = traced_births(CHILDREN, &["-e", "trace=close_range"]) else { return };
    let copied: Vec<u32> = log
        .lines()
        .filter(|line| line.contains("CLOSE_RANGE_UNSHARE"))
        .filter_map(|line| line.split_once("close_range(")?.1.split(',').next()?.parse().ok())
        .collect();
    assert!(copied.len() >= CHILDREN, "{log}");
    assert!(copied.iter().all(|below| *below < 128), "{copied:?}");
}

/// Guards: the boot record's word of what the processor can do, from which a child's start takes it. Each CPUID traps into the
/// hypervisor of a virtual machine; a child that asks for itself runs more than forty.
#[test]
fn a_child_asks_the_processor_nothing() {
    const CPUID: [u8; 2] = [0x0f, 0xa2];
    let _turn = turn(Duration::from_secs(120));
    if cfg!(not(known_start)) {
        println!("skipped: the start of this C library is not known");
        return;
    }
    let binary = Path::new(env!("CARGO_BIN_EXE_wat"));
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../bench/wat/spawn.wat");
    let run = trace::children(Command::new(binary).arg(program).args(["1", "1", "1"]));
    let run = match run {
        Err(reason) if reason.contains("not permitted") => {
            println!("not granted here: {reason}");
            return;
        }
        run => run.expect("the trace of a child"),
    };
    let code = Code::of(binary);
    let asked: Vec<String> = run
        .iter()
        .filter(|address| code.at(**address).is_some_and(|bytes| bytes.starts_with(&CPUID)))
        .map(|address| format!("{address:#x}"))
        .collect();
    let known = run.iter().filter(|address| code.at(**address).is_some()).count();
    assert!(known > 5_000, "a child runs this program: {known} of {} addresses", run.len());
    assert!(asked.is_empty(), "a child asks the processor at {asked:?}");
}

const ASKED: &str = "\
(defn main [] -> nil (more (spawn-process echo)))

(defn more [p <- (Peer i64 i64)] -> nil
  (match (readln -> i64)
    ((Some n) (do (dotimes [i n] (ignore (call p i))) (println n) (more p)))
    (None nil)))

(defn echo {:in i64 :out i64} [] -> nil (serve (fn [n] n)))
";

/// Guards: the waits in which a child listens to its parent itself, and that it does: a look at the tree reaches it, and so
/// does its parent's end.
#[test]
fn a_child_that_only_waits_has_one_thread_and_hears_its_parent() {
    let _turn = turn(Duration::from_secs(120));
    let source = program(ASKED);
    let threads = |tree: &Tree| memory(tree.node("/0").pid, "Threads:");
    // On a machine at its limits the time may pass within which a child has to wait.
    let asked = || {
        let mut root = wat(&source.file).start();
        assert_eq!(root.ask("3"), "3");
        if threads(&root) == 1 { Ok(root) } else { Err(root.finish()) }
    };
    let root = (0..20).find_map(|_| asked().ok()).expect("a wait needs no warden");
    let tree = Command::new(env!("CARGO_BIN_EXE_wat")).args(["tree", &root.pid().to_string()]).output();
    let shown = String::from_utf8_lossy(&tree.expect("the binary starts").stdout).into_owned();
    let child = shown.lines().find(|line| line.contains("echo")).unwrap_or_default().to_string();
    assert!(child.contains("stdin"), "the child has said what it waits for: {shown}");
    assert_eq!(threads(&root), 2, "who is looked at begins its warden");
    assert!(root.finish().status.success());

    let mut root = wat(&source.file).start();
    let often = eventually(Duration::from_secs(10), || root.ask("40") == "40" && threads(&root) == 2);
    assert!(often, "who is asked often has a warden");
    assert!(root.finish().status.success());

    let mut root = wat(&source.file).without("death-signal").start();
    assert_eq!(root.ask("1"), "1");
    root.signal(libc::SIGKILL);
    root.ends_within(Duration::from_secs(1));
    let gone = eventually(Duration::from_secs(1), || descendants().is_empty());
    assert!(gone, "its parent is gone, and this lives: {:#?}", descendants());
}

/// Guards: what a start asks before it believes a record: the name, the path, the kind of the socket. Whoever accepts a
/// connection hands it on as descriptor 3 (systemd), with what a stranger has written.
#[test]
fn a_start_believes_no_stranger_on_descriptor_3() {
    let _turn = turn(Duration::from_secs(60));
    // Each word that the start would take says 1: copies of memory would soon go astray.
    let record = [&[1, 0, 0, 0, 0, 0xac, 4][..], &[1, 0, 0, 0, 0, 0, 0, 0].repeat(128)].concat();
    let (stream, packets) = (libc::SOCK_STREAM, libc::SOCK_SEQPACKET);
    for (kind, name, path) in
        [(stream, "wat", "/0"), (packets, "/usr/bin/wat", "/0"), (packets, "wat", "there-is-none.wat")]
    {
        let (ours, theirs) = sockets(kind);
        std::fs::File::from(ours).write_all(&record).expect("the socket has room");
        let mut command = Command::new(env!("CARGO_BIN_EXE_wat"));
        command.arg0(name).args([path, "x"]);
        // SAFETY: between fork and exec, one system call.
        unsafe {
            command.pre_exec(move || match libc::dup2(theirs.as_raw_fd(), 3) {
                -1 => Err(std::io::Error::last_os_error()),
                _ => Ok(()),
            });
        }
        let ended = command.output().expect("the binary starts");
        let said = String::from_utf8_lossy(&ended.stderr);
        assert!(ended.status.code().is_some() && said.contains(path), "{name}: {:?} {said}", ended.status);
    }
}

fn sockets(kind: i32) -> (OwnedFd, OwnedFd) {
    let mut ends = [-1; 2];
    // SAFETY: the call stores two new descriptors, which nobody else owns.
    unsafe {
        let made = libc::socketpair(libc::AF_UNIX, kind | libc::SOCK_CLOEXEC, 0, ends.as_mut_ptr());
        assert_eq!(made, 0, "a pair of sockets");
        (OwnedFd::from_raw_fd(ends[0]), OwnedFd::from_raw_fd(ends[1]))
    }
}

/// What a program's file holds for addresses of its code (ELF64, System V ABI).
struct Code {
    file: Vec<u8>,
    /// Address, place in the file, and length of each segment.
    segments: Vec<[u64; 3]>,
}

impl Code {
    fn of(binary: &Path) -> Code {
        let file = std::fs::read(binary).expect("the binary");
        let word = |at: usize| u64::from_le_bytes(file[at..at + 8].try_into().expect("eight bytes"));
        let half = |at: usize| usize::from(u16::from_le_bytes([file[at], file[at + 1]]));
        let (first, size, count) = (word(32) as usize, half(54), half(56));
        let headers = (0..count).map(|n| first + n * size);
        let segments = headers
            .filter(|at| file[*at..at + 4] == [1, 0, 0, 0])
            .map(|at| [word(at + 16), word(at + 8), word(at + 32)])
            .collect();
        Code { file, segments }
    }

    fn at(&self, address: u64) -> Option<&[u8]> {
        let within = |[start, _, length]: &&[u64; 3]| (*start..start + length).contains(&address);
        let [start, place, _] = self.segments.iter().find(within)?;
        self.file.get((address - start + place) as usize..)
    }
}

/// What strace, told these, says of so many births, each of a child that answers; `None` without strace.
fn traced_births(count: usize, options: &[&str]) -> Option<String> {
    if Command::new("strace").arg("-V").output().is_err() {
        println!("skipped: no strace");
        return None;
    }
    let place = Source::empty();
    let log = place.directory.join("calls");
    let rest = ["-f", "-qq", "-o", log.to_str().expect("UTF-8"), env!("CARGO_BIN_EXE_wat")];
    let asked: Vec<String> = (1..=count).map(|n| n.to_string()).collect();
    let answers: String = (1..=count).map(|n| format!("#wat.core/Ok {}\n", 2 * n)).collect();
    let words = [options, &rest].concat();
    let traced = wat(test_file("laws/births")).binary("strace".into()).options(&words).run(asked.join(" "));
    assert_eq!(traced.out, answers, "{traced:?}");
    Some(std::fs::read_to_string(log).expect("strace's output"))
}

/// For each child the lines from its exec to its first read of descriptor 0 or look at it.
fn starts(log: &str) -> Vec<Vec<&str>> {
    let lines: Vec<&str> = log.lines().collect();
    let process = |line: &str| line.split_whitespace().next().unwrap_or_default().to_string();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        // The line of a call that returned; where another thread came between, its second half.
        if !(line.contains("execveat") && line.trim_end().ends_with("= 0")) {
            continue;
        }
        let main = process(line);
        let mut calls = Vec::new();
        for line in &lines[at + 1..] {
            if process(line) != main {
                continue;
            }
            if line.contains(" read(0") || line.contains("poll([{fd=0") {
                break;
            }
            // A call in two halves is one call.
            if !line.contains("resumed>") && !line.contains("+++") && !line.contains("---") {
                calls.push(*line);
            }
        }
        // A keeper names itself, and is no child.
        if !calls.iter().any(|call| call.contains("\"wat keeper\"")) {
            found.push(calls);
        }
    }
    found
}

/// Guards: as above: a child that carried the checked library or the compiler's tables would touch thousands of pages.
#[test]
fn a_start_touches_few_pages() {
    let _turn = turn(Duration::from_secs(60));
    let mut root = wat(test_file("laws/births")).start();
    for n in 1..=5 {
        assert_eq!(root.ask(&n.to_string()), format!("#wat.core/Ok {}", 2 * n));
    }
    let nodes = root.nodes();
    assert_eq!(nodes.len(), 5);
    for node in nodes {
        let (faults, resident) = (minor_faults(node.pid), memory(node.pid, "RssAnon:"));
        println!("{faults} faults, {resident} KiB of its own");
        assert!(faults > 0 && faults < FAULTS, "{node:?}: {faults} faults");
        assert!(resident < minor_pages(FAULTS), "{node:?}: {resident} KiB");
    }
    let ended = root.finish();
    assert!(ended.status.success(), "{ended:?}");
}

/// Pages in KiB.
fn minor_pages(count: u64) -> u64 {
    4 * count
}
