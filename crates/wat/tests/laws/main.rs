//! The laws of KERNEL.md that a user of `wat` can see, against real processes of real programs (`tests/laws/*.wat`).
//!
//! Each test has a deadline, ends by finding that no process and no zombie is left, and names the mechanism whose
//! removal makes it fail. Sizes are a twentieth of KERNEL.md's unless `WAT_LAWS=full`. The laws of the kernel crate
//! alone, without programs, stand beside it.

#[path = "../support/mod.rs"]
mod support;

mod birth;
mod checker;
mod depth;
mod ends;
mod flow;
mod input;
mod kills;
mod leaks;
mod mutations;
mod places;
mod pressure;
mod stops;
mod strangers;
mod supervision;
