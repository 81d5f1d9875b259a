//! The tree under test: a root, two levels that pass on, and the attempt at the third. Not here: what is attempted.

use crate::attempts::{Place, Tried};
use crate::table::ROWS;
use std::sync::atomic::AtomicU32;
use wat_kernel::{Authority, Boot, Cause, Outcome, Process, Spawn, Waiter, boot, install_plain_kick, sealed};

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Confined,
    Free,
}

impl Way {
    pub fn word(self) -> &'static str {
        if self == Way::Free { "free" } else { "confined" }
    }
}

/// `root confined|free ATTEMPT DIRECTORY VICTIM PORT DEPTH`, of which the last is the number of levels to the attempt.
pub fn as_root(args: &[String]) -> i32 {
    let mut boot = Boot::root(0, "escapes/node");
    boot.args = args.to_vec();
    let image = sealed(c"image", b"not code").expect("a memory file");
    run(boot::root(boot, Some(image)).expect("a root"))
}

pub fn as_child() -> i32 {
    match boot::child(boot::Watch::AtOnce) {
        Ok(process) => run(process),
        Err(_) => 70,
    }
}

fn run(process: Process) -> i32 {
    install_plain_kick().expect("a handler");
    let word: &'static AtomicU32 = Box::leak(Box::new(AtomicU32::new(0)));
    // SAFETY: the word is never freed.
    let waiter = unsafe { process.register(word) };
    process.serve_asks(Box::new(crate::opener::Sockets));
    let line = if process.boot().depth() == depth(&process) {
        attempt(&process, &waiter)
    } else {
        pass_on(&process, &waiter)
    };
    let written = process.write(&waiter, format!("{line}\n").as_bytes());
    assert!(written.is_ok(), "{written:?}");
    process.exit(&waiter, Outcome::Clean)
}

fn attempt(process: &Process, waiter: &Waiter) -> String {
    let args = &process.boot().args;
    let row = ROWS.iter().find(|row| row.name == args[1]).expect("the runner names a row");
    match (row.attempt)(&place(args, waiter)) {
        Tried::Through => "through".to_string(),
        Tried::Errno(errno) => format!("errno {errno}"),
    }
}

fn depth(process: &Process) -> usize {
    process.boot().args[5].parse().expect("a number")
}

fn place<'a>(args: &[String], waiter: &'a Waiter) -> Place<'a> {
    let number = |at: usize| args[at].parse().expect("a number");
    Place { directory: args[2].clone(), victim: number(3), port: number(4) as u16, waiter }
}

/// Spawns the next level and says what it said, or how it ended without a word.
fn pass_on(process: &Process, waiter: &Waiter) -> String {
    let args = process.boot().args.clone();
    let row = ROWS.iter().find(|row| row.name == args[1]).expect("the runner names a row");
    let mut what = Spawn::new(0, "escapes/node");
    what.authority =
        if args[0] == "free" { None } else { Some(Authority::of((row.grants)(&place(&args, waiter)), true)) };
    if process.boot().depth() + 1 == depth(process) {
        row.adapt.iter().for_each(|adapt| adapt(&mut what));
    }
    what.args = args;
    let child = process.spawn(waiter, what);
    let mut said = Vec::new();
    let mut buffer = [0; 256];
    while let Ok(count @ 1..) = child.read(waiter, &mut buffer) {
        said.extend_from_slice(&buffer[..count]);
    }
    let end = child.wait(waiter).expect("not killed");
    match &end.cause {
        Cause::Clean => String::from_utf8_lossy(&said).trim().to_string(),
        Cause::NoRecord(told) => format!("{:?} {}", told.kind, told.reason),
        Cause::Crash(record) => format!("Crash {}", String::from_utf8_lossy(record)),
    }
}
