//! Calls on processes and threads: pid descriptors, limits, names. Not here: making a process (`clone.rs`).

use super::{check, check_long, fd};
use crate::mutation::removed;
use std::ffi::{CStr, CString};
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::time::Duration;

/// How a process ended, as the kernel tells it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Status {
    Exited(i32),
    Signalled(i32),
}

/// Status and figures of a reaped process.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reaped {
    pub(crate) status: Status,
    pub(crate) cpu: Duration,
    pub(crate) max_rss: u64,
}

/// Reaps the process behind a pid descriptor; `None` while it runs.
pub(crate) fn reap(pidfd: BorrowedFd) -> io::Result<Option<Reaped>> {
    // SAFETY: all-zero is a valid value of both structures; waitid fills them.
    unsafe {
        let mut info: libc::siginfo_t = std::mem::zeroed();
        let mut usage: libc::rusage = std::mem::zeroed();
        check_long(libc::syscall(
            libc::SYS_waitid,
            libc::P_PIDFD,
            pidfd.as_raw_fd(),
            &raw mut info,
            libc::WEXITED | libc::WNOHANG | if removed("reap") { libc::WNOWAIT } else { 0 },
            &raw mut usage,
        ))?;
        if info.si_pid() == 0 {
            return Ok(None);
        }
        let code = info.si_status();
        let status =
            if info.si_code == libc::CLD_EXITED { Status::Exited(code) } else { Status::Signalled(code) };
        let micros = |t: libc::timeval| Duration::new(t.tv_sec as u64, t.tv_usec as u32 * 1000);
        let cpu = micros(usage.ru_utime) + micros(usage.ru_stime);
        Ok(Some(Reaped { status, cpu, max_rss: usage.ru_maxrss as u64 * 1024 }))
    }
}

/// Is the process behind a pid descriptor stopped by a signal?
pub(crate) fn is_stopped(pidfd: BorrowedFd) -> bool {
    let flags = libc::WSTOPPED | libc::WNOHANG | libc::WNOWAIT;
    // SAFETY: all-zero is a valid siginfo_t; waitid fills it.
    unsafe {
        let mut info: libc::siginfo_t = std::mem::zeroed();
        let asked = libc::waitid(libc::P_PIDFD, pidfd.as_raw_fd() as u32, &raw mut info, flags);
        asked == 0 && info.si_pid() != 0
    }
}

/// Has the process behind a pid descriptor ended? It is not reaped.
pub(crate) fn has_ended(pidfd: BorrowedFd) -> bool {
    let flags = libc::WEXITED | libc::WNOHANG | libc::WNOWAIT;
    // SAFETY: all-zero is a valid siginfo_t; waitid fills it.
    unsafe {
        let mut info: libc::siginfo_t = std::mem::zeroed();
        // An error says that it is no child any more: somebody else has reaped it.
        libc::waitid(libc::P_PIDFD, pidfd.as_raw_fd() as u32, &raw mut info, flags) != 0 || info.si_pid() != 0
    }
}

/// As PID 1: reaps an adopted orphan, leaving processes for which `own` answers true to their owner.
pub(crate) fn reap_orphan(own: impl Fn(i32) -> bool) -> bool {
    // SAFETY: all-zero is a valid siginfo_t; waitid fills it.
    unsafe {
        let mut info: libc::siginfo_t = std::mem::zeroed();
        let look = libc::WEXITED | libc::WNOHANG | libc::WNOWAIT;
        if libc::waitid(libc::P_ALL, 0, &raw mut info, look) != 0 || info.si_pid() == 0 || own(info.si_pid())
        {
            return false;
        }
        let flags = libc::WEXITED | libc::WNOHANG;
        libc::waitid(libc::P_PID, info.si_pid() as u32, &raw mut info, flags) == 0
    }
}

/// Signals the process behind a pid descriptor; one that has ended answers `ESRCH`.
pub(crate) fn signal(pidfd: BorrowedFd, signal: i32) -> io::Result<()> {
    let none = std::ptr::null::<libc::siginfo_t>();
    // SAFETY: no siginfo is passed, so the kernel makes its own.
    check_long(unsafe { libc::syscall(libc::SYS_pidfd_send_signal, pidfd.as_raw_fd(), signal, none, 0) })?;
    Ok(())
}

