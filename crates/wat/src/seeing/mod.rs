//! The commands that look at a running tree from outside: `wat tree` and its kin. Here: which tree, and the loop over
//! looks. Not here: what a look gives (wat-kernel), nor how it is drawn (`draw.rs`, `json.rs`, `metrics.rs`, `top.rs`).

mod draw;
mod json;
mod metrics;
mod screen;
mod tap;
mod top;

use crate::exit;
use crate::options::Options;
use crate::report;
use std::io::{ErrorKind, IsTerminal, Write};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use wat_host::see::{self, PATIENCE, Sight, Visit};

/// What SIGQUIT at the root prints.
pub fn dump(sights: &[Sight]) -> String {
    let mut sights = sights.to_vec();
    sort(&mut sights);
    draw::tree(&sights, None) + &draw::waits(&sights)
}

/// `wat tree`
pub fn tree(pid: Option<i32>, options: &Options) -> i32 {
    answer(show_tree(pid, options))
}

fn show_tree(pid: Option<i32>, options: &Options) -> Result<(), String> {
    let mut visit = find(pid)?;
    let mut before: Option<(Instant, Vec<Sight>)> = None;
    loop {
        let sights = look(&mut visit)?;
        let now = Instant::now();
        let mut text = if options.as_json {
            json::line(visit.pid(), &sights)
        } else {
            let since = before.as_ref().map(|(at, sights)| (now - *at, sights.as_slice()));
            draw::tree(&sights, since)
        };
        if options.waits && !options.as_json {
            text.push_str(&draw::waits(&sights));
        }
        if options.watch && !options.as_json && std::io::stdout().is_terminal() {
            // Home, and what was below is cleared.
            text = format!("\x1b[H\x1b[2J{text}");
        }
        if !write(&text)? || !options.watch {
            return Ok(());
        }
        before = Some((now, sights));
        std::thread::sleep(Duration::from_secs(1));
    }
}

/// `wat top`
pub fn top(pid: Option<i32>) -> i32 {
    answer(screen::run(pid))
}

/// `wat tap`
pub fn tap(pid: i32, path: &str, options: &Options) -> i32 {
    answer(tap::run(pid, path, options))
}

/// `wat log-level`
pub fn log_level(pid: i32, path: &str, level: &str) -> i32 {
    let tell = || {
        let known = see::LEVELS.iter().position(|known| *known == level).map(|at| at as u8 + 1);
        let level = match (known, level) {
            (Some(level), _) => level,
            (None, "default") => 0,
            _ => return Err(format!("a level is {} or default, not {level}", see::LEVELS.join(", "))),
        };
        let mut visit = find(Some(pid))?;
        if !look(&mut visit)?.iter().any(|sight| sight.path == path) {
            return Err(format!("there is no node {path} in the tree"));
        }
        visit.set_log_level(path, level).map_err(|e| e.to_string())
    };
    answer(tell())
}

/// `wat metrics`
pub fn metrics(pid: Option<i32>, options: &Options) -> i32 {
    let show = || {
        let mut visit = find(pid)?;
        let sights = look(&mut visit)?;
        let text = if options.otlp {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            metrics::otlp(visit.pid(), &sights, u64::try_from(now.as_nanos()).unwrap_or(u64::MAX))
        } else {
            metrics::prometheus(&sights)
        };
        write(&text).map(|_| ())
    };
    answer(show())
}

fn look(visit: &mut Visit) -> Result<Vec<Sight>, String> {
    let mut sights = visit.look(PATIENCE).map_err(|e| e.to_string())?;
    sort(&mut sights);
    Ok(sights)
}

fn sort(sights: &mut [Sight]) {
    sights.sort_by_cached_key(|sight| draw::order(&sight.path));
}

/// The tree of that pid, or of a node in it; without one, the only tree that is running.
fn find(pid: Option<i32>) -> Result<Visit, String> {
    let mut trees = see::trees().map_err(|e| format!("read /proc/net/unix: {e}"))?;
    let user = see::own_user();
    if let Some(pid) = pid {
        let root = std::iter::successors(Some(pid), |pid| parent(*pid))
            .take(1000)
            .find_map(|above| trees.iter().find(|(root, _)| *root == above));
        let Some((root, owner)) = root else {
            return Err(match program(pid) {
                Some(name) => {
                    format!("process {pid} ({name}) is in no tree; wat tree without a PID finds one")
                }
                None => format!("there is no process {pid}; wat tree without a PID finds a tree"),
            });
        };
        return Visit::new(*root, *owner).map_err(|e| e.to_string());
    }
    trees.retain(|(_, owner)| *owner == user || user == 0);
    match trees.as_slice() {
        [] => Err("no tree is running".to_string()),
        [(root, owner)] => Visit::new(*root, *owner).map_err(|e| e.to_string()),
        several => {
            let mut text = format!("{} trees are running; which one?\n", several.len());
            for (pid, _) in several {
                text.push_str(&format!("  wat tree {pid:<8} {}\n", program(*pid).unwrap_or_default()));
            }
            Err(text.trim_end().to_string())
        }
    }
}

fn parent(pid: i32) -> Option<i32> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let above = text.rsplit(')').next()?.split_whitespace().nth(1)?.parse().ok()?;
    (above > 0).then_some(above)
}

/// A process's words, for a list of trees.
fn program(pid: i32) -> Option<String> {
    let line = std::fs::read(format!("/proc/{pid}/cmdline")).ok()?;
    let words: Vec<String> =
        line.split(|b| *b == 0).map(|word| draw::plain(&String::from_utf8_lossy(word))).collect();
    Some(words.join(" ").trim_end().to_string())
}

fn answer(outcome: Result<(), String>) -> i32 {
    match outcome {
        Ok(()) => 0,
        Err(why) => {
            report::write(&format!("wat: {why}\n"));
            exit::MISUSE
        }
    }
}

/// False once nobody reads any more, which is no mistake.
fn write(text: &str) -> Result<bool, String> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => Ok(true),
        Err(e) if e.kind() == ErrorKind::BrokenPipe => Ok(false),
        Err(e) => Err(format!("write stdout: {e}")),
    }
}
