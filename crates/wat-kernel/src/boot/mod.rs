//! The one bootstrap: a [`Boot`] record becomes a running [`Process`].
//!
//! [`root`] is given its record by the command line, [`child`] reads it from the control socket; the rest is the
//! same code. No other code sets up stdio, signals or the warden. Not here: making a child (`spawn.rs`).

mod confine;
pub(crate) mod filter;
mod record;
pub(crate) mod ruleset;

pub use crate::control::BOOT;
pub use crate::sys::clone::CONTROL;
pub(crate) use confine::settle;
pub use confine::{STEPS, Step};
pub(crate) use record::Confines;
pub use record::{Boot, GRACE, Limits, PROCESSOR_AT};
pub(crate) use ruleset::MAX_LAYERS;

use crate::authority::Authority;
use crate::control::{FromChild, MAX_BOOT, MAX_PACKET, MAX_REFUSAL, ToChild};
use crate::mutation::{self, removed};
use crate::process::Process;
use crate::score::Score;
use crate::see::sight::is_within;
use crate::shared::{Shared, Start};
use crate::signals;
use crate::sys::clone::{BINARY, IMAGE, PLACES};
use crate::sys::{fd, process, seccomp};
use crate::warden::summons::STEP;
use std::ffi::OsStr;
use std::fmt;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// Why a process could not be made of a record.
#[derive(Debug)]
pub struct BootError {
    /// The step that failed.
    pub step: &'static str,
    pub error: io::Error,
}

impl fmt::Display for BootError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.step, self.error)
    }
}

impl std::error::Error for BootError {}

impl BootError {
    /// What the parent is told, of which it makes `:spawn-failed`.
    fn tell(&self, say: impl FnOnce(&FromChild)) {
        match self.error.raw_os_error() {
            Some(errno) => say(&FromChild::Refused { errno, step: self.step }),
            // More than the system's number: the whole text is the step.
            None => {
                let text: String = self.to_string().chars().take(MAX_REFUSAL / 4).collect();
                say(&FromChild::Refused { errno: 0, step: &text });
            }
        }
    }
}

/// When a process begins to be watched over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Watch {
    /// From the start.
    AtOnce,
    /// From the first wait, child or thread, and otherwise when the handler of [`crate::KICK`], sent by a timer, calls
    /// [`crate::hail`]. It makes the way to a first answer shorter.
    Late,
}

fn at(step: &'static str) -> impl Fn(io::Error) -> BootError {
    move |error| BootError { step, error }
}

/// Was this process started by another wat process? The first question of `main`, before any argument parser.
///
/// A child's arguments are `wat`, its path and its program, and its descriptor 3 is a sequenced-packet socket, which
/// no shell makes.
pub fn is_child<A: AsRef<OsStr>>(args: &[A]) -> bool {
    let [name, path, _program] = args else { return false };
    name.as_ref() == "wat" && is_tree_path(path.as_ref().as_encoded_bytes()) && fd::is_packet_socket(CONTROL)
}

/// `/2/0`: one or more numbers, each after a slash.
fn is_tree_path(path: &[u8]) -> bool {
    path.first() == Some(&b'/')
        && path[1..].split(|b| *b == b'/').all(|part| !part.is_empty() && part.iter().all(u8::is_ascii_digit))
}

/// Opens closed standard descriptors on /dev/null, so that no file opened later takes their number. [`root`] does it
/// too; a command line that opens files before it calls this first.
pub fn guard_stdio() -> io::Result<()> {
    mutation::begin_root();
    if removed("guard-stdio") { Ok(()) } else { fd::open_standard() }
}

/// Makes the root of a tree. Called on the main thread, before any other thread exists.
///
/// From here on SIGTERM, SIGINT, SIGHUP and SIGQUIT belong to the warden, and descriptors inherited beyond 2 are
/// close-on-exec. `image` may be given later, by [`Process::set_image`], but before the first spawn.
pub fn root(mut boot: Boot, image: Option<OwnedFd>) -> Result<Process, BootError> {
    mutation::begin_root();
    boot.mutation = mutation::current().to_string();
    guard_stdio().map_err(at("stdio"))?;
    if !removed("close-on-exec") {
        fd::close_on_exec(3, u32::MAX);
    }
    raise_file_limit();
    let mut binary = own_binary().map_err(at("binary"))?;
    let mut image = image;
    if !boot.authority.is_whole() {
        let confines = Confines::default().within(&Authority::whole(), &boot.authority);
        boot.confines = Confines { opens: true, ..confines };
        // The filter knows both by the numbers that a child has them under.
        binary = fd::move_to(binary, BINARY).map_err(at("binary"))?;
        image = image.map(|image| fd::move_to(image, IMAGE)).transpose().map_err(at("image"))?;
    }
    // The filter has no use for another signalfd.
    let signals = signals::root().map_err(at("signals"))?;
    if !boot.authority.is_whole() {
        confine::narrow(&boot, Some(binary.as_fd()))
            .map_err(|(step, error)| BootError { step: step.name(), error })?;
    }
    let score = Score::default();
    start(Start { boot, control: None, binary: Some(binary), image, signals, score }, Watch::AtOnce)
}

