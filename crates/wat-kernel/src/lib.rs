//! Processes, pipes, signals, time: how a program becomes a process, and what holds between two of them.
//!
//! This crate speaks descriptors, processes and bytes. It knows nothing of wat values or syntax: captured values,
//! stdio options and crash records are opaque bytes here. Begin with [`boot`], then [`Process`] and [`Child`].
//!
//! | room | noun |
//! |---|---|
//! | `boot/` | the record, the bootstrap, confinement |
//! | `ask/` | what a process may have and its ancestor does for it |
//! | `authority.rs` | what a process may reach, as a value |
//! | `process.rs`, `shared.rs` | this process and its end; what its threads share |
//! | `spawn.rs` | making a child |
//! | `score.rs` | the out-of-memory score that children are born with |
//! | `nursery.rs` | threads of which confined children are born |
//! | `keeper.rs` | the namespace of the confined, and the process that it ends with |
//! | `command.rs`, `run.rs` | external commands: what is said of one, and running one to its end |
//! | `errand.rs`, `tether.rs` | a command that an ancestor starts, and the socket between it and who asked |
//! | `child/` | the handle on a child, its end, its stderr |
//! | `warden/` | the thread that watches |
//! | `life.rs` | state × event → action |
//! | `control.rs` | packets between parent and child |
//! | `waiter.rs`, `gate.rs` | waiting threads and how they are woken |
//! | `hand.rs` | requests read and not answered that nobody waits for any more |
//! | `reader.rs`, `outbox.rs` | bytes in, bytes out |
//! | `mutation.rs` | what a test build can take away |
//! | `channel.rs`, `select.rs` | channels between threads, waiting for several things |
//! | `see/` | what is seen of the tree from outside |
//! | `sys/` | all system calls and unsafe code |

pub mod ask;
mod authority;
pub mod boot;
mod channel;
mod child;
mod command;
mod control;
mod errand;
mod gate;
mod hand;
pub mod keeper;
mod life;
pub mod machine;
pub mod mutation;
mod nursery;
mod outbox;
mod process;
mod reader;
mod run;
mod score;
mod sealed;
pub mod see;
mod select;
mod sending;
mod shared;
mod signals;
mod spawn;
mod sys;
mod tether;
mod waiter;
mod warden;

pub use authority::{Authority, Grant};
pub use boot::{Boot, BootError, GRACE, Limits};
pub use channel::{Receiver, SendError, Sender, Watchable, channel};
pub use child::{Cause, Child, End, KEPT, Kept, Kind, Leash, NoRecord, Usage, WINDOW};
pub use command::Command;
pub use control::MAX_CRASH;
pub use gate::Gate;
pub use life::State;
pub use outbox::{GATHER, WriteError};
pub use process::{CrashLine, Outcome, Process};
pub use reader::{ReadError, Reader};
pub use run::{Ran, Run};
pub use sealed::sealed;
pub use select::{Source, poll, select};
pub use signals::install_plain_kick;
pub use spawn::Spawn;
pub use sys::process::random;
pub use waiter::{CANCEL, Heed, Interrupt, KICK, KILL, Kicker, STOP, Waiter};
pub use warden::summons::hail;
