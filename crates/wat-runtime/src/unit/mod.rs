//! Units: the process's main program, a thread's program, an `attempt`, a `def`'s evaluation. How Rust enters
//! compiled code and how it comes back, by return or by crash.
//!
//! Begin with [`Process`] (image, runtime table, `def` values) and [`Thread`] (context record and stack of one
//! operating system thread), then [`program`] (running). [`entry`] is the one way in; [`trap`], [`kick`] and
//! [`leave`] are the ways out that are no return; [`crash`] describes what happened. Values, heaps and types are
//! the rest of this crate's; pipes and processes are nobody's here.

pub mod attempt;
pub mod crash;
pub mod edge;
pub mod entry;
pub mod hail;
pub mod image;
pub mod kick;
pub mod leave;
pub mod program;
pub mod region;
pub mod stack;
pub mod thread;
mod trace;
pub mod trap;

pub use crash::{Crash, Frame, Place};
pub use image::Image;
pub use program::{Outcome, Process};
pub use thread::{Remote, Thread};

use wat_abi::rtfn::RT_COUNT;
use wat_abi::rtfn::RtFn;

/// The runtime functions' addresses in the order of `RtFn`, as the context record holds them.
pub type Table = [usize; RT_COUNT];

/// A table with no rows yet.
pub fn empty_table() -> Box<Table> {
    let rows = vec![0; RT_COUNT].into_boxed_slice();
    rows.try_into().expect("as many rows as there are functions")
}

/// Puts the functions of units into a table. The rest of the runtime and the host add theirs.
pub fn fill(table: &mut Table) {
    table[RtFn::crash_now as usize] = leave::crash_now as *const () as usize;
    table[RtFn::stack_overflow as usize] = leave::stack_overflow as *const () as usize;
    table[RtFn::panic as usize] = leave::panic as *const () as usize;
    table[RtFn::panic_plain as usize] = leave::panic_plain as *const () as usize;
    table[RtFn::assert_failed as usize] = leave::assert_failed as *const () as usize;
    table[RtFn::attempt as usize] = attempt::attempt as *const () as usize;
    table[RtFn::unwrap_failed as usize] = leave::unwrap_failed as *const () as usize;
}

/// The rows nobody has filled: a process starts only when there are none.
pub fn missing(table: &Table) -> impl Iterator<Item = &'static str> {
    RtFn::ALL.iter().filter(|f| table[**f as usize] == 0).map(|f| f.row().name)
}
