//! The laws of the process kernel, against real processes.
//!
//! One binary in three roles: the runner (an outside observer), roots it starts, and the children those spawn. The
//! runner prints its seed; `LAWS_SEED` repeats a run and `LAWS_SCALE` multiplies the rounds. Arguments select
//! tests by part of their names.

mod observer;
mod programs;
mod tests;

use std::process::ExitCode;
use std::time::Instant;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().collect();
    if wat_kernel::boot::is_child(&args) {
        return programs::as_child();
    }
    if args.get(1).is_some_and(|a| a == "root") {
        return programs::as_root(&args[2..]);
    }
    let wanted: Vec<&String> = args[1..].iter().filter(|a| !a.starts_with('-')).collect();
    if args.iter().any(|a| a == "--list") {
        for (name, _) in tests::TESTS {
            println!("{name}: test");
        }
        return ExitCode::SUCCESS;
    }
    println!("seed {}", observer::seed());
    let mut failed = 0;
    for (name, test) in tests::TESTS {
        if !wanted.is_empty() && !wanted.iter().any(|w| name.contains(w.as_str())) {
            continue;
        }
        let begun = Instant::now();
        let outcome = std::panic::catch_unwind(test);
        let word = if outcome.is_ok() { "ok" } else { "FAILED" };
        println!("test {name} ... {word} ({} ms)", begun.elapsed().as_millis());
        failed += usize::from(outcome.is_err());
    }
    let left = observer::tagged_processes();
    if !left.is_empty() {
        println!("processes left over: {left:?}");
        failed += 1;
    }
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
