//! The command line, and the only caller of `process::exit`. A child never comes past its first line.
//!
//! Not here: what a program means, how it is compiled, what a process is.

mod commands;
mod crash;
mod options;
mod report;

/// Exit codes: 0 ended well, 1 crashed, 2 did not compile, 64 misuse, 70 a defect in wat itself.
pub mod exit {
    pub const COMPILE: i32 = 2;
    pub const MISUSE: i32 = 64;
    pub const DEFECT: i32 = 70;
}

fn main() {
    if let Some(code) = wat_host::child() {
        std::process::exit(code);
    }
    std::panic::set_hook(Box::new(report::defect));
    let code = std::panic::catch_unwind(commands::run).unwrap_or(exit::DEFECT);
    std::process::exit(code);
}
