//! Sights drawn for people: the tree with its figures, and who waits for whom. Pure: sights in, text out.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;
use wat_host::see::{Sight, Tier, Wait};

/// A wait as long as this is shown by itself.
const LONG: u64 = 1000;

/// Paths in the order of their numbers.
pub fn order(path: &str) -> Vec<u64> {
    path.split('/').filter_map(|part| part.parse().ok()).collect()
}

/// Text of a tree that may be hostile, for a terminal: control characters are shown as a dot.
pub fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '·' } else { c }).collect()
}

const COLUMNS: usize = 10;
const HEADER: [&str; COLUMNS] =
    ["NODE", "PID", "STATE", "AGE", "MEMORY", "CPU", "RESTARTS", "IN/OUT", "QUEUE", "WAITS"];

/// The tree, a node a line. With an earlier look and the time since, messages are shown per second, else in all.
pub fn tree(sights: &[Sight], before: Option<(Duration, &[Sight])>) -> String {
    let rows = rows(sights, before);
    let mut widths = [0; COLUMNS];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut text = String::new();
    for row in &rows {
        let mut line = String::new();
        for (at, (cell, width)) in row.iter().zip(widths).enumerate() {
            let pad = width - cell.chars().count();
            // Words stand left, numbers right.
            let (before, after) = if matches!(at, 0 | 2 | 9) { (0, pad) } else { (pad, 0) };
            let _ = write!(line, "{}{cell}{}  ", " ".repeat(before), " ".repeat(after));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    for (sight, queue) in sights.iter().flat_map(|sight| sight.queues.iter().map(move |queue| (sight, queue)))
    {
        let _ = writeln!(
            text,
            "queue of {} at {}: {} of {} wait, {} up",
            plain(&queue.name),
            plain(&sight.path),
            queue.waiting,
            queue.room,
            queue.up
        );
    }
    let left_out: u64 = sights.iter().map(|sight| u64::from(sight.left_out)).sum();
    if left_out > 0 {
        let _ = writeln!(text, "{left_out} more nodes did not fit in the answer");
    }
    text
}

/// The cells of [`tree`], the header first.
pub fn rows(sights: &[Sight], before: Option<(Duration, &[Sight])>) -> Vec<[String; COLUMNS]> {
    let mut header = HEADER.map(str::to_string);
    if before.is_some() {
        header[7] = "IN/OUT PER S".to_string();
    }
    let nodes = sights.iter().zip(names(sights)).map(|(sight, name)| figures(sight, name, before));
    std::iter::once(header).chain(nodes).collect()
}

/// Each node's place and program with the branches that lead to it.
fn names(sights: &[Sight]) -> Vec<String> {
    let mut children: BTreeMap<&str, usize> = BTreeMap::new();
    for sight in sights {
        if let Some(parent) = sight.parent() {
            *children.entry(parent).or_default() += 1;
        }
    }
    // For the root and each node on the way down, how many of its branches are still to come.
    let mut open: Vec<usize> = Vec::new();
    sights
        .iter()
        .map(|sight| {
            let depth = if sight.path == "/" { 0 } else { sight.path.matches('/').count() };
            open.truncate(depth);
            let mut name = String::new();
            if let Some((own, above)) = open.split_last_mut() {
                for left in above {
                    name.push_str(if *left > 0 { "│  " } else { "   " });
                }
                *own = own.saturating_sub(1);
                name.push_str(if *own > 0 { "├─ " } else { "└─ " });
            }
            open.push(children.get(sight.path.as_str()).copied().unwrap_or(0));
            let tier = match sight.tier {
                Tier::Process => "",
                Tier::Thread => " (thread)",
                Tier::Command => " (command)",
            };
            name + &plain(&format!("{} {}{tier}", sight.path, sight.program))
        })
        .collect()
}

fn figures(sight: &Sight, name: String, before: Option<(Duration, &[Sight])>) -> [String; COLUMNS] {
    let dash = || "-".to_string();
    let old = before.and_then(|(time, sights)| Some((time, sights.iter().find(|s| s.path == sight.path)?)));
    // What it has read and written; of one that does not answer, what its parent has sent and had.
    let count = |s: &Sight| if s.answers { (s.read, s.written) } else { (s.sent, s.arrived) };
    let (read, written) = count(sight);
    let traffic = match old {
        Some((time, old)) => {
            let rate = |now: u64, then: u64| now.saturating_sub(then) as f64 / time.as_secs_f64().max(0.001);
            let (then_read, then_written) = count(old);
            format!("{:.0}/{:.0}", rate(read, then_read), rate(written, then_written))
        }
        None => format!("{read}/{written}"),
    };
    [
        name,
        if sight.pid > 0 { sight.pid.to_string() } else { dash() },
        state(sight),
        time(sight.age_ms),
        sight.memory.map_or_else(dash, bytes),
        sight.cpu_us.map_or_else(dash, |us| time(us / 1000)),
        sight.restarts.to_string(),
        traffic,
        sight.queued().map_or_else(dash, |n| n.to_string()),
        sight.wait.as_ref().map_or_else(String::new, |wait| wait_text(sight, wait.ms)),
    ]
}

fn state(sight: &Sight) -> String {
    let state = format!("{:?}", sight.state).to_lowercase();
    match (sight.suspended, sight.answers || sight.tier == Tier::Command) {
        (true, true) if sight.tier == Tier::Command => "suspended".to_string(),
        (true, _) => "suspended, not answering".to_string(),
        (false, false) => format!("{state}, not answering"),
        (false, true) => state,
    }
}

/// `call on /0 for 3.2s`
fn wait_text(sight: &Sight, ms: u64) -> String {
    let Some(wait) = &sight.wait else { return String::new() };
    let on = awaited(sight);
    let on = if on.is_empty() { String::new() } else { format!(" on {}", plain(&on.join(", "))) };
    format!("{}{on} for {}", wait.what.name(), time(ms))
}

/// Whom it waits for: the peers of the wait, or its parent.
fn awaited(sight: &Sight) -> Vec<&str> {
    match &sight.wait {
        Some(wait) if matches!(wait.what, Wait::Stdin | Wait::Stdout) => sight.parent().into_iter().collect(),
        Some(wait) => wait.on.iter().map(String::as_str).collect(),
        None => Vec::new(),
    }
}

/// What a node waits for, what that waits for, and so on, a node a line.
pub fn chain(sights: &[Sight], first: &Sight) -> String {
    let mut text = String::new();
    let mut passed: Vec<&str> = Vec::new();
    let mut next = Some(first);
    while let Some(sight) = next {
        if passed.contains(&sight.path.as_str()) {
            let _ = writeln!(text, "and so on: {} again", plain(&sight.path));
            break;
        }
        passed.push(&sight.path);
        let what = match &sight.wait {
            Some(wait) => wait_text(sight, wait.ms),
            None => state(sight),
        };
        let _ = writeln!(text, "{} {what}", plain(&sight.path));
        next = match awaited(sight)[..] {
            [on] => sights.iter().find(|sight| sight.path == on),
            _ => None,
        };
    }
    text
}

/// The waits of a second and longer, the longest first, and the circles among them.
pub fn waits(sights: &[Sight]) -> String {
    let mut long: Vec<(&Sight, u64)> = sights
        .iter()
        .filter_map(|sight| Some((sight, sight.wait.as_ref()?.ms)))
        .filter(|(_, ms)| *ms >= LONG)
        .collect();
    long.sort_by_key(|(_, ms)| std::cmp::Reverse(*ms));
    if long.is_empty() {
        return "\nnobody has waited for a second\n".to_string();
    }
    let mut text = String::from("\nwaits of a second and longer\n");
    for (sight, ms) in &long {
        let _ = writeln!(text, "  {} {}", plain(&sight.path), wait_text(sight, *ms));
    }
    for (child, parent) in circles(&long) {
        let what = |sight: &Sight| sight.wait.as_ref().map_or("", |wait| wait.what.name());
        let _ = writeln!(
            text,
            "  {} and {} wait for each other: {} and {}",
            plain(&parent.path),
            plain(&child.path),
            what(parent),
            what(child)
        );
    }
    text
}

/// Children that wait for their parents while these wait for them alone.
fn circles<'a>(long: &[(&'a Sight, u64)]) -> Vec<(&'a Sight, &'a Sight)> {
    let by_path: BTreeMap<&str, &'a Sight> =
        long.iter().map(|(sight, _)| (sight.path.as_str(), *sight)).collect();
    long.iter()
        .filter_map(|(child, _)| {
            let [on] = awaited(child)[..] else { return None };
            let parent = *by_path.get(on)?;
            (child.parent() == Some(on) && awaited(parent) == [child.path.as_str()])
                .then_some((*child, parent))
        })
        .collect()
}

