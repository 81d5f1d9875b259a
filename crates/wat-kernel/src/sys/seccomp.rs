//! The filter of system calls: installing it, and the handler that tells the parent which call ended the process. The
//! calls of Landlock whose library makes others besides. Not here: what the filter says (`boot/filter/`).
//!
//! The filter refuses every other handler for SIGSYS, so the address of [`ACTION`] is part of it: it must be the same
//! in each process of a tree, which a static executable that is not position-independent grants.

use super::check_long;
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::sync::atomic::{AtomicI32, Ordering};

/// The kernel's own structure, which has more than the C library shows.
#[repr(C)]
struct KernelAction {
    handler: unsafe extern "C" fn(i32, *const u8, *const u8),
    flags: u64,
    restorer: unsafe extern "C" fn(i32, *const u8, *const u8),
    mask: u64,
}

const SA_RESTORER: u64 = 0x0400_0000;

static ACTION: KernelAction = KernelAction {
    handler: denied,
    flags: libc::SA_SIGINFO as u64 | libc::SA_ONSTACK as u64 | SA_RESTORER,
    // The handler never returns, but the kernel wants a place to return to.
    restorer: denied,
    mask: u64::MAX,
};

/// Where the handler says which call it was: a control socket, or the root's stderr.
static TOLD: AtomicI32 = AtomicI32::new(2);

/// The address that the filter lets through.
pub(crate) fn action() -> u64 {
    &raw const ACTION as u64
}

/// Makes the handler speak to this control socket instead of stderr.
pub(crate) fn tell(control: i32) {
    TOLD.store(control, Ordering::Relaxed);
}

/// Installs the handler; [`tell`] names its reader.
pub(crate) fn handle() -> io::Result<()> {
    let none = std::ptr::null::<KernelAction>();
    // SAFETY: the action is a whole structure of the kernel's, and the size of its mask is eight bytes.
    check_long(unsafe {
        libc::syscall(libc::SYS_rt_sigaction, libc::SIGSYS, &raw const ACTION, none, 8usize)
    })?;
    Ok(())
}

/// Adds the program to the calling thread's filters.
pub(crate) fn install(program: &mut [libc::sock_filter]) -> io::Result<()> {
    let length = u16::try_from(program.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
    let whole = libc::sock_fprog { len: length, filter: program.as_mut_ptr() };
    // SAFETY: the kernel copies a program of the length given.
    check_long(unsafe {
        libc::syscall(libc::SYS_seccomp, libc::SECCOMP_SET_MODE_FILTER, 0, &raw const whole)
    })?;
    Ok(())
}

/// Does the running kernel know filters that name the call?
pub(crate) fn available() -> bool {
    let action = libc::SECCOMP_RET_TRAP;
    // SAFETY: reads one word.
    unsafe { libc::syscall(libc::SYS_seccomp, libc::SECCOMP_GET_ACTION_AVAIL, 0, &raw const action) == 0 }
}

/// The version of Landlock that the running kernel has; 0 for none.
pub(crate) fn landlock_version() -> i64 {
    const VERSION: u32 = 1;
    // SAFETY: with this flag nothing is read.
    let found =
        unsafe { libc::syscall(libc::SYS_landlock_create_ruleset, std::ptr::null::<u8>(), 0usize, VERSION) };
    found.max(0)
}

/// Adds a rule to a ruleset of Landlock: these rights at the place and below it.
pub(crate) fn open_beneath(set: BorrowedFd, place: BorrowedFd, rights: u64) -> io::Result<()> {
    const PATH_BENEATH: u32 = 1;
    #[repr(C, packed)]
    struct Rule {
        rights: u64,
        place: i32,
    }
    let rule = Rule { rights, place: place.as_raw_fd() };
    // SAFETY: the rule is the kernel's structure and outlives the call.
    check_long(unsafe {
        libc::syscall(libc::SYS_landlock_add_rule, set.as_raw_fd(), PATH_BENEATH, &raw const rule, 0)
    })?;
    Ok(())
}

/// Adds the ruleset to the calling thread's layers.
pub(crate) fn restrict(set: BorrowedFd) -> io::Result<()> {
    // SAFETY: touches no memory.
    check_long(unsafe { libc::syscall(libc::SYS_landlock_restrict_self, set.as_raw_fd(), 0) })?;
    Ok(())
}

/// The handler. Runs on whatever stack there is, allocates nothing, and does not return.
unsafe extern "C" fn denied(_signal: i32, info: *const u8, _context: *const u8) {
    // SAFETY: of SIGSYS the number of the call stands 24 bytes into the kernel's record; locals are as long as said.
    unsafe {
        let number = info.add(24).cast::<u32>().read_unaligned();
        let control = TOLD.load(Ordering::Relaxed);
        if control == 2 {
            let text = b"wat: ended by a system call that no program can need\n";
            libc::write(2, text.as_ptr().cast(), text.len());
        } else {
            let mut packet = [crate::control::DENIED; 5];
            packet[1..].copy_from_slice(&number.to_le_bytes());
            libc::send(control, packet.as_ptr().cast(), packet.len(), libc::MSG_NOSIGNAL);
        }
        // The signal is blocked in its handler, so the same again is the end by its default action.
        loop {
            libc::syscall(libc::SYS_execve, 0, 0, 0);
        }
    }
}
