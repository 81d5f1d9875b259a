//! Confinement: what a child gives up before anything of its program is mapped.
//!
//! Runs on the child's only thread; a thread started earlier would stay unconfined. The order binds: the score needs
//! a writable /proc entry, which a non-dumpable process of an ordinary user no longer has; rulesets and filters
//! need no-new-privs. Landlock and seccomp stand after [`Step::NoNewPrivileges`].

use super::Boot;
use crate::sys::{fd, process};
use std::ffi::CString;
use std::io;
use std::os::fd::AsFd;

/// The steps, in the order they are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Bounds kept by the kernel, and no core files.
    Limits,
    /// Files are private, and no directory is held.
    Place,
    /// Leaves die first when memory is short.
    Score,
    /// What `ps` shows.
    Name,
    /// No debugger, no foreign eyes in /proc.
    NonDumpable,
    /// No set-user-id program restores what was given up.
    NoNewPrivileges,
}

/// All steps, in order.
pub const STEPS: [Step; 6] =
    [Step::Limits, Step::Place, Step::Score, Step::Name, Step::NonDumpable, Step::NoNewPrivileges];

impl Step {
    pub fn name(self) -> &'static str {
        match self {
            Step::Limits => "limits",
            Step::Place => "place",
            Step::Score => "score",
            Step::Name => "name",
            Step::NonDumpable => "non-dumpable",
            Step::NoNewPrivileges => "no-new-privileges",
        }
    }

    fn take(self, boot: &Boot) -> io::Result<()> {
        match self {
            Step::Limits => limit(boot),
            Step::Place => {
                process::set_umask(0o077);
                process::change_directory(c"/")
            }
            Step::Score => score(boot),
            Step::Name => process::name_thread(&name(boot)),
            Step::NonDumpable if boot.debuggable => Ok(()),
            Step::NonDumpable => process::control(libc::PR_SET_DUMPABLE, 0),
            Step::NoNewPrivileges => process::control(libc::PR_SET_NO_NEW_PRIVS, 1),
        }
    }
}

/// Takes every step, or names the one that failed.
pub(super) fn confine(boot: &Boot) -> Result<(), (Step, io::Error)> {
    STEPS.into_iter().try_for_each(|step| step.take(boot).map_err(|e| (step, e)))
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

/// Fifty points of out-of-memory score per level. Without /proc there is nothing to raise.
fn score(boot: &Boot) -> io::Result<()> {
    let score = (boot.oom_base + 50 * boot.depth() as i32).min(1000);
    let file = match fd::open(c"/proc/self/oom_score_adj", libc::O_WRONLY) {
        Ok(file) => file,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(e) => return Err(e),
    };
    fd::write(file.as_fd(), score.to_string().as_bytes())?;
    Ok(())
}

fn name(boot: &Boot) -> CString {
    let name = boot.path.bytes().filter(|b| *b != 0);
    CString::new(b"wat ".iter().copied().chain(name).take(15).collect::<Vec<u8>>())
        .expect("zero bytes are filtered out")
}
