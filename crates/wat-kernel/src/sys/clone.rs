//! From clone to exec.
//!
//! Why raw: `posix_spawn` cannot set a death signal, and fork copies page tables. The clone shares our memory
//! (CLONE_VM) and runs on a stack of its own while the calling thread sleeps (CLONE_VFORK).
//!
//! Rules for `newborn` and what it calls: no allocation, no lock, no panic, no C library (errno and thread-local
//! storage are the sleeping parent's), only raw calls and locals. Every signal is blocked from before the clone to
//! just before exec, so no handler of ours runs in it. What it writes, the parent reads: `Plan::failed`.

use super::signal::{self, Set};
use crate::mutation::{pauses_at, removed};
use std::ffi::{CStr, CString};
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, FromRawFd, OwnedFd, RawFd};

/// Descriptor numbers a child is born with: stdin, stdout, stderr, control socket, binary, image.
pub(crate) const PLACES: usize = 6;
/// That of the control socket.
pub const CONTROL: RawFd = 3;
pub(crate) const BINARY: RawFd = 4;
pub(crate) const IMAGE: RawFd = 5;

/// How a child is cloned; a filter lets no other flags pass.
pub(crate) const SPAWN_FLAGS: i32 =
    libc::CLONE_VM | libc::CLONE_FILES | libc::CLONE_VFORK | libc::CLONE_PIDFD | libc::SIGCHLD;

/// The PID namespace that a process is born into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Space {
    /// The one that this process's children are born into anyway.
    Own,
    /// A new one, whose first process it becomes.
    New,
    /// That of the process behind the first descriptor; the second is this very process, for the way back.
    Of(RawFd, RawFd),
}

/// What a launch needs; all of it made before the clone.
pub(crate) struct Order {
    /// For each place the descriptor to put there; an external command has the first three places alone.
    pub(crate) sources: Vec<RawFd>,
    pub(crate) what: What,
    pub(crate) arguments: Vec<CString>,
    /// Signals whose disposition exec would not reset: the ignored ones and the kick.
    pub(crate) reset: Set,
}

/// What the clone becomes.
pub(crate) enum What {
    /// This binary, which finds all else in its boot record.
    Itself {
        /// The parent's end of the control socket; the clone closes its copy so that the lifeline can end.
        parent_control: RawFd,
        /// Is the binary closed by exec? The child then cannot start processes.
        sealed: bool,
    },
    Command(Foreign),
}

/// What a command that knows nothing of boot records is given by the clone itself.
pub(crate) struct Foreign {
    pub(crate) file: CString,
    pub(crate) directory: CString,
    pub(crate) environment: Vec<CString>,
    /// Resource, soft and hard value.
    pub(crate) limits: Vec<(u32, u64, u64)>,
}

/// The step between clone and exec that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub(crate) enum Step {
    Subreaper = 1,
    Namespace,
    Clone,
    Session,
    DeathSignal,
    Descriptors,
    Lifeline,
    Limits,
    Directory,
    Exec,
}

/// The steps a test may pause at.
const STEPS: [Step; 5] = [Step::Session, Step::DeathSignal, Step::Descriptors, Step::Lifeline, Step::Exec];

impl Step {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Step::Subreaper => "subreaper",
            Step::Namespace => "namespace",
            Step::Clone => "clone",
            Step::Session => "session",
            Step::DeathSignal => "death-signal",
            Step::Descriptors => "descriptors",
            Step::Lifeline => "lifeline",
            Step::Limits => "limits",
            Step::Directory => "directory",
            Step::Exec => "exec",
        }
    }
}

/// A running process as its parent holds it.
pub(crate) struct Launched {
    pub(crate) pid: i32,
    pub(crate) pidfd: OwnedFd,
}