/// Signals every process of a group. Only while its leader is a child of ours that nobody has reaped: until then the
/// number cannot pass to another group.
pub(crate) fn signal_group(leader: i32, signal: i32) {
    // SAFETY: touches no memory; a group that has gone answers ESRCH.
    unsafe { libc::kill(-leader, signal) };
}

/// Signals a child of ours that only the caller reaps.
pub(crate) fn signal_child(pid: i32, signal: i32) {
    // SAFETY: touches no memory.
    unsafe { libc::kill(pid, signal) };
}

/// Reaps a child by its number; false while it runs. Only for children that nobody else waits for.
pub(crate) fn reap_child(pid: i32) -> bool {
    // SAFETY: all-zero is a valid siginfo_t; waitid fills it.
    unsafe {
        let mut info: libc::siginfo_t = std::mem::zeroed();
        let flags = libc::WEXITED | libc::WNOHANG;
        libc::waitid(libc::P_PID, pid as u32, &raw mut info, flags) == 0 && info.si_pid() != 0
    }
}

/// The children of one process as /proc tells them, in its file held open.
pub(crate) struct Children(OwnedFd);

impl Children {
    /// Of this process, or of one that it has made: the children of its first thread, to which the orphans come. `None`
    /// where /proc is missing, or tells numbers of another namespace than this process's own.
    pub(crate) fn of(pid: i32) -> io::Result<Option<Children>> {
        let shown = std::fs::read_link("/proc/self").ok();
        if shown.and_then(|shown| shown.to_str()?.parse().ok()) != Some(id()) {
            return Ok(None);
        }
        let path = CString::new(format!("/proc/{pid}/task/{pid}/children"))?;
        match super::fd::open(&path, libc::O_RDONLY) {
            Ok(file) => Ok(Some(Children(file))),
            // Not for ever: what is lacking now is there again later.
            Err(e) if matches!(e.raw_os_error(), Some(libc::EMFILE | libc::ENFILE | libc::ENOMEM)) => Err(e),
            Err(_) => Ok(None),
        }
    }

    /// Empty only when there are none; while some begin and end others may be left out.
    pub(crate) fn now(&self) -> Vec<i32> {
        let mut text = Vec::new();
        let mut piece = [0u8; 4096];
        while let Ok(count @ 1..) = fd::read_at(self.0.as_fd(), &mut piece, text.len() as i64) {
            text.extend_from_slice(&piece[..count]);
        }
        let numbers = text.split(|byte| *byte == b' ');
        numbers.filter_map(|word| std::str::from_utf8(word).ok()?.trim().parse().ok()).collect()
    }
}

/// Does the machine grant this process PID namespaces? By trial.
pub(crate) fn may_contain() -> bool {
    // SAFETY: a fork whose child makes one call, which ends it.
    unsafe {
        let pid = libc::syscall(libc::SYS_clone, libc::CLONE_NEWPID | libc::SIGCHLD, 0, 0, 0, 0);
        if pid == 0 {
            libc::syscall(libc::SYS_exit_group, 0);
        }
        pid > 0 && libc::waitpid(pid as i32, std::ptr::null_mut(), 0) == pid as i32
    }
}

/// Time since the machine started, in the ticks of /proc.
pub(crate) fn boot_ticks() -> u64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: fills one structure; sysconf touches no memory.
    let per_second = unsafe {
        libc::clock_gettime(libc::CLOCK_BOOTTIME, &raw mut time);
        libc::sysconf(libc::_SC_CLK_TCK).max(1)
    };
    (time.tv_sec * per_second + time.tv_nsec * per_second / 1_000_000_000) as u64
}

/// Does the process sleep, as far as /proc tells? Without it nobody can say that it does not.
pub(crate) fn is_asleep(pid: i32) -> bool {
    let Ok(text) = std::fs::read_to_string(format!("/proc/{pid}/stat")) else { return true };
    // The name may hold anything, so the state is looked for behind it.
    text.rsplit(')').next().is_none_or(|rest| rest.trim_start().starts_with('S'))
}

