//! How a child ended: exactly one value per child. Not here: what the crash record says, which is the language's.

use crate::boot::filter;
use crate::mutation::removed;
use crate::sys::process::{self, Reaped, Status};
use std::io;
use std::time::Duration;

/// The end of a child. Asked again, the same value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    pub cause: Cause,
    /// The code it left with; none where a signal ended it, or nobody can say.
    pub exit: Option<i32>,
    /// The last lines of its stderr.
    pub stderr_tail: Vec<String>,
    /// What it used, its reaped children included.
    pub usage: Usage,
    /// From spawn to end.
    pub lasted: Duration,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// It said that it ended well and left with 0.
    Clean,
    /// It sent this record, at most [`crate::MAX_CRASH`] bytes that nobody has vouched for.
    Crash(Vec<u8>),
    /// It said nothing; this is what the wait status and our own notes tell.
    NoRecord(NoRecord),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoRecord {
    pub kind: Kind,
    pub signal: Option<i32>,
    pub exit: Option<i32>,
    /// The failed step, the limit hit, or why we killed it; may be empty.
    pub reason: String,
    /// Of a child that could not be made: the step, and what the system said to it.
    pub failed: Option<(String, io::ErrorKind)>,
}

impl std::fmt::Display for NoRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.signal, self.exit) {
            (Some(signal), _) => write!(f, "ended by signal {signal}")?,
            (None, Some(code)) => write!(f, "exited with {code}")?,
            (None, None) => f.write_str("did not run")?,
        }
        if self.reason.is_empty() { Ok(()) } else { write!(f, ": {}", self.reason) }
    }
}

/// Kinds of end without a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// By a signal, ours or anybody's.
    Killed,
    /// It left by itself without a word.
    Exited,
    /// By the system-call filter.
    Denied,
    /// A limit was crossed.
    Limit,
    /// The kernel was short of memory in the child's own control group.
    OutOfMemory,
    /// It never became a program.
    SpawnFailed,
    /// Its status went to somebody else.
    Lost,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    pub cpu: Duration,
    /// Bytes.
    pub max_rss: u64,
}

/// Why the parent killed a child.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) enum KillReason {
    Asked,
    Grace,
    Stalled,
    Protocol,
    WallTime,
    Output,
    /// The system refused, with this error, to tell of its end.
    Unwatched(i32),
}

impl KillReason {
    fn text(self) -> &'static str {
        match self {
            KillReason::Asked => "killed by its parent",
            KillReason::Grace => "did not stop in time",
            KillReason::Stalled => "suspended by a signal while starting or stopping",
            KillReason::Protocol => "broke the control protocol",
            KillReason::WallTime => "wall time spent",
            KillReason::Output => "its output is above the limit",
            KillReason::Unwatched(_) => "could not be watched",
        }
    }
}

/// What a child said of its end over the control socket.
#[derive(Debug, Default)]
pub(crate) struct Said {
    pub(crate) crash: Option<Vec<u8>>,
    pub(crate) ended: bool,
    /// It is a command, which says nothing, and was told to stop: the signal that says so ends it well.
    pub(crate) told: bool,
    pub(crate) refused: Option<(String, i32)>,
    /// The number of the system call that ended it.
    pub(crate) denied: Option<u32>,
}

/// The cause, from what was said, how it was reaped (`None`: somebody else did) and what we did to it. A record wins
/// over the status.
pub(crate) fn cause(said: Said, reaped: Option<&Reaped>, killed: Option<KillReason>) -> Cause {
    if let Some(crash) = said.crash {
        return Cause::Crash(crash);
    }
    let none = |kind, signal, exit, reason: &str| {
        Cause::NoRecord(NoRecord { kind, signal, exit, reason: reason.to_string(), failed: None })
    };
    if let Some((step, errno)) = said.refused {
        return Cause::NoRecord(step_failed(&step, &io::Error::from_raw_os_error(errno)));
    }
    match reaped.map(|r| r.status).filter(|_| !removed("wait-status")) {
        None => none(Kind::Lost, None, None, "its exit status was taken by another reaper"),
        Some(Status::Exited(0)) if said.ended => Cause::Clean,
        Some(Status::Exited(process::DIED)) => {
            none(Kind::Killed, Some(libc::SIGKILL), None, killed.unwrap_or(KillReason::Grace).text())
        }
        Some(Status::Exited(code)) => none(Kind::Exited, None, Some(code), ""),
        Some(Status::Signalled(libc::SIGTERM)) if said.told => Cause::Clean,
        Some(Status::Signalled(libc::SIGKILL)) if let Some(KillReason::Unwatched(errno)) = killed => {
            Cause::NoRecord(step_failed("watch", &io::Error::from_raw_os_error(errno)))
        }
        Some(Status::Signalled(signal)) => {
            let kind = match (signal, killed) {
                (libc::SIGKILL, Some(KillReason::WallTime | KillReason::Output))
                | (libc::SIGXCPU | libc::SIGXFSZ, _) => Kind::Limit,
                (libc::SIGSYS, _) => Kind::Denied,
                _ => Kind::Killed,
            };
            let call = said.denied.map(|number| match filter::name(number) {
                Some(name) => format!("the system call {name}, which no program can need"),
                None => format!("the system call {number}"),
            });
            let reason = match (signal, killed) {
                (libc::SIGSYS, _) => call.as_deref().unwrap_or("a system call that no program can need"),
                (libc::SIGKILL, Some(reason)) => reason.text(),
                (libc::SIGXCPU, _) => "processor time spent",
                (libc::SIGXFSZ, _) => "file size",
                _ => "",
            };
            none(kind, Some(signal), None, reason)
        }
    }
}