/// Makes a process. The calling thread must live as long as this process: the death signal is bound to it.
pub(crate) fn launch(order: &Order, space: Space) -> Result<Launched, (Step, io::Error)> {
    let mut arguments: Vec<*const libc::c_char> = order.arguments.iter().map(|a| a.as_ptr()).collect();
    arguments.push(std::ptr::null());
    let given: &[CString] = match &order.what {
        What::Itself { .. } => &[],
        What::Command(foreign) => &foreign.environment,
    };
    let mut environment: Vec<*const libc::c_char> = given.iter().map(|e| e.as_ptr()).collect();
    environment.push(std::ptr::null());
    let mut sources = [-1; PLACES];
    sources[..order.sources.len()].copy_from_slice(&order.sources);
    let mut plan = Plan {
        sources,
        beyond: order.sources.iter().max().map_or(0, |most| most + 1),
        places: order.sources.len(),
        kind: match &order.what {
            What::Itself { parent_control, sealed } => {
                Kind::Itself { parent_control: *parent_control, sealed: *sealed }
            }
            What::Command(foreign) => Kind::Command {
                parent: super::process::id(),
                file: foreign.file.as_ptr(),
                directory: foreign.directory.as_ptr(),
                limits: &foreign.limits,
            },
        },
        arguments: arguments.as_ptr(),
        environment: environment.as_ptr(),
        reset: order.reset,
        removed: Removed {
            death_signal: removed("death-signal"),
            lifeline: removed("lifeline"),
            session: removed("session"),
            quiet: removed("birth-allocates"),
        },
        // Who has the first process of a namespace made pauses at the second.
        pause: STEPS.into_iter().find(|step| space != Space::New && pauses_at(step.name())),
        failed: None,
    };
    let mut stack: Box<[MaybeUninit<u128>]> = Box::new_uninit_slice(1024);
    let mut pidfd: i32 = -1;
    let flags = if space == Space::New { SPAWN_FLAGS | libc::CLONE_NEWPID } else { SPAWN_FLAGS };
    if let Space::Of(keeper, _) = space {
        super::process::bear_into(keeper).map_err(|error| (Step::Namespace, error))?;
    }
    let mask = signal::set_mask(!0);
    // SAFETY: the plan, its strings and the stack outlive the clone's use of them, because CLONE_VFORK holds this
    // thread until the clone has exec'd or ended. All signals are blocked.
    let pid = unsafe {
        let top = stack.as_mut_ptr().add(stack.len());
        clone(flags, top.cast(), &raw mut pidfd, newborn, &raw mut plan)
    };
    signal::set_mask(mask);
    if let Space::Of(_, own) = space {
        super::process::bear_back(own);
    }
    if pid < 0 {
        return Err((Step::Clone, io::Error::from_raw_os_error(-pid as i32)));
    }
    // SAFETY: CLONE_PIDFD stored a new descriptor, close-on-exec, that nobody else owns.
    let pidfd = unsafe { OwnedFd::from_raw_fd(pidfd) };
    // SAFETY: the clone may have written the field through its pointer; it has ended or exec'd by now.
    let failed = unsafe { std::ptr::read_volatile(&raw const plan.failed) };
    if let Some((step, errno)) = failed {
        // It exits next; this waits for it so that no zombie stays.
        super::process::await_end(pidfd.as_fd());
        return Err((step, io::Error::from_raw_os_error(errno)));
    }
    Ok(Launched { pid: pid as i32, pidfd })
}

/// What the clone reads, and the one field it writes.
struct Plan<'a> {
    sources: [RawFd; PLACES],
    /// Above all sources.
    beyond: RawFd,
    /// How many of the places are filled.
    places: usize,
    kind: Kind<'a>,
    arguments: *const *const libc::c_char,
    environment: *const *const libc::c_char,
    reset: Set,
    removed: Removed,
    /// The step before which the clone rests, in a test.
    pause: Option<Step>,
    failed: Option<(Step, i32)>,
}

/// Mechanisms a test has taken away; looked up before the clone, which may not.
struct Removed {
    death_signal: bool,
    lifeline: bool,
    session: bool,
    /// The rule of this file: no allocation, and memory shared.
    quiet: bool,
}

enum Kind<'a> {
    Itself {
        parent_control: RawFd,
        sealed: bool,
    },
    Command {
        parent: i32,
        file: *const libc::c_char,
        directory: *const libc::c_char,
        limits: &'a [(u32, u64, u64)],
    },
}

/// The clone's whole life.
///
/// # Safety
/// `plan` points at a plan whose strings are alive; runs only as the body of [`clone`].
unsafe extern "C" fn newborn(plan: *mut Plan) -> ! {
    // SAFETY: by this function's contract; the parent sleeps, so nothing else touches the plan.
    unsafe {
        let step = match be_born(&*plan) {
            Ok(never) => match never {},
            Err(step) => step,
        };
        (*plan).failed = Some(step);
        raw(libc::SYS_exit_group, [127, 0, 0, 0, 0]);
    }
    loop {
        std::hint::spin_loop();
    }
}