/// A descriptor of the process with that number.
pub(crate) fn open(pid: i32) -> io::Result<OwnedFd> {
    // SAFETY: takes numbers and answers a new descriptor, close-on-exec, that nobody else owns.
    unsafe {
        let fd = check_long(libc::syscall(libc::SYS_pidfd_open, pid, 0))?;
        Ok(OwnedFd::from_raw_fd(fd as i32))
    }
}

/// The children that the calling thread makes from now on are born into the PID namespace of the process behind the
/// descriptor.
pub(crate) fn bear_into(pidfd: RawFd) -> io::Result<()> {
    // SAFETY: touches no memory.
    check(unsafe { libc::setns(pidfd, libc::CLONE_NEWPID) })?;
    Ok(())
}

/// The same for the way back to this process's own namespace, whose descriptor it is. Until it is back the thread could
/// start no other; only want of a little memory keeps it.
pub(crate) fn bear_back(own: RawFd) {
    while bear_into(own).is_err() {
        std::thread::yield_now();
    }
}

/// Waits for the end of a child, and reaps it.
pub(crate) fn await_end(pidfd: BorrowedFd) {
    // SAFETY: waitid accepts a null siginfo.
    while unsafe {
        libc::waitid(libc::P_PIDFD, pidfd.as_raw_fd() as u32, std::ptr::null_mut(), libc::WEXITED)
    } < 0
        && io::Error::last_os_error().kind() == io::ErrorKind::Interrupted
    {}
}

/// From now on what loses its parent below this process becomes its child.
pub(crate) fn become_subreaper() -> io::Result<()> {
    control(libc::PR_SET_CHILD_SUBREAPER, 1)
}

pub(crate) fn thread_id() -> i32 {
    // SAFETY: touches no memory.
    unsafe { libc::gettid() }
}

/// Signals one thread of this process.
pub(crate) fn signal_thread(thread: i32, signal: i32) {
    // SAFETY: touches no memory; a thread that has gone answers ESRCH.
    unsafe { libc::syscall(libc::SYS_tgkill, libc::getpid(), thread, signal) };
}

/// The exit code of a process that ended itself and could not do so by SIGKILL.
pub(crate) const DIED: i32 = 128 + libc::SIGKILL;

/// Ends this process at once, by SIGKILL; where that has no effect (PID 1 of a namespace, confinement), by exit.
pub(crate) fn die() -> ! {
    // SAFETY: touches no memory.
    unsafe {
        libc::kill(libc::getpid(), libc::SIGKILL);
        libc::_exit(DIED)
    }
}

/// Leaves at once without running anything more of this process.
pub(crate) fn leave(code: i32) -> ! {
    // SAFETY: touches no memory.
    unsafe { libc::_exit(code) }
}

pub(crate) fn id() -> i32 {
    // SAFETY: touches no memory.
    unsafe { libc::getpid() }
}

/// The effective user.
pub(crate) fn user() -> u32 {
    // SAFETY: touches no memory.
    unsafe { libc::geteuid() }
}

/// Milliseconds of the coarse monotonic clock, which is read without a system call; never 0.
pub(crate) fn coarse_ms() -> u64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: fills one structure.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC_COARSE, &raw mut time) };
    (time.tv_sec as u64 * 1000 + time.tv_nsec as u64 / 1_000_000).max(1)
}

/// Processor time of this process, all of its threads together.
pub(crate) fn own_cpu() -> Duration {
    clock(libc::CLOCK_PROCESS_CPUTIME_ID).unwrap_or_default()
}

/// Processor time of one thread of this process; `None` once it has ended.
pub(crate) fn thread_cpu(thread: i32) -> Option<Duration> {
    // The number of a thread's clock, as the kernel defines it: the complement of the thread's, and a kind.
    clock((!thread << 3) | 6)
}

fn clock(clock: libc::clockid_t) -> Option<Duration> {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: fills one structure; a clock that is none answers EINVAL.
    let read = unsafe { libc::clock_gettime(clock, &raw mut time) };
    (read == 0).then(|| Duration::new(time.tv_sec as u64, time.tv_nsec as u32))
}

/// Bytes of memory that this process has in use; without /proc the most it ever had.
pub(crate) fn own_memory() -> u64 {
    resident().unwrap_or_else(|| {
        // SAFETY: all-zero is a valid value; the call fills it.
        unsafe {
            let mut usage: libc::rusage = std::mem::zeroed();
            libc::getrusage(libc::RUSAGE_SELF, &raw mut usage);
            usage.ru_maxrss as u64 * 1024
        }
    })
}

