//! What a process says on stderr beside its program: crashes that nobody can see any more. A closed stderr is not
//! an error.

use std::io::Write;

/// A crash of a peer that no handle refers to.
pub fn unseen(text: &str) {
    let _ = std::io::stderr().write_all(format!("{text}\n").as_bytes());
}
