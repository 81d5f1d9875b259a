//! Who is in the tree now, by /proc and parentage. Not here: what is done to anybody.

use super::sys;
use std::collections::HashMap;
use std::fs;
use std::path::Path;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    pub pid: i32,
    pub parent: i32,
    /// As in `ps`.
    pub state: char,
    /// Edges from the root.
    pub depth: usize,
    /// No node: the first process of a namespace of nodes.
    pub keeper: bool,
}

/// The root and all below it. Dead orphans, which are this process's, are reaped and not among them.
pub fn take(root: i32) -> Vec<Node> {
    let own = std::process::id() as i32;
    let mut children: HashMap<i32, Vec<(i32, Stat)>> = HashMap::new();
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        if let Some(stat) = stat(pid) {
            children.entry(stat.parent).or_default().push((pid, stat));
        }
    }
    let mut found = Vec::new();
    let mut above = vec![(own, 0)];
    while let Some((parent, depth)) = above.pop() {
        for (pid, Stat { state, keeper, .. }) in children.remove(&parent).unwrap_or_default() {
            let orphan = parent == own && pid != root;
            if orphan && state == 'Z' {
                sys::reap(pid);
                continue;
            }
            above.push((pid, depth + 1));
            found.push(Node { pid, parent, state, depth, keeper });
        }
    }
    found
}

/// Whether each thread of the process waits for something; a root that is still compiled works in one of its own.
pub fn rests(pid: i32) -> bool {
    let tasks: Vec<_> = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten().collect();
    !tasks.is_empty() && tasks.iter().all(|task| state(&task.path()).is_some_and(|stat| stat.state == 'S'))
}

struct Stat {
    parent: i32,
    state: char,
    keeper: bool,
}

fn stat(pid: i32) -> Option<Stat> {
    state(Path::new(&format!("/proc/{pid}")))
}

/// What a directory of /proc tells.
fn state(at: &Path) -> Option<Stat> {
    let text = fs::read_to_string(at.join("stat")).ok()?;
    let (name, rest) = text.rsplit_once(')')?;
    let mut words = rest.split_whitespace();
    let state = words.next()?.chars().next()?;
    Some(Stat { parent: words.next()?.parse().ok()?, state, keeper: name.ends_with("(wat keeper") })
}

/// The descriptors a process holds beyond those of its children: pipes, sockets and processes. A node has three of the
/// first and one of the second with its parent, and for each child as many and its process; with a keeper, that and its
/// own process. `None` where it may not be looked at.
pub fn spare(pid: i32, nodes: &[Node]) -> Option<i64> {
    let count = |keeper| nodes.iter().filter(|node| node.parent == pid && node.keeper == keeper).count();
    let due = 5 * count(false) + 2 * count(true);
    let mut held = 0;
    for entry in fs::read_dir(format!("/proc/{pid}/fd")).ok()?.flatten() {
        let info = format!("/proc/{pid}/fdinfo/{}", entry.file_name().display());
        // A child that has ended and whose handle the program still has: its process, and what was not read or written.
        if fs::read_to_string(info).is_ok_and(|text| text.contains("Pid:\t-1")) {
            held -= 1;
            continue;
        }
        let target = fs::read_link(entry.path()).ok()?.display().to_string();
        let kind = ["pipe:", "socket:", "anon_inode:[pidfd]", "pidfd:"];
        held += i64::from(kind.iter().any(|kind| target.starts_with(kind)));
    }
    Some(held - due as i64)
}