enum Never {}

fn be_born(plan: &Plan) -> Result<Never, (Step, i32)> {
    let at = |step: Step, result: i64| if result < 0 { Err((step, -result as i32)) } else { Ok(result) };
    if plan.removed.quiet {
        std::hint::black_box(vec![0u8; 4096]);
    }
    // SAFETY: raw calls on numbers, on locals and on the plan's strings, all alive.
    unsafe {
        // Until here the descriptors are the parent's own, for a copy of them all, only to be closed by exec, takes a parent of
        // a thousand children as long as all the rest of a birth. What is copied now ends with the sources.
        let rest = [i64::from(plan.beyond), i64::from(u32::MAX), i64::from(libc::CLOSE_RANGE_UNSHARE), 0, 0];
        at(Step::Descriptors, raw(libc::SYS_close_range, rest))?;

        pause(plan, Step::Session);
        if !plan.removed.session {
            at(Step::Session, raw(libc::SYS_setsid, [0; 5]))?;
        }
        pause(plan, Step::DeathSignal);
        let death = [libc::PR_SET_PDEATHSIG as i64, libc::SIGKILL as i64, 0, 0, 0];
        if !plan.removed.death_signal {
            at(Step::DeathSignal, raw(libc::SYS_prctl, death))?;
        }

        // Exec resets caught signals but keeps ignored ones.
        let default = [0u64; 4];
        let mut signal = 1;
        while signal <= 64 {
            if plan.reset & signal::bit(signal) != 0 {
                raw(libc::SYS_rt_sigaction, [signal as i64, &raw const default as i64, 0, 8, 0]);
            }
            signal += 1;
        }

        pause(plan, Step::Descriptors);
        match plan.kind {
            Kind::Itself { parent_control, sealed } => {
                // The parent's end first: its number may be one of the places.
                raw(libc::SYS_close, [parent_control as i64, 0, 0, 0, 0]);
                place(&plan.sources, plan.places).map_err(|errno| (Step::Descriptors, errno))?;
                if sealed {
                    let close =
                        [i64::from(BINARY), i64::from(libc::F_SETFD), i64::from(libc::FD_CLOEXEC), 0, 0];
                    raw(libc::SYS_fcntl, close);
                }
                pause(plan, Step::Lifeline);
                // A parent that died before the death signal was set is seen by the hang-up of its end.
                let mut lifeline = libc::pollfd { fd: CONTROL, events: 0, revents: 0 };
                let none = libc::timespec { tv_sec: 0, tv_nsec: 0 };
                raw(libc::SYS_ppoll, [&raw mut lifeline as i64, 1, &raw const none as i64, 0, 8]);
                let ended = std::ptr::read_volatile(&raw const lifeline.revents)
                    & (libc::POLLHUP | libc::POLLERR)
                    != 0;
                if ended && !plan.removed.lifeline {
                    return Err((Step::Lifeline, libc::EPIPE));
                }
            }
            Kind::Command { parent, directory, limits, .. } => {
                place(&plan.sources, plan.places).map_err(|errno| (Step::Descriptors, errno))?;
                // The same of a command, which has no lifeline.
                if raw(libc::SYS_getppid, [0; 5]) != parent as i64 {
                    return Err((Step::Lifeline, libc::EPIPE));
                }
                raw(libc::SYS_umask, [0o077, 0, 0, 0, 0]);
                for (resource, soft, hard) in limits {
                    let limit = libc::rlimit { rlim_cur: *soft, rlim_max: *hard };
                    let set = [0, i64::from(*resource), &raw const limit as i64, 0, 0];
                    at(Step::Limits, raw(libc::SYS_prlimit64, set))?;
                }
                at(Step::Directory, raw(libc::SYS_chdir, [directory as i64, 0, 0, 0, 0]))?;
            }
        }

        pause(plan, Step::Exec);
        let empty: Set = 0;
        let mask = [libc::SIG_SETMASK as i64, &raw const empty as i64, 0, 8, 0];
        raw(libc::SYS_rt_sigprocmask, mask);
        let (arguments, environment) = (plan.arguments as i64, plan.environment as i64);
        let itself: &CStr = c"";
        let result = match plan.kind {
            Kind::Itself { .. } => {
                let (binary, flags) = (BINARY as i64, libc::AT_EMPTY_PATH as i64);
                raw(libc::SYS_execveat, [binary, itself.as_ptr() as i64, arguments, environment, flags])
            }
            Kind::Command { file, .. } => raw(libc::SYS_execve, [file as i64, arguments, environment, 0, 0]),
        };
        Err((Step::Exec, -result as i32))
    }
}

