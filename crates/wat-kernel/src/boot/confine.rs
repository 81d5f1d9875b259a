//! Confinement: what a child gives up before anything of its program is mapped.
//!
//! Runs on the child's only thread; a thread started earlier would stay unconfined. The order binds: rulesets and
//! filters need no-new-privs, and the filter has no room for what the steps before it do. A process that was born
//! confined has the directory that it was given there, which it could not change any more.

use super::{Boot, Confines, filter, ruleset};
use crate::authority::Authority;
use crate::mutation::removed;
use crate::sys::{process, seccomp};
use std::ffi::CString;
use std::io;
use std::os::fd::{BorrowedFd, OwnedFd};

/// The steps, in the order they are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Bounds kept by the kernel, and no core files.
    Limits,
    /// Files are private, and no directory is held.
    Place,
    /// What `ps` shows.
    Name,
    /// No debugger, no foreign eyes in /proc.
    NonDumpable,
    /// No set-user-id program restores what was given up.
    NoNewPrivileges,
    /// The superuser's powers go, but for those that a grant has a use for.
    Capabilities,
    /// Files and ports that no grant names are closed.
    Landlock,
    /// System calls that no grant has a use for are closed.
    Filter,
}

/// All steps, in order.
pub const STEPS: [Step; 8] = [
    Step::Limits,
    Step::Place,
    Step::Name,
    Step::NonDumpable,
    Step::NoNewPrivileges,
    Step::Capabilities,
    Step::Landlock,
    Step::Filter,
];

/// Those that narrow authority; a root that is narrowed takes them too.
const NARROWING: [Step; 4] = [Step::NoNewPrivileges, Step::Capabilities, Step::Landlock, Step::Filter];

impl Step {
    pub fn name(self) -> &'static str {
        match self {
            Step::Limits => "limits",
            Step::Place => "place",
            Step::Name => "name",
            Step::NonDumpable => "non-dumpable",
            Step::NoNewPrivileges => "no-new-privileges",
            Step::Capabilities => "capabilities",
            Step::Landlock => "landlock",
            Step::Filter => "filter",
        }
    }

    fn take(self, boot: &Boot, binary: Option<BorrowedFd>) -> io::Result<()> {
        match self {
            Step::Limits => limit(boot),
            Step::Place if boot.confines.inherited => Ok(()),
            Step::Place => {
                process::set_umask(0o077);
                process::change_directory(c"/")
            }
            Step::Name => process::name_thread(&name(boot)),
            Step::NonDumpable if boot.debuggable || removed("non-dumpable") => Ok(()),
            Step::NonDumpable => process::control(libc::PR_SET_DUMPABLE, 0),
            Step::NoNewPrivileges | Step::Capabilities | Step::Landlock => {
                self.narrow(&boot.authority, boot.confines, binary, &[])
            }
            Step::Filter if !boot.authority.is_whole() && !removed("filter") => {
                seccomp::handle()?;
                self.narrow(&boot.authority, boot.confines, binary, &[])
            }
            Step::Filter => Ok(()),
        }
    }

    /// Of [`NARROWING`], what binds the calling thread and all that is born of it.
    fn narrow(
        self,
        authority: &Authority,
        confines: Confines,
        binary: Option<BorrowedFd>,
        held: &[OwnedFd],
    ) -> io::Result<()> {
        match self {
            Step::NoNewPrivileges => process::control(libc::PR_SET_NO_NEW_PRIVS, 1),
            Step::Capabilities if confines.layer => {
                process::keep_capabilities(capabilities(authority, confines.opens))
            }
            Step::Landlock if confines.layer && !removed("landlock") => {
                ruleset::restrict(authority, confines.opens, binary, held)
            }
            Step::Filter if confines.filter && !removed("filter") => {
                seccomp::install(&mut filter::program(authority.kinds(), confines.opens))
            }
            _ => Ok(()),
        }
    }
}

/// Takes, on a thread of a process that children are born of, the steps that they then inherit. What the grants' paths lead
/// to is held.
pub(crate) fn settle(
    own: &Boot,
    authority: &Authority,
    confines: Confines,
    binary: Option<BorrowedFd>,
    held: &[OwnedFd],
) -> io::Result<()> {
    if own.authority.is_whole() {
        process::leave_place()?;
        process::set_umask(0o077);
        process::change_directory(c"/")?;
    }
    NARROWING.into_iter().try_for_each(|step| step.narrow(authority, confines, binary, held))
}

/// Takes every step, or names the one that failed.
pub(super) fn confine(boot: &Boot, binary: Option<BorrowedFd>) -> Result<(), (Step, io::Error)> {
    STEPS.into_iter().try_for_each(|step| step.take(boot, binary).map_err(|e| (step, e)))
}

/// The steps of a root whose authority was narrowed.
pub(super) fn narrow(boot: &Boot, binary: Option<BorrowedFd>) -> Result<(), (Step, io::Error)> {
    NARROWING.into_iter().try_for_each(|step| step.take(boot, binary).map_err(|e| (step, e)))
}

/// What of the superuser's powers the grants have a use for: what the user may read and write is what the superuser
/// may.
fn capabilities(authority: &Authority, opens: bool) -> u64 {
    const CHOWN: u64 = 1 << 0;
    const DAC_OVERRIDE: u64 = 1 << 1;
    const DAC_READ_SEARCH: u64 = 1 << 2;
    const FOWNER: u64 = 1 << 3;
    const NET_BIND_SERVICE: u64 = 1 << 10;
    let kinds = authority.kinds();
    let mut kept = 0;
    if kinds.files {
        kept |= DAC_OVERRIDE | DAC_READ_SEARCH;
    }
    if kinds.changes {
        kept |= CHOWN | FOWNER;
    }
    if kinds.listen && opens {
        kept |= NET_BIND_SERVICE;
    }
    kept
}

fn limit(boot: &Boot) -> io::Result<()> {
    process::set_limit(libc::RLIMIT_CORE, 0, 0)?;
    if let Some(bytes) = boot.limits.data {
        process::set_limit(libc::RLIMIT_DATA, bytes, bytes)?;
    }
    if let Some(ms) = boot.limits.cpu_ms {
        let seconds = ms.div_ceil(1000).max(1);
        process::set_limit(libc::RLIMIT_CPU, seconds, seconds + 1)?;
    }
    if let Some(count) = boot.limits.files {
        process::set_limit(libc::RLIMIT_NOFILE, count, count)?;
    }
    Ok(())
}

fn name(boot: &Boot) -> CString {
    let name = boot.path.bytes().filter(|b| *b != 0);
    CString::new(b"wat ".iter().copied().chain(name).take(15).collect::<Vec<u8>>())
        .expect("zero bytes are filtered out")
}
