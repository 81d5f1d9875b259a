//! Seeing the tree: what each program keeps of itself at next to no cost, and how it is asked for.
//!
//! A question goes down the tree over the control sockets. Each warden answers for its own process and for what its
//! children answer in time; for one that does not, its parent says what it knows. Nothing here runs program code, and
//! nothing waits for anyone.
//!
//! | room | noun |
//! |---|---|
//! | `account.rs` | what a program keeps of itself: its wait, its counts, its edges |
//! | `own.rs` | what a process sees of itself and knows of its children |
//! | `numbers.rs` | processes' numbers, as this namespace has them |
//! | `sight.rs` | a row of the answer, as data and as bytes |
//! | `round.rs` | one question under way |
//! | `tap.rs` | copies of what passes on one edge |
//! | `door.rs` | where the root is asked from outside |
//! | `visit.rs` | the asking side |

pub(crate) mod account;
pub(crate) mod door;
pub(crate) mod numbers;
pub(crate) mod own;
pub(crate) mod round;
pub(crate) mod sight;
pub(crate) mod tap;
mod visit;

pub use crate::life::State;
pub use account::{About, Edge, Queue, Wait};
pub use sight::{Queued, Sight, Tier, Waiting};
pub use tap::{Tapped, Told, Wanted};
pub use visit::{Visit, VisitError, own_user, trees};

use std::time::Duration;

/// Levels of log events, the least first; the first is level 1.
pub const LEVELS: [&str; 5] = ["debug", "info", "warn", "error", "off"];

/// How long the whole tree has to answer where nobody says another.
pub const PATIENCE: Duration = Duration::from_secs(1);