/// Half a second for a test to kill the parent in.
///
/// # Safety
/// As [`be_born`].
unsafe fn pause(plan: &Plan, step: Step) {
    if plan.pause == Some(step) {
        let rest = libc::timespec { tv_sec: 0, tv_nsec: 500_000_000 };
        // SAFETY: a raw call that reads a local.
        unsafe { raw(libc::SYS_nanosleep, [&raw const rest as i64, 0, 0, 0, 0]) };
    }
}

/// Puts each source at its place, open across exec. Sources that stand on another's place are lifted first; the
/// lifted copies are close-on-exec.
fn place(sources: &[RawFd; PLACES], count: usize) -> Result<(), i32> {
    let mut from = *sources;
    // SAFETY: raw calls on numbers; a clone has its own descriptor table.
    unsafe {
        for (target, source) in from.iter_mut().enumerate().take(count) {
            if *source != target as RawFd && *source < count as RawFd {
                let lift = [*source as i64, libc::F_DUPFD_CLOEXEC as i64, PLACES as i64, 0, 0];
                let lifted = raw(libc::SYS_fcntl, lift);
                if lifted < 0 {
                    return Err(-lifted as i32);
                }
                *source = lifted as RawFd;
            }
        }
        for (target, source) in from.iter().enumerate().take(count) {
            let result = if *source == target as RawFd {
                raw(libc::SYS_fcntl, [target as i64, libc::F_SETFD as i64, 0, 0, 0])
            } else {
                raw(libc::SYS_dup3, [*source as i64, target as i64, 0, 0, 0])
            };
            if result < 0 {
                return Err(-result as i32);
            }
        }
    }
    Ok(())
}

#[cfg(not(target_arch = "x86_64"))]
compile_error!("the clone of a child is written for x86-64; another machine needs its `raw` and `clone`");

/// A system call without the C library: the kernel's own result, negative errno on failure.
///
/// # Safety
/// As the call named by `number` demands.
#[inline(always)]
unsafe fn raw(number: i64, a: [i64; 5]) -> i64 {
    let result: i64;
    // SAFETY: the kernel's convention on x86-64: it clobbers rcx and r11 alone.
    unsafe {
        std::arch::asm!(
            "syscall",
            inlateout("rax") number => result,
            in("rdi") a[0], in("rsi") a[1], in("rdx") a[2], in("r10") a[3], in("r8") a[4],
            lateout("rcx") _, lateout("r11") _,
            options(nostack),
        );
    }
    result
}

/// Clones; the clone runs `body(plan)` on `top`, the caller sleeps until it has exec'd or ended.
///
/// # Safety
/// `top` is the 16-aligned upper end of a stack nothing else uses; `body` never returns.
unsafe fn clone(
    flags: i32,
    top: *mut u8,
    pidfd: *mut i32,
    body: unsafe extern "C" fn(*mut Plan) -> !,
    plan: *mut Plan,
) -> i64 {
    let flags = if removed("birth-allocates") { flags & !libc::CLONE_VM } else { flags };
    let result: i64;
    // SAFETY: in the parent only rax, rcx and r11 change. The clone starts with the same registers on its own
    // stack, ends its frame chain, and calls the body, which never comes back.
    unsafe {
        std::arch::asm!(
            "syscall",
            "test rax, rax",
            "jnz 2f",
            "xor ebp, ebp",
            "mov rdi, r12",
            "call r13",
            "ud2",
            "2:",
            inlateout("rax") libc::SYS_clone => result,
            in("rdi") i64::from(flags),
            in("rsi") top,
            in("rdx") pidfd,
            in("r10") 0,
            in("r8") 0,
            in("r12") plan,
            in("r13") body,
            lateout("rcx") _,
            lateout("r11") _,
        );
    }
    result
}
