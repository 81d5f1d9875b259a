//! `wat chaos`: faults in a running tree, and what became of each request.
//!
//! The tool starts a command whose root reads requests on stdin and writes one answer for each; it hands on its own
//! stdin line by line, and meanwhile kills, suspends and slows nodes at random. At the end it tells each request's fate
//! and what was left behind. It knows the tree from /proc alone, so what it finds owes nothing to wat's own accounts.
//!
//! | room | noun |
//! |---|---|
//! | `options.rs` | the words |
//! | `census.rs` | who is in the tree now |
//! | `faults.rs` | what is done to whom, and when |
//! | `fates.rs` | requests and their answers |
//! | `run.rs` | from start to report |
//! | `sys.rs` | the system calls |

mod census;
mod chance;
mod fates;
mod faults;
mod options;
mod run;
mod sys;

pub use options::HELP;

use crate::{exit, report};

pub fn run(words: Vec<String>) -> i32 {
    match options::parse(words) {
        Ok(Some(options)) => run::run(&options),
        Ok(None) => {
            print!("{HELP}");
            0
        }
        Err(mistake) => {
            report::write(&format!("wat chaos: {mistake}\n\n{HELP}"));
            exit::MISUSE
        }
    }
}
