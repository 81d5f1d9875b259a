//! The system calls of `wat chaos`: being the reaper of a tree, signals by process descriptor, sizes of pipes.

use std::fs::File;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

/// Whatever loses its parent below this process becomes its child.
pub fn adopt_orphans() -> std::io::Result<()> {
    // SAFETY: prctl with numbers alone.
    let set = unsafe { libc::prctl(libc::PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) };
    if set == 0 { Ok(()) } else { Err(std::io::Error::last_os_error()) }
}

/// Reaps one child of this process, if it has ended.
pub fn reap(pid: i32) {
    // SAFETY: waitpid accepts a null status.
    unsafe { libc::waitpid(pid, std::ptr::null_mut(), libc::WNOHANG) };
}

/// A process that cannot be mistaken for a later one of its number.
pub struct Target(OwnedFd);

impl Target {
    /// `None` where it has gone.
    pub fn of(pid: i32) -> Option<Target> {
        // SAFETY: pidfd_open takes numbers and answers a new descriptor.
        let fd = unsafe { libc::syscall(libc::SYS_pidfd_open, pid, 0) } as i32;
        // SAFETY: just made, and nobody else's.
        (fd >= 0).then(|| Target(unsafe { OwnedFd::from_raw_fd(fd) }))
    }

    pub fn signal(&self, signal: i32) -> bool {
        let none = std::ptr::null::<libc::siginfo_t>();
        // SAFETY: no siginfo is passed.
        unsafe { libc::syscall(libc::SYS_pidfd_send_signal, self.0.as_raw_fd(), signal, none, 0) == 0 }
    }
}

/// Makes a pipe hold one page, as far as what lies in it allows.
pub fn squeeze(pipe: &impl AsRawFd) -> bool {
    // SAFETY: plain fcntl on an open descriptor.
    unsafe { libc::fcntl(pipe.as_raw_fd(), libc::F_SETPIPE_SZ, 4096) >= 0 }
}

/// The same for a pipe that another process holds.
pub fn squeeze_in(pid: i32, number: i32) -> bool {
    // Opened for reading and writing so that it never waits for another end.
    let opened = File::options().read(true).write(true).open(format!("/proc/{pid}/fd/{number}"));
    opened.is_ok_and(|pipe| squeeze(&pipe))
}

/// A seed from the clock, short enough to type.
pub fn seed() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.map_or(1, |time| time.as_nanos() as u64 % 1_000_000_000)
}