/// Why a child was not made.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// A step failed.
    Step(&'static str, io::Error),
    /// It was to have more than its spawner has.
    Authority(String),
    /// A step of an ancestor's failed, told with all that there is to say of it.
    Above { step: String, error: io::ErrorKind, reason: String },
}

/// The end of a child that was not made.
pub(crate) fn not_made(refusal: &Refusal) -> End {
    let why = match refusal {
        Refusal::Step(step, error) => step_failed(step, error),
        Refusal::Above { step, error, reason } => NoRecord {
            kind: Kind::SpawnFailed,
            signal: None,
            exit: None,
            reason: reason.clone(),
            failed: Some((step.clone(), *error)),
        },
        Refusal::Authority(reason) => {
            NoRecord { kind: Kind::Denied, signal: None, exit: None, reason: reason.clone(), failed: None }
        }
    };
    End {
        cause: Cause::NoRecord(why),
        exit: None,
        stderr_tail: Vec::new(),
        usage: Usage::default(),
        lasted: Duration::ZERO,
    }
}

fn step_failed(step: &str, error: &io::Error) -> NoRecord {
    NoRecord {
        kind: Kind::SpawnFailed,
        signal: None,
        exit: None,
        reason: explain(step, error),
        failed: Some((step.to_string(), error.kind())),
    }
}

/// Step, error, and the limit behind an error that has one.
pub(crate) fn explain(step: &str, error: &io::Error) -> String {
    let soft = |resource| crate::sys::process::limit(resource).map_or(0, |(soft, _)| soft);
    let limit = match error.raw_os_error() {
        // The step says all.
        Some(0) => return step.to_string(),
        Some(libc::EAGAIN) => {
            let count = soft(libc::RLIMIT_NPROC);
            format!(" (processes: RLIMIT_NPROC is {count}; else pid_max or the control group's pids.max)")
        }
        Some(libc::EMFILE) => {
            format!(" (open files of this process: RLIMIT_NOFILE is {})", soft(libc::RLIMIT_NOFILE))
        }
        Some(libc::ENFILE) => " (open files of the whole machine)".to_string(),
        Some(libc::ENOMEM) => " (memory)".to_string(),
        Some(libc::ENOSPC) if step == "watch" => {
            " (descriptors that this user's processes may watch: fs.epoll.max_user_watches)".to_string()
        }
        Some(libc::EPERM) => " (not permitted here)".to_string(),
        _ => String::new(),
    };
    format!("{step}: {error}{limit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reaped(status: Status) -> Reaped {
        Reaped { status, cpu: Duration::ZERO, max_rss: 0 }
    }

    fn kind(status: Status, killed: Option<KillReason>) -> Kind {
        match cause(Said::default(), Some(&reaped(status)), killed) {
            Cause::NoRecord(n) => n.kind,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_kind_comes_from_the_wait_status() {
        assert_eq!(kind(Status::Exited(3), None), Kind::Exited);
        assert_eq!(kind(Status::Signalled(libc::SIGSYS), None), Kind::Denied);
        assert_eq!(kind(Status::Signalled(libc::SIGXCPU), None), Kind::Limit);
        assert_eq!(kind(Status::Signalled(libc::SIGTERM), None), Kind::Killed);
        assert_eq!(kind(Status::Signalled(libc::SIGKILL), Some(KillReason::WallTime)), Kind::Limit);
    }

    #[test]
    fn clean_needs_both_the_word_and_the_code() {
        let ended = || Said { ended: true, ..Said::default() };
        assert_eq!(cause(ended(), Some(&reaped(Status::Exited(0))), None), Cause::Clean);
        assert_ne!(cause(ended(), Some(&reaped(Status::Exited(1))), None), Cause::Clean);
        assert_ne!(cause(Said::default(), Some(&reaped(Status::Exited(0))), None), Cause::Clean);
    }

    #[test]
    fn a_command_that_was_told_to_stop_ends_well_by_the_signal_that_says_so() {
        let told = || Said { ended: true, told: true, ..Said::default() };
        assert_eq!(cause(told(), Some(&reaped(Status::Signalled(libc::SIGTERM))), None), Cause::Clean);
        assert_ne!(cause(told(), Some(&reaped(Status::Signalled(libc::SIGINT))), None), Cause::Clean);
    }

    #[test]
    fn a_record_wins_over_the_status() {
        let said = Said { crash: Some(vec![1]), ..Said::default() };
        assert_eq!(cause(said, Some(&reaped(Status::Signalled(9))), None), Cause::Crash(vec![1]));
    }
}
