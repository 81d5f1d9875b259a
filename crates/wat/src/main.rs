//! The command line, and the only caller of `process::exit`. A child never comes past its first line.
//!
//! Not here: what a program means, how it is compiled, what a process is.

#![no_main]

mod chaos;
mod commands;
mod crash;
mod doc;
mod doctor;
mod formatting;
mod help;
mod logs;
mod newproject;
mod options;
mod repl;
mod report;
mod seeing;
#[cfg(known_start)]
mod start;
mod testing;

/// Exit codes: 0 ended well, 1 crashed, 2 did not compile, 64 misuse, 70 a defect in wat itself.
pub mod exit {
    pub const COMPILE: i32 = 2;
    pub const MISUSE: i32 = 64;
    pub const DEFECT: i32 = 70;
}

/// What the library's crates bring to every process.
pub const LIBRARY: wat_host::Library =
    wat_host::Library { rows, opener: || Box::new(wat_io::Opener), processor };

#[cfg(known_start)]
use start::found as processor;
/// Nothing: each process asks for itself.
#[cfg(not(known_start))]
fn processor() -> Vec<u8> {
    Vec::new()
}

fn rows(table: &mut wat_runtime::unit::Table) {
    wat_library::fill(table);
    wat_io::fill(table);
}

/// Where the C library's loader of shared objects believes that the program lies: it is not known. A program that loads
/// none has no use for it, and the library's own answer asks /proc at the start of every process.
#[unsafe(no_mangle)]
extern "C" fn _dl_get_origin() -> *const libc::c_char {
    std::ptr::without_provenance(usize::MAX)
}

/// The C library's entry. Rust's own reads /proc, maps a signal stack and installs handlers: some fifteen system calls
/// at the start of every child, for what wat sets up itself.
#[unsafe(no_mangle)]
extern "C" fn main(_count: i32, _arguments: *const *const libc::c_char) -> i32 {
    if let Some(code) = wat_host::child(LIBRARY) {
        std::process::exit(code);
    }
    // SAFETY: no code runs on the signal; a reader that has gone is an error value.
    unsafe { libc::signal(libc::SIGPIPE, libc::SIG_IGN) };
    wat_host::guard_stdio();
    std::panic::set_hook(Box::new(report::defect));
    let code = std::panic::catch_unwind(commands::run).unwrap_or(exit::DEFECT);
    std::process::exit(code);
}
