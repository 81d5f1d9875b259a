//! Law K11: attempts to get out of a confined process, as native code, three levels down in a tree (`WAT_LAWS=full`: twenty
//! too), as the superuser and as an ordinary user. Each must end as its row says, and nothing outside may have changed.
//!
//! One binary in three roles: the runner, which judges from outside; roots; and the children those spawn. That an attempt
//! can succeed is shown by the same attempt without confinement. Arguments select attempts by part of their names.

#![no_main]

mod attempts;
mod errands;
mod judge;
mod opener;
mod table;
mod tree;

use judge::Scene;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use table::{ROWS, Row};
use tree::Way;
use wat_kernel::machine;

/// The C library's entry: a child must not have run anything before it is known as one.
#[unsafe(no_mangle)]
extern "C" fn main(_count: i32, _arguments: *const *const libc::c_char) -> i32 {
    let args: Vec<String> = std::env::args().collect();
    if wat_kernel::keeper::is_keeper(&args) {
        return wat_kernel::keeper::keep();
    }
    if wat_kernel::boot::is_child(&args) {
        return tree::as_child();
    }
    match args.get(1).map(String::as_str) {
        Some("root") => return tree::as_root(&args[2..]),
        Some("victim") => loop {
            std::thread::sleep(std::time::Duration::from_secs(1));
        },
        Some("--list") => {
            println!("{TEST}: test");
            return 0;
        }
        _ => {}
    }
    let wanted: Vec<&String> = args[1..].iter().filter(|a| !a.starts_with('-')).collect();
    let all = wanted.is_empty() || wanted.iter().any(|w| TEST.contains(w.as_str()));
    let chosen = |row: &&Row| all || wanted.iter().any(|w| row.name.contains(w.as_str()));
    // SAFETY: asks only.
    let superuser = unsafe { libc::geteuid() } == 0;
    let full = std::env::var("WAT_LAWS").is_ok_and(|size| size == "full");
    let (users, depths): (&[bool], &[usize]) =
        (if superuser { &[false, true] } else { &[true] }, if full { &[3, 20] } else { &[3] });
    let mut runs = Vec::new();
    for row in ROWS.iter().filter(chosen) {
        if let Some(lacking) = row.needs.filter(|needs| !has(needs)) {
            println!("{}: not tried, this machine has no {lacking}", row.name);
            continue;
        }
        for (depth, ordinary) in depths.iter().flat_map(|d| users.iter().map(move |u| (*d, *u))) {
            runs.push(Run { row, way: Way::Confined, ordinary, depth });
        }
        // What cannot succeed proves nothing by failing.
        if row.free && superuser {
            runs.push(Run { row, way: Way::Free, ordinary: false, depth: 3 });
        }
    }
    let next = AtomicUsize::new(0);
    let wrong = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..ABREAST {
            scope.spawn(|| {
                while let Some(run) = runs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Some(said) = run.wrong() {
                        println!("{run}: {said}");
                        wrong.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner();
    println!("{} attempts, {} runs, {wrong} wrong\nlaw rounds {}", ROWS.len(), runs.len(), runs.len());
    println!("test {TEST} ... {}", if wrong == 0 { "ok" } else { "FAILED" });
    i32::from(wrong != 0)
}

/// The test, as the table of laws calls it.
const TEST: &str = "k11_no_attempt_reaches_out_of_a_node";
/// Runs at a time: each is mostly waiting for processes to start and end.
const ABREAST: usize = 2;

struct Run {
    row: &'static Row,
    way: Way,
    ordinary: bool,
    depth: usize,
}

impl Run {
    fn wrong(&self) -> Option<String> {
        let scene = Scene::new(self.ordinary);
        let said = scene.run(self.row, self.way, self.depth);
        match self.way {
            Way::Confined => self.row.expect.differs(&said).or_else(|| scene.changed()),
            Way::Free if used_up(&said) => {
                println!("{self}: not tried, others have all this machine gives of it ({said})");
                None
            }
            Way::Free => (said != "through").then_some(said),
        }
    }
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let user = if self.ordinary { "ordinary user" } else { "superuser" };
        match self.way {
            Way::Confined => write!(f, "{} ({user}, depth {})", self.row.name, self.depth),
            Way::Free => write!(f, "{}, without confinement", self.row.name),
        }
    }
}

/// Whether it failed for what the whole machine, or all processes of a user, share: whoever uses that up is not under test.
fn used_up(said: &str) -> bool {
    [libc::EMFILE, libc::ENFILE, libc::ENOSPC].iter().any(|errno| said == format!("errno {errno}"))
}

fn has(mechanism: &str) -> bool {
    machine::mechanisms().iter().any(|m| m.name == mechanism && m.present)
}
