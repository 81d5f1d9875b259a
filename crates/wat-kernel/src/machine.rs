//! What this machine enforces: each mechanism of confinement, and what is weaker without it. Asked, not assumed: the
//! running kernel answers.
//!
//! Not here: how a mechanism is used (`boot/`), nor how the answer is drawn.

use crate::authority::{Authority, Grant};
use crate::boot::filter;
use crate::sys::{process, seccomp};

/// One mechanism.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mechanism {
    pub name: &'static str,
    pub present: bool,
    /// What it enforces.
    pub holds: &'static str,
    /// What is weaker where it is absent.
    pub without: &'static str,
}

/// The mechanisms, in the order in which a process takes them on.
pub fn mechanisms() -> Vec<Mechanism> {
    let landlock = seccomp::landlock_version();
    let mechanism = |name, present, holds, without| Mechanism { name, present, holds, without };
    vec![
        mechanism(
            "seccomp",
            seccomp::available(),
            "system calls that no grant has a use for are refused",
            "native code in a process makes any system call its user may make",
        ),
        mechanism(
            "landlock files",
            landlock >= 1,
            "files that no grant names cannot be opened or changed",
            "a process with a grant for one file reaches every file of its user",
        ),
        mechanism(
            "landlock truncate",
            landlock >= 3,
            "a file that may only be read cannot be emptied",
            "a file that may be read can be emptied",
        ),
        mechanism(
            "landlock ports",
            landlock >= 4,
            "a root narrowed by --authority reaches no TCP port but those granted",
            "a root narrowed to one port reaches every port",
        ),
        mechanism(
            "landlock scopes",
            landlock >= 6,
            "signals and abstract sockets stop at the process's own tree",
            "the filter of system calls alone stands between a process and signals to others",
        ),
        mechanism(
            "pid namespaces",
            process::may_contain(),
            "with the root, however it ends, ends every process below it, native code's runaways too",
            "a native runaway ends with its node while the root lives, and outlives a SIGKILL of the root",
        ),
        mechanism(
            "proc",
            process::Children::of(process::id()).is_ok_and(|found| found.is_some()),
            "a native runaway ends with its node; leaves end first when memory is short",
            "a native runaway outlives its node; the system chooses who ends when memory is short",
        ),
    ]
}

/// What no machine's mechanism enforces, and who does instead.
pub const NOT_ENFORCED: &[&str] = &[
    "of a root narrowed by --authority, hosts and unix: paths are checked by the runtime; below it they are enforced",
    "native code with a socket for datagrams and processes of its own can send datagrams elsewhere; with :spawn false it cannot",
    "with any file grant, names and attributes of other files can be looked at, not their contents",
    "the mode of a file that may be read can be changed by its owner where fs-write is granted for another",
    "a command that a run grant names has all that its user may, whatever else its asker was granted",
    "what a command or an (inherit) process has started and disowned outlives a SIGKILL of the root: neither is contained",
    "a root narrowed by --authority, and what is below it, can leave a native runaway; with :spawn false there is none",
];

/// Instructions of the filter of a process that was granted nothing, and of one that was granted a connection.
pub fn filter_lengths() -> (usize, usize) {
    let length = |grants| filter::program(Authority::of(grants, true).kinds(), false).len();
    (length(Vec::new()), length(vec![Grant::Connect(None, Some(443))]))
}
