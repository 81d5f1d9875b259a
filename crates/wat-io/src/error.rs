//! What the machine refused, as the `wat.kernel/IoError` that a program sees.

use std::io;
use wat_edn::write;
use wat_host::Halt;
use wat_kernel::{Grant, Waiter};
use wat_runtime::codec;
use wat_runtime::desc::DescRef;
use wat_runtime::fail::Fail;
use wat_runtime::heap::Mem;
use wat_runtime::sum;

/// A request that failed: the call, what it was made on, and the system's answer.
pub struct Refusal {
    pub kind: &'static str,
    pub call: &'static str,
    pub object: String,
    pub reason: String,
}

/// An error of our own where the system's are expected: a kind and its reason.
#[derive(Debug)]
pub struct Told {
    pub kind: &'static str,
    pub why: String,
}

impl std::fmt::Display for Told {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.why)
    }
}

impl std::error::Error for Told {}

fn told(error: &io::Error) -> Option<&Told> {
    error.get_ref().and_then(|inner| inner.downcast_ref())
}

/// Why there is no value: the machine's refusal, or the end of the thread.
pub enum Trouble {
    Refused(Refusal),
    Halt(Halt),
}

impl From<Refusal> for Trouble {
    fn from(refusal: Refusal) -> Trouble {
        Trouble::Refused(refusal)
    }
}

impl From<Fail> for Trouble {
    fn from(fail: Fail) -> Trouble {
        Trouble::Halt(Halt::Fail(fail))
    }
}

impl Trouble {
    /// As [`Refusal::granting`].
    pub fn granting<G: Into<Option<Grant>>>(self, waiter: &Waiter, grant: impl FnOnce() -> G) -> Trouble {
        match self {
            Trouble::Refused(refusal) => refusal.granting(waiter, grant).into(),
            halt => halt,
        }
    }
}

impl std::fmt::Debug for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} {}: {}", self.kind, self.call, self.object, self.reason)
    }
}

impl Refusal {
    pub fn new(
        kind: &'static str,
        call: &'static str,
        object: impl Into<String>,
        reason: impl Into<String>,
    ) -> Refusal {
        Refusal { kind, call, object: object.into(), reason: reason.into() }
    }

    /// The system's own error.
    pub fn system(call: &'static str, object: impl Into<String>, error: &io::Error) -> Refusal {
        Refusal::new(kind(error), call, object, reason(error))
    }

    /// Where the system denied it because this process was not granted it, that is said too.
    pub fn granting<G: Into<Option<Grant>>>(mut self, waiter: &Waiter, grant: impl FnOnce() -> G) -> Refusal {
        if self.kind == "permission-denied"
            && let Some(grant) = grant().into()
            && let Some(lacks) = waiter.lacks(&[grant])
        {
            self.reason = format!("permission denied: {lacks}");
        }
        self
    }

    /// `(Err error)` of a `(Result T IoError)` described by `desc`.
    pub fn value(&self, mem: Mem, desc: DescRef) -> Result<u64, Halt> {
        let mut text = Vec::new();
        text.extend_from_slice(format!("{{:kind :{} :call ", self.kind).as_bytes());
        write::string(&mut text, self.call);
        text.extend_from_slice(b" :object ");
        write::string(&mut text, &self.object);
        text.extend_from_slice(b" :message ");
        write::string(&mut text, &format!("{} {}: {}", self.call, self.object, self.reason));
        text.push(b'}');
        let error = codec::decode(mem, sum::error(desc), &text)?
            .map_err(|fault| Fail::new("defect", format!("an IoError cannot be built: {fault}")))?;
        Ok(sum::err(mem, desc, error)?)
    }
}

/// Every kind that the machine's refusals have.
const KINDS: &[&str] = &[
    "limit",
    "not-found",
    "permission-denied",
    "exists",
    "refused",
    "reset",
    "closed",
    "timed-out",
    "in-use",
    "unavailable",
    "unreachable",
    "invalid",
    "is-a-directory",
    "not-a-directory",
    "not-empty",
    "read-only",
    "full",
    "ended",
    "unsupported",
    "stopped",
    "malformed",
    "failed",
];

/// The kind of that name, as another process has it; `failed` where there is none.
pub fn known(kind: &str) -> &'static str {
    KINDS.iter().find(|known| **known == kind).copied().unwrap_or("failed")
}

/// The kind of a system error: a keyword without its colon.
pub fn kind(error: &io::Error) -> &'static str {
    use io::ErrorKind as K;
    if let Some(told) = told(error) {
        return told.kind;
    }
    let full = [rustix::io::Errno::MFILE, rustix::io::Errno::NFILE].map(|e| Some(e.raw_os_error()));
    match error.kind() {
        // The standard library has no word for it.
        _ if full.contains(&error.raw_os_error()) => "limit",
        K::NotFound => "not-found",
        K::PermissionDenied => "permission-denied",
        K::AlreadyExists => "exists",
        K::ConnectionRefused => "refused",
        K::ConnectionReset | K::ConnectionAborted => "reset",
        K::BrokenPipe | K::NotConnected => "closed",
        K::TimedOut | K::WouldBlock => "timed-out",
        K::AddrInUse => "in-use",
        K::AddrNotAvailable => "unavailable",
        K::HostUnreachable | K::NetworkUnreachable | K::NetworkDown => "unreachable",
        K::InvalidInput | K::InvalidData | K::InvalidFilename => "invalid",
        K::IsADirectory => "is-a-directory",
        K::NotADirectory => "not-a-directory",
        K::DirectoryNotEmpty => "not-empty",
        K::ReadOnlyFilesystem => "read-only",
        K::StorageFull | K::QuotaExceeded | K::FileTooLarge => "full",
        K::UnexpectedEof => "ended",
        K::Unsupported => "unsupported",
        _ => "failed",
    }
}

/// The system's words, without Rust's number behind them.
pub fn reason(error: &io::Error) -> String {
    if let Some(told) = told(error) {
        return told.why.clone();
    }
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_error_is_said_in_lower_case_without_its_number() {
        let error = io::Error::from_raw_os_error(2);
        assert_eq!((kind(&error), reason(&error).as_str()), ("not-found", "no such file or directory"));
    }
}