/// Makes a process of the record that descriptor 3 gives. Called on the main thread, before any other exists.
///
/// A step that fails is told to the parent, which makes `:spawn-failed` of it; the caller then only exits.
pub fn child(watch: Watch) -> Result<Process, BootError> {
    fd::close_on_exec(CONTROL as u32, PLACES as u32 - 1);
    // SAFETY: `is_child` found the spawner's layout, and nothing has run that could own these numbers.
    let (control, binary, image) = unsafe { (fd::adopt(CONTROL), fd::adopt(BINARY), fd::adopt(IMAGE)) };
    let told = |error: BootError| {
        error.tell(|said| {
            let (head, length) = said.head();
            // The parent may be gone; then nobody is left to tell.
            let _ = fd::send_packet(control.as_fd(), &head[..length], said.body(), true);
        });
        error
    };
    seccomp::tell(CONTROL);
    let boot = receive(control.as_fd()).map_err(at("boot-record")).map_err(told)?;
    mutation::begin(&boot.mutation);
    // Where no process may be started, exec has closed the binary.
    let binary = if boot.authority.may_spawn() {
        Some(binary)
    } else {
        std::mem::forget(binary);
        None
    };
    let score = Score::default();
    if boot.authority.is_whole() && !boot.debuggable && process::user() != 0 {
        score.open();
    }
    confine::confine(&boot, binary.as_ref().map(AsFd::as_fd))
        .map_err(|(step, error)| told(BootError { step: step.name(), error }))?;
    let signals = signals::child();
    start(Start { boot, control: Some(control), binary, image: Some(image), signals, score }, watch)
}

/// What root and child share: the record is there, descriptors and signals are in place.
fn start(start: Start, watch: Watch) -> Result<Process, BootError> {
    let shared = Shared::new(start).map_err(at("wake-up"))?;
    let begun = match watch {
        Watch::AtOnce => shared.summons().try_begin(&shared),
        Watch::Late => shared.summons().begin_late(&shared),
    };
    begun.map_err(at(STEP)).inspect_err(|error| error.tell(|said| shared.say(said)))?;
    Ok(Process::new(shared))
}

/// Reads the record piece by piece. Its end before the last piece means that the parent is gone.
fn receive(control: BorrowedFd) -> io::Result<Boot> {
    let mut packet = Vec::with_capacity(MAX_PACKET);
    let mut record = Vec::new();
    let mut told: Vec<(String, u8)> = Vec::new();
    let complete = |record: &[u8], told: &[(String, u8)]| {
        let mut boot = Boot::decode(record).ok_or(io::ErrorKind::InvalidData)?;
        for (_, level) in told.iter().filter(|(path, _)| is_within(&boot.path, path)) {
            boot.log_level = *level;
        }
        Ok(boot)
    };
    loop {
        let length = match fd::receive_packet_into(control, &mut packet) {
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            other => other?,
        };
        if length == 0 {
            process::die();
        }
        let packet = packet.get(..length).ok_or(io::ErrorKind::InvalidData)?;
        let (total, piece) = match ToChild::parse(packet) {
            Ok(ToChild::Boot { total, piece }) => (total, piece),
            // Asked what is to be seen of it: nothing yet, which its parent knows.
            Ok(ToChild::Look { .. } | ToChild::Tap { .. } | ToChild::Untap { .. }) => continue,
            // It will find that out by its answer not being taken.
            Ok(ToChild::Cancel { .. }) => continue,
            // Meant for all of its subtree, which is itself so far, or for a node that it does not have.
            Ok(ToChild::Level { level, path }) => {
                told.push((path.to_string(), level));
                continue;
            }
            // Told to stop between two pieces: it ends well, having done nothing.
            Ok(ToChild::Stop { .. }) => {
                let (head, length) = FromChild::Ended { code: 0 }.head();
                let _ = fd::send_packet(control, &head[..length], &[], true);
                process::leave(0);
            }
            _ => return Err(io::ErrorKind::InvalidData.into()),
        };
        let total = total as usize;
        if total > MAX_BOOT || piece.is_empty() || record.len() + piece.len() > total {
            return Err(io::ErrorKind::InvalidData.into());
        }
        if piece.len() == total {
            return complete(piece, &told);
        }
        record.extend_from_slice(piece);
        if record.len() == total {
            return complete(&record, &told);
        }
    }
}

/// The running binary, held so that replacing or deleting its file does no harm. Without /proc, by the path it was
/// started under.
fn own_binary() -> io::Result<OwnedFd> {
    if let Some(path) = mutation::stand_in() {
        let path = std::ffi::CString::new(path.into_os_string().into_encoded_bytes())?;
        return fd::open(&path, libc::O_PATH);
    }
    fd::open(c"/proc/self/exe", libc::O_PATH).or_else(|e| {
        let path = process::started_path().filter(|_| !removed("own-path")).ok_or(e)?;
        fd::open(path, libc::O_PATH)
    })
}

/// A node holds five descriptors per child, and the customary soft limit is made for programs that use select(2).
fn raise_file_limit() {
    if let Ok((soft, hard)) = process::limit(libc::RLIMIT_NOFILE)
        && soft < hard
    {
        // A refusal leaves what there was; a spawn that then lacks descriptors says so.
        let _ = process::set_limit(libc::RLIMIT_NOFILE, hard, hard);
    }
}

#[cfg(test)]
mod tests {
    use super::is_tree_path;

    #[test]
    fn tree_paths_are_numbers_after_slashes() {
        for path in ["/0", "/2/0", "/10/200/3"] {
            assert!(is_tree_path(path.as_bytes()), "{path}");
        }
        for path in ["", "/", "0", "/a", "/1/", "//1", "/1/x", "/1 "] {
            assert!(!is_tree_path(path.as_bytes()), "{path}");
        }
    }
}
