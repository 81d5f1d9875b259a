//! The laws of the process kernel, against real processes.
//!
//! One binary in four roles: the runner (an outside observer), what reaps above it, roots it starts, and the children
//! those spawn. The runner prints its seed; `WAT_SEED` repeats a run and `WAT_LAWS=full` runs twenty times as many rounds. Arguments
//! select tests by part of their names.

#![no_main]

mod asks;
mod faults;
mod observer;
mod programs;
mod reaper;
mod tests;

use std::time::{Duration, Instant};

/// The C library's entry: Rust's own would read /proc/self/maps and install handlers at every start of a child.
#[unsafe(no_mangle)]
extern "C" fn main(_count: i32, _arguments: *const *const libc::c_char) -> i32 {
    let args: Vec<String> = std::env::args().collect();
    if wat_kernel::keeper::is_keeper(&args) {
        return wat_kernel::keeper::keep();
    }
    if wat_kernel::boot::is_child(&args) {
        return programs::as_child();
    }
    if args.get(1).is_some_and(|a| a == "root") {
        return programs::as_root(&args[2..]);
    }
    if let Some(code) = reaper::above_the_runner(&args) {
        return code;
    }
    // SAFETY: no code runs on the signal; a root that has died is an error value to the runner.
    unsafe { libc::signal(libc::SIGPIPE, libc::SIG_IGN) };
    let wanted: Vec<&String> = args[1..].iter().filter(|a| !a.starts_with('-')).collect();
    if args.iter().any(|a| a == "--list") {
        for (name, _) in tests::TESTS {
            println!("{name}: test");
        }
        return 0;
    }
    println!("WAT_SEED={}", observer::seed());
    let mut failed = 0;
    for (name, test) in tests::TESTS {
        if !wanted.is_empty() && !wanted.iter().any(|w| name.contains(w.as_str())) {
            continue;
        }
        let begun = Instant::now();
        let outcome = std::panic::catch_unwind(test);
        if outcome.is_err() {
            observer::kill_all();
        }
        let word = if outcome.is_ok() { "ok" } else { "FAILED" };
        println!("test {name} ... {word} ({} ms)", begun.elapsed().as_millis());
        failed += usize::from(outcome.is_err());
    }
    // The last test's root may have been killed just now; what is below it has a second to end.
    let end = Instant::now() + Duration::from_secs(1);
    let mut left = observer::tagged_processes();
    while !left.is_empty() && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(10));
        left = observer::tagged_processes();
    }
    if !left.is_empty() {
        println!("processes left over: {left:?}");
        failed += 1;
    }
    i32::from(failed != 0)
}