fn resident() -> Option<u64> {
    let mut text = [0; 128];
    let file = super::fd::open(c"/proc/self/statm", libc::O_RDONLY).ok()?;
    let length = super::fd::read(std::os::fd::AsFd::as_fd(&file), &mut text).ok()?;
    let text = std::str::from_utf8(&text[..length]).ok()?;
    let pages: u64 = text.split(' ').nth(1)?.parse().ok()?;
    // SAFETY: touches no memory.
    let page = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
    Some(pages * u64::try_from(page).ok()?)
}

pub(crate) fn set_limit(resource: u32, soft: u64, hard: u64) -> io::Result<()> {
    let limit = libc::rlimit { rlim_cur: soft, rlim_max: hard };
    // SAFETY: reads one structure.
    check(unsafe { libc::setrlimit(resource as _, &raw const limit) })?;
    Ok(())
}

/// The soft and hard value of a limit.
pub(crate) fn limit(resource: u32) -> io::Result<(u64, u64)> {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: fills one structure.
    check(unsafe { libc::getrlimit(resource as _, &raw mut limit) })?;
    Ok((limit.rlim_cur, limit.rlim_max))
}

/// `prctl` with one number.
pub(crate) fn control(option: i32, value: u64) -> io::Result<()> {
    // SAFETY: used with options whose argument is a number.
    check(unsafe { libc::prctl(option, value, 0u64, 0u64, 0u64) })?;
    Ok(())
}

/// Gives up every capability but these, for good where no-new-privs is set.
pub(crate) fn keep_capabilities(kept: u64) -> io::Result<()> {
    const VERSION_3: u32 = 0x2008_0522;
    let header = [VERSION_3, 0];
    let mut held = [0u32; 6];
    // SAFETY: a header of version 3 and its six words: effective, permitted and inheritable, lower half first.
    unsafe {
        check_long(libc::syscall(libc::SYS_capget, header.as_ptr(), held.as_mut_ptr()))?;
        let keep = |word: u32, half: usize| word & (kept >> (32 * half)) as u32;
        let now = [keep(held[0], 0), keep(held[1], 0), 0, keep(held[3], 1), keep(held[4], 1), 0];
        check_long(libc::syscall(libc::SYS_capset, header.as_ptr(), now.as_ptr()))?;
    }
    Ok(())
}

/// Names the calling thread; the kernel keeps 15 bytes.
pub(crate) fn name_thread(name: &CStr) -> io::Result<()> {
    // SAFETY: a terminated string, copied by the kernel.
    check(unsafe { libc::prctl(libc::PR_SET_NAME, name.as_ptr()) })?;
    Ok(())
}

pub(crate) fn set_umask(mask: u32) {
    // SAFETY: touches no memory and cannot fail.
    unsafe { libc::umask(mask as libc::mode_t) };
}

/// Gives the calling thread a working directory and a file mode mask of its own.
pub(crate) fn leave_place() -> io::Result<()> {
    // SAFETY: changes what the kernel keeps of this thread; no memory is touched.
    check(unsafe { libc::unshare(libc::CLONE_FS) })?;
    Ok(())
}

pub(crate) fn change_directory(path: &CStr) -> io::Result<()> {
    // SAFETY: a terminated string.
    check(unsafe { libc::chdir(path.as_ptr()) })?;
    Ok(())
}

/// Sixteen bytes from the kernel's random source.
pub fn random() -> [u64; 2] {
    let mut words = [0u64; 2];
    // SAFETY: sixteen writable bytes; requests this small are not cut short once the source is ready.
    unsafe { libc::getrandom(words.as_mut_ptr().cast(), 16, 0) };
    words
}

/// The path by which this program was started, as the kernel noted it.
pub(crate) fn started_path() -> Option<&'static CStr> {
    // SAFETY: the auxiliary vector's string stays where it is for the life of the process.
    unsafe {
        let address = libc::getauxval(libc::AT_EXECFN) as *const libc::c_char;
        if address.is_null() { None } else { Some(CStr::from_ptr(address)) }
    }
}
