//! A process as /proc shows it. Not here: starting one (`tree`).

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;

/// A living process or a zombie that its parent has not reaped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process {
    pub pid: i32,
    pub parent: i32,
    /// As in `ps`: R, S, T, Z…
    pub state: char,
    pub words: Vec<String>,
}

/// Everything below this process. Dead orphans that are ours to reap are reaped, and not shown.
pub fn descendants() -> Vec<Process> {
    below(std::process::id() as i32)
}

/// Everything below a process, itself excluded.
pub fn below(pid: i32) -> Vec<Process> {
    let mut children: HashMap<i32, Vec<(i32, char)>> = HashMap::new();
    for entry in fs::read_dir("/proc").expect("/proc is mounted").flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        if let Some((parent, state)) = stat(pid) {
            children.entry(parent).or_default().push((pid, state));
        }
    }
    let mut found: Vec<Process> = Vec::new();
    let mut above = vec![pid];
    while let Some(parent) = above.pop() {
        for (pid, state) in children.remove(&parent).unwrap_or_default() {
            above.push(pid);
            if state == 'Z' && parent == std::process::id() as i32 && reaped(pid) {
                continue;
            }
            let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            let words = line.split(|b| *b == 0).map(|w| String::from_utf8_lossy(w).into_owned()).collect();
            found.push(Process { pid, parent, state, words });
        }
    }
    found
}

/// Parent and state.
fn stat(pid: i32) -> Option<(i32, char)> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let mut words = text.rsplit(')').next()?.split_whitespace();
    let state = words.next()?.chars().next()?;
    Some((words.next()?.parse().ok()?, state))
}

/// Reaps an orphan. A child that `Command` started is left to it, or its status would be lost: those are the roots,
/// and the tools that a test runs.
fn reaped(pid: i32) -> bool {
    if super::tree::is_ours(pid) {
        return false;
    }
    // SAFETY: waitpid accepts a null status.
    unsafe { libc::waitpid(pid, std::ptr::null_mut(), libc::WNOHANG) == pid }
}

impl Process {
    /// Its place in the tree, where it is a child: `/2/0`.
    pub fn path(&self) -> Option<&str> {
        match self.words.as_slice() {
            [wat, path, ..] if wat == "wat" && path.starts_with('/') && !path.ends_with(".wat") => Some(path),
            _ => None,
        }
    }

    /// The first process of a namespace of nodes; it bears its maker's words until it has become one.
    pub fn is_keeper(&self) -> bool {
        self.words.first().is_some_and(|word| word == "wat keeper")
    }

    pub fn program(&self) -> Option<&str> {
        self.path().and(self.words.get(2)).map(String::as_str)
    }

    pub fn signal(&self, signal: i32) {
        signal_to(self.pid, signal);
    }
}

pub fn signal_to(pid: i32, signal: i32) {
    // SAFETY: kill with numbers; the process is one of our trees.
    unsafe { libc::kill(pid, signal) };
}

/// What stands behind a descriptor: `pipe:[17]`, `/usr/bin/wat`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Descriptor {
    pub number: i32,
    pub target: String,
    pub close_on_exec: bool,
}

/// The descriptor table of a process, in order. Of a node only root can look at it: nodes are not dumpable.
pub fn table(pid: i32) -> Vec<Descriptor> {
    let mut found: Vec<Descriptor> = fs::read_dir(format!("/proc/{pid}/fd"))
        .unwrap_or_else(|e| panic!("the descriptors of {pid}: {e}"))
        .flatten()
        .filter_map(|entry| {
            let number = entry.file_name().to_str()?.parse().ok()?;
            let target = fs::read_link(entry.path()).ok()?.display().to_string();
            let info = fs::read_to_string(format!("/proc/{pid}/fdinfo/{number}")).ok()?;
            let flags = info.lines().find_map(|line| line.strip_prefix("flags:"))?.trim();
            let flags = i32::from_str_radix(flags, 8).ok()?;
            Some(Descriptor { number, target, close_on_exec: flags & libc::O_CLOEXEC != 0 })
        })
        .collect();
    found.sort_by_key(|d| d.number);
    found
}

pub fn descriptor(pid: i32, number: i32) -> PathBuf {
    PathBuf::from(format!("/proc/{pid}/fd/{number}"))
}

/// How many descriptors, threads and memory files a process has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    pub descriptors: usize,
    pub threads: usize,
    pub memory_files: usize,
}

pub fn counts(pid: i32) -> Counts {
    let table = table(pid);
    Counts {
        descriptors: table.len(),
        threads: fs::read_dir(format!("/proc/{pid}/task")).map_or(0, Iterator::count),
        memory_files: table.iter().filter(|d| d.target.starts_with("/memfd:")).count(),
    }
}

/// A figure of `/proc/PID/status` in KiB: `VmRSS`, `VmHWM`.
pub fn memory(pid: i32, name: &str) -> u64 {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
    let digits: String = line.chars().filter(char::is_ascii_digit).collect();
    digits.parse().unwrap_or_else(|_| panic!("{name} of {pid} in {text:?}"))
}

/// The most that this process's own pages have come to, in KiB: the peak of what was resident, less what it has mapped of files.
/// Code comes in as it first runs, however much of it has run before, and no input makes more of it.
/// Never less than its own pages now; of a peak in between it leaves out what came in of files after it.
pub fn peak_of_own_pages(pid: i32) -> u64 {
    memory(pid, "VmHWM:").saturating_sub(memory(pid, "RssFile:"))
}

pub fn out_of_memory_score(pid: i32) -> i32 {
    let text = fs::read_to_string(format!("/proc/{pid}/oom_score_adj")).unwrap_or_default();
    text.trim().parse().unwrap_or_else(|_| panic!("the score of {pid} is a number: {text:?}"))
}

/// Page faults without a disk, so far.
pub fn minor_faults(pid: i32) -> u64 {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).expect("a living process");
    let words = text.rsplit(')').next().expect("rsplit gives one");
    words.split_whitespace().nth(7).and_then(|word| word.parse().ok()).expect("the tenth field is a number")
}
