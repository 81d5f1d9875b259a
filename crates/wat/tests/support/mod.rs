//! Real processes under observation: what every test of the `wat` binary needs.
//!
//! A test takes its [`turn`], starts trees ([`wat`]), looks at them from outside ([`process`]) and judges. Since this
//! process is a subreaper, whatever a tree leaves behind becomes a child of ours, whichever way its parent went: so the
//! descendants of this process are all there is to look at, and a turn ends by asserting that there are none.
//!
//! `WAT_SEED` repeats a run; `WAT_LAWS=full` runs the sizes of KERNEL.md instead of a twentieth.

#![allow(dead_code, unused_imports, reason = "each test binary uses its own part")]

pub mod apart;
pub mod command;
pub mod edn;
pub mod patience;
pub mod process;
pub mod random;
pub mod socket;
pub mod source;
pub mod tree;
pub mod turn;

pub use apart::apart;
pub use patience::{eventually, soon};
pub use random::Random;
pub use source::{Source, program};
pub use tree::{Ended, Launch, Tree, wat};
pub use turn::turn;

/// A law's size: a twentieth of it, or all where `WAT_LAWS=full`. Printed, for the table of laws.
pub fn size(full: usize) -> usize {
    let size = if is_full() { full } else { full.div_ceil(20) };
    println!("law rounds {size}");
    size
}

pub fn is_full() -> bool {
    std::env::var("WAT_LAWS").is_ok_and(|word| word == "full")
}