/// `850ms`, `3.2s`, `2m05s`, `3h10m`, `4d02h`
pub fn time(ms: u64) -> String {
    let seconds = ms / 1000;
    match seconds {
        0 => format!("{ms}ms"),
        1..60 => format!("{}.{}s", seconds, ms % 1000 / 100),
        60..3600 => format!("{}m{:02}s", seconds / 60, seconds % 60),
        3600..86_400 => format!("{}h{:02}m", seconds / 3600, seconds / 60 % 60),
        _ => format!("{}d{:02}h", seconds / 86_400, seconds / 3600 % 24),
    }
}

/// `312K`, `4.2M`, `1.5G`
pub fn bytes(bytes: u64) -> String {
    const UNITS: [(u64, char); 3] = [(1 << 30, 'G'), (1 << 20, 'M'), (1 << 10, 'K')];
    for (size, unit) in UNITS {
        if bytes >= size {
            let whole = bytes as f64 / size as f64;
            return if whole < 10.0 { format!("{whole:.1}{unit}") } else { format!("{whole:.0}{unit}") };
        }
    }
    bytes.to_string()
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use wat_host::see::{State, Waiting};

    pub fn sight(path: &str, wait: Option<(Wait, &[&str], u64)>) -> Sight {
        Sight {
            path: path.to_string(),
            program: "shop/main".to_string(),
            tier: if path == "/1" { Tier::Thread } else { Tier::Process },
            pid: 40,
            state: State::Running,
            suspended: false,
            answers: path != "/0/1",
            age_ms: 3200,
            memory: Some(5 << 20),
            cpu_us: Some(12_000),
            restarts: 0,
            sent: 9,
            arrived: 4,
            read: 7,
            written: 4,
            wait: wait.map(|(what, on, ms)| Waiting {
                what,
                on: on.iter().map(|path| path.to_string()).collect(),
                ms,
            }),
            queues: Vec::new(),
            left_out: 0,
        }
    }

    pub fn shop() -> Vec<Sight> {
        vec![
            sight("/", Some((Wait::Call, &["/0"], 2500))),
            sight("/0", Some((Wait::Recv, &["/0/0"], 2400))),
            sight("/0/0", Some((Wait::Stdin, &[], 2300))),
            sight("/0/1", None),
            sight("/1", Some((Wait::Sleep, &[], 20))),
        ]
    }

    #[test]
    fn branches_lead_from_parents_to_children() {
        let names = names(&shop());
        assert_eq!(
            names,
            [
                "/ shop/main",
                "├─ /0 shop/main",
                "│  ├─ /0/0 shop/main",
                "│  └─ /0/1 shop/main",
                "└─ /1 shop/main (thread)"
            ]
        );
    }

    #[test]
    fn a_line_tells_what_there_is_to_know() {
        let text = tree(&shop(), None);
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[1].ends_with("7/4      -  call on /0 for 2.5s"), "{text}");
        assert!(lines[3].ends_with("7/4      2  stdin on /0 for 2.3s"), "{text}");
        assert!(lines[4].contains("running, not answering") && lines[4].ends_with("9/4      -"), "{text}");
    }

    #[test]
    fn rates_are_of_the_time_between_two_looks() {
        let later: Vec<Sight> =
            shop().into_iter().map(|s| Sight { read: s.read + 10, written: s.written + 4, ..s }).collect();
        let text = tree(&later, Some((Duration::from_secs(2), &shop())));
        assert!(text.lines().nth(1).is_some_and(|line| line.contains(" 5/2 ")), "{text}");
    }

    #[test]
    fn long_waits_are_listed_and_circles_named() {
        assert_eq!(
            waits(&shop()),
            "\nwaits of a second and longer\n  / call on /0 for 2.5s\n  /0 recv on /0/0 for 2.4s\n  \
             /0/0 stdin on /0 for 2.3s\n  /0 and /0/0 wait for each other: recv and stdin\n"
        );
        assert_eq!(waits(&[sight("/", None)]), "\nnobody has waited for a second\n");
    }

    #[test]
    fn what_a_node_calls_itself_cannot_drive_the_terminal() {
        let mut evil = sight("/0", None);
        evil.program = "\x1b[2Jgone\r\n".to_string();
        let text = tree(&[evil], None);
        assert!(text.contains("·[2Jgone··") && !text.contains('\x1b'), "{text}");
    }

    #[test]
    fn times_and_sizes_are_short() {
        let times = [0, 850, 3210, 125_000, 11_400_000, 353_000_000].map(time);
        assert_eq!(times, ["0ms", "850ms", "3.2s", "2m05s", "3h10m", "4d02h"]);
        assert_eq!([17, 4300, 15 << 20, 3 << 29].map(bytes), ["17", "4.2K", "15M", "1.5G"]);
    }
}
