//! The floor: the system calls that the runtime makes, and those that grants give a use to. All else is an error to
//! the caller, or the end of the process where no program can need the call.
//!
//! One table, by kind of use. Not here: how it becomes a program of the kernel's (`program.rs`), nor which file or
//! port a call may reach (`ruleset.rs`).

mod program;

use crate::authority::Kinds;
use crate::sys::clone::{BINARY, CONTROL, IMAGE, SPAWN_FLAGS};
use crate::waiter::KICK;
use libc::*;
use program::{Check, Rule, Test, Verdict, Word, assemble};

/// The flags of a thread, as the C library starts one.
const THREAD_FLAGS: u32 = (CLONE_VM
    | CLONE_FS
    | CLONE_FILES
    | CLONE_SIGHAND
    | CLONE_THREAD
    | CLONE_SYSVSEM
    | CLONE_SETTLS
    | CLONE_PARENT_SETTID
    | CLONE_CHILD_CLEARTID) as u32;

/// What every process does, whatever it was granted.
const ALWAYS: &[i64] = &[
    // Reading, writing, waiting.
    SYS_read,
    SYS_write,
    SYS_readv,
    SYS_writev,
    SYS_fstat,
    SYS_lseek,
    SYS_pread64,
    SYS_pwrite64,
    SYS_preadv2,
    SYS_pwritev2,
    SYS_poll,
    SYS_ppoll,
    SYS_dup,
    SYS_pipe2,
    SYS_eventfd2,
    SYS_epoll_create1,
    SYS_epoll_ctl,
    SYS_epoll_wait,
    SYS_epoll_pwait,
    SYS_recvfrom,
    SYS_shutdown,
    SYS_getsockopt,
    // Memory.
    SYS_munmap,
    SYS_mremap,
    SYS_madvise,
    SYS_brk,
    SYS_membarrier,
    // Its own signals and threads.
    SYS_rt_sigprocmask,
    SYS_rt_sigreturn,
    SYS_sigaltstack,
    SYS_sched_yield,
    SYS_futex,
    SYS_set_robust_list,
    SYS_set_tid_address,
    SYS_rseq,
    SYS_arch_prctl,
    SYS_getpid,
    SYS_gettid,
    SYS_getppid,
    SYS_restart_syscall,
    SYS_exit,
    SYS_exit_group,
    // Time and figures.
    SYS_nanosleep,
    SYS_clock_nanosleep,
    SYS_clock_gettime,
    SYS_clock_getres,
    SYS_timer_settime,
    SYS_gettimeofday,
    SYS_time,
    SYS_times,
    SYS_getrusage,
    SYS_sysinfo,
    SYS_uname,
    SYS_getrandom,
    SYS_getcpu,
    SYS_getuid,
    SYS_geteuid,
    SYS_getgid,
    SYS_getegid,
    // Giving up more.
    SYS_umask,
    SYS_capget,
    SYS_capset,
    SYS_landlock_create_ruleset,
    SYS_landlock_add_rule,
    SYS_landlock_restrict_self,
];

/// The spawner's, between clone and exec and after.
const SPAWN: &[i64] = &[SYS_setsid, SYS_dup3, SYS_waitid, SYS_pidfd_send_signal];

const FILES: &[i64] = &[
    SYS_openat,
    SYS_open,
    SYS_stat,
    SYS_lstat,
    SYS_newfstatat,
    SYS_statx,
    SYS_access,
    SYS_faccessat,
    SYS_faccessat2,
    SYS_readlink,
    SYS_readlinkat,
    SYS_getdents64,
    SYS_getcwd,
    SYS_fstatfs,
    SYS_fadvise64,
    SYS_flock,
    SYS_fsync,
    SYS_fdatasync,
    SYS_preadv,
    SYS_pwritev,
    SYS_sendfile,
    SYS_copy_file_range,
    SYS_splice,
    SYS_ftruncate,
    SYS_fallocate,
];

/// Landlock does not know the calls that change modes, owners and times by path: they are left out, and a descriptor
/// is needed for each.
const CHANGES: &[i64] = &[
    SYS_rename,
    SYS_renameat,
    SYS_renameat2,
    SYS_mkdir,
    SYS_mkdirat,
    SYS_rmdir,
    SYS_unlink,
    SYS_unlinkat,
    SYS_link,
    SYS_linkat,
    SYS_symlink,
    SYS_symlinkat,
    SYS_fchmod,
    SYS_fchown,
    SYS_mknod,
    SYS_mknodat,
];

/// On sockets that an ancestor has opened.
const NET: &[i64] = &[SYS_getsockname, SYS_getpeername, SYS_setsockopt];

const LISTEN: &[i64] = &[SYS_accept4];

/// Of a root that was narrowed: it has no ancestor.
const OPENS: &[i64] = &[SYS_connect, SYS_bind, SYS_listen];

/// What no program can need; the name is what the parent is told.
const NEVER: &[(i64, &str)] = &[
    (SYS_ptrace, "ptrace"),
    (SYS_execve, "execve"),
    (SYS_execveat, "execveat"),
    (SYS_mount, "mount"),
    (SYS_umount2, "umount2"),
    (SYS_pivot_root, "pivot_root"),
    (SYS_chroot, "chroot"),
    (SYS_move_mount, "move_mount"),
    (SYS_open_tree, "open_tree"),
    (SYS_fsopen, "fsopen"),
    (SYS_fsconfig, "fsconfig"),
    (SYS_fsmount, "fsmount"),
    (SYS_fspick, "fspick"),
    (SYS_mount_setattr, "mount_setattr"),
    (SYS_unshare, "unshare"),
    (SYS_setns, "setns"),
    (SYS_bpf, "bpf"),
    (SYS_perf_event_open, "perf_event_open"),
    (SYS_userfaultfd, "userfaultfd"),
    (SYS_io_uring_setup, "io_uring_setup"),
    (SYS_io_uring_enter, "io_uring_enter"),
    (SYS_io_uring_register, "io_uring_register"),
    (SYS_add_key, "add_key"),
    (SYS_request_key, "request_key"),
    (SYS_keyctl, "keyctl"),
    (SYS_process_vm_readv, "process_vm_readv"),
    (SYS_process_vm_writev, "process_vm_writev"),
    (SYS_pidfd_getfd, "pidfd_getfd"),
    (SYS_kcmp, "kcmp"),
    (SYS_init_module, "init_module"),
    (SYS_finit_module, "finit_module"),
    (SYS_delete_module, "delete_module"),
    (SYS_kexec_load, "kexec_load"),
    (SYS_kexec_file_load, "kexec_file_load"),
    (SYS_reboot, "reboot"),
    (SYS_swapon, "swapon"),
    (SYS_swapoff, "swapoff"),
    (SYS_acct, "acct"),
    (SYS_quotactl, "quotactl"),
    (SYS_iopl, "iopl"),
    (SYS_ioperm, "ioperm"),
    (SYS_modify_ldt, "modify_ldt"),
    (SYS_open_by_handle_at, "open_by_handle_at"),
    (SYS_name_to_handle_at, "name_to_handle_at"),
    (SYS_fanotify_init, "fanotify_init"),
    (SYS_settimeofday, "settimeofday"),
    (SYS_clock_settime, "clock_settime"),
    (SYS_sethostname, "sethostname"),
    (SYS_setdomainname, "setdomainname"),
];

/// Calls that answer an error of their own: the C library then does without.
const LACKING: &[i64] = &[SYS_clone3];

/// Asks for what the kernel told the program at its start.
const PR_GET_AUXV: i32 = 0x4155_5856;

/// The program of the kernel's for these kinds of use.
pub fn program(kinds: Kinds, opens: bool) -> Vec<sock_filter> {
    let mut calls: Vec<Rule> = Vec::new();
    let mut allow = |numbers: &[i64]| calls.extend(numbers.iter().map(|n| plain(*n, Verdict::Allow)));
    allow(ALWAYS);
    if kinds.spawn {
        allow(SPAWN);
    }
    if kinds.files || opens && kinds.net {
        allow(FILES);
    }
    if kinds.changes {
        allow(CHANGES);
    }
    if kinds.net {
        allow(NET);
    }
    if kinds.net && opens {
        allow(OPENS);
    }
    if kinds.listen {
        allow(LISTEN);
    }
    calls.extend(LACKING.iter().map(|n| plain(*n, Verdict::Errno(ENOSYS))));
    calls.extend(NEVER.iter().filter(|(n, _)| *n != SYS_execveat).map(|(n, _)| plain(*n, Verdict::End)));
    calls.extend(checked(kinds, opens));
    assemble(calls, Verdict::Errno(EPERM))
}

/// The name of a call that ends a process.
pub(crate) fn name(number: u32) -> Option<&'static str> {
    if i64::from(number) == SYS_rt_sigaction {
        return Some("rt_sigaction of SIGSYS");
    }
    NEVER.iter().find(|(n, _)| *n == i64::from(number)).map(|(_, name)| *name)
}

fn plain(number: i64, verdict: Verdict) -> Rule {
    match verdict {
        Verdict::Allow => rule(number, vec![vec![]], Verdict::Allow),
        other => rule(number, vec![], other),
    }
}

fn rule(number: i64, alternatives: Vec<Vec<Check>>, otherwise: Verdict) -> Rule {
    Rule { number: number as u32, alternatives, otherwise }
}

/// The argument is one of the values.
fn is(arg: u32, values: &[i32]) -> Check {
    let values = values.iter().map(|v| *v as u32).collect();
    Check { word: Word::Low(arg), mask: u32::MAX, test: Test::OneOf(values) }
}

/// The argument has these of the masked bits.
fn bits(arg: u32, mask: i32, value: i32) -> Check {
    Check { word: Word::Low(arg), mask: mask as u32, test: Test::OneOf(vec![value as u32]) }
}

fn high(arg: u32, value: u32) -> Check {
    Check { word: Word::High(arg), mask: u32::MAX, test: Test::OneOf(vec![value]) }
}

/// Calls allowed by their arguments.
fn checked(kinds: Kinds, opens: bool) -> Vec<Rule> {
    let denied = Verdict::Errno(EPERM);
    let mut flags = vec![THREAD_FLAGS as i32];
    if kinds.spawn {
        flags.push(SPAWN_FLAGS);
    }
    let told = crate::sys::seccomp::action();
    let own_handler = vec![is(0, &[SIGSYS]), is(1, &[told as i32]), high(1, (told >> 32) as u32)];
    let other = vec![Check { word: Word::Low(0), mask: u32::MAX, test: Test::Not(SIGSYS as u32) }];
    let asks_alone = vec![is(1, &[0]), high(1, 0)];
    let mut prctl = vec![
        vec![is(
            0,
            &[
                PR_SET_NAME,
                PR_SET_NO_NEW_PRIVS,
                PR_GET_NO_NEW_PRIVS,
                PR_GET_DUMPABLE,
                PR_SET_VMA,
                PR_GET_AUXV,
            ],
        )],
        vec![is(0, &[PR_SET_DUMPABLE]), is(1, &[0])],
    ];
    if kinds.spawn {
        prctl.push(vec![is(0, &[PR_SET_PDEATHSIG]), is(1, &[SIGKILL])]);
    }
    // A connection begun by its first bytes passes Landlock by. Without a grant there is no socket to do it with.
    let mut sendto = if kinds.net { vec![bits(3, MSG_FASTOPEN, 0)] } else { vec![] };
    if kinds.net && !kinds.anywhere {
        sendto.extend([is(4, &[0]), high(4, 0)]);
    }
    // The address of a message stands in memory, and descriptors may come with one: both are for the control socket alone,
    // which stays what it is. Those of children have numbers that nobody knows before.
    let mut sendmsg = if kinds.net { vec![bits(2, MSG_FASTOPEN, 0)] } else { vec![] };
    let (mut recvmsg, mut close, mut close_range) = (vec![], vec![], vec![vec![]]);
    if kinds.net && !kinds.spawn && !opens {
        sendmsg.push(is(0, &[CONTROL]));
        recvmsg.push(is(0, &[CONTROL]));
        close.push(Check { word: Word::Low(0), mask: u32::MAX, test: Test::Not(CONTROL as u32) });
        close_range.clear();
    }
    let mut rules = vec![
        rule(SYS_clone, vec![vec![is(0, &flags)]], denied),
        rule(SYS_prctl, prctl, denied),
        // The one handler of the call that ends a process stays.
        rule(SYS_rt_sigaction, vec![other, own_handler, asks_alone], Verdict::End),
        // Code comes from the sealed image alone, and what is executable is never writable.
        rule(
            SYS_mmap,
            vec![
                vec![bits(2, PROT_EXEC, 0)],
                vec![bits(2, PROT_EXEC | PROT_WRITE, PROT_EXEC), bits(3, MAP_ANONYMOUS, 0), is(4, &[IMAGE])],
            ],
            denied,
        ),
        rule(SYS_mprotect, vec![vec![bits(2, PROT_EXEC, 0)]], denied),
        rule(SYS_sendto, vec![sendto], denied),
        rule(SYS_sendmsg, vec![sendmsg], denied),
        rule(SYS_recvmsg, vec![recvmsg], denied),
        rule(SYS_close, vec![close], denied),
        rule(SYS_close_range, close_range, denied),
        // A kick says nothing, and no process without a handler for it notices one.
        rule(SYS_tgkill, vec![vec![is(2, &[KICK])]], denied),
        rule(SYS_prlimit64, vec![vec![is(0, &[0])]], denied),
        // Other clocks are those of processes. Whom it signals is one of the caller's threads.
        rule(SYS_timer_create, vec![vec![is(0, &[CLOCK_MONOTONIC])]], denied),
        rule(SYS_sched_getaffinity, vec![vec![is(0, &[0])]], denied),
        rule(SYS_seccomp, vec![vec![is(0, &[SECCOMP_SET_MODE_FILTER as i32]), is(1, &[0])]], denied),
        rule(
            SYS_ioctl,
            vec![vec![is(1, &[FIONREAD as i32, TIOCOUTQ as i32, FIONBIO as i32, FIOCLEX as i32])]],
            Verdict::Errno(ENOTTY),
        ),
        rule(
            SYS_fcntl,
            vec![vec![is(
                1,
                &[
                    F_DUPFD_CLOEXEC,
                    F_GETFD,
                    F_SETFD,
                    F_GETFL,
                    F_SETFL,
                    F_SETPIPE_SZ,
                    F_GETPIPE_SZ,
                    F_GET_SEALS,
                    F_GETLK,
                    F_SETLK,
                    F_SETLKW,
                    F_OFD_SETLK,
                    F_OFD_GETLK,
                ],
            )]],
            denied,
        ),
    ];
    let mut exec = Vec::new();
    if kinds.spawn {
        exec.push(vec![is(0, &[BINARY]), is(4, &[AT_EMPTY_PATH])]);
    }
    if kinds.spawn || kinds.run {
        rules.push(rule(SYS_socketpair, vec![vec![is(0, &[AF_UNIX]), bits(1, 0xf, SOCK_SEQPACKET)]], denied));
    }
    rules.push(rule(SYS_execveat, exec, Verdict::End));
    let mut sockets = Vec::new();
    if kinds.net && opens {
        // Landlock's rules for ports know TCP alone.
        sockets.push(vec![is(0, &[AF_INET, AF_INET6]), bits(1, 0xf, SOCK_STREAM), is(2, &[0, IPPROTO_TCP])]);
        sockets.push(vec![is(0, &[AF_UNIX]), bits(1, 0xf, SOCK_STREAM)]);
    }
    rules.push(rule(SYS_socket, sockets, Verdict::Errno(EACCES)));
    if kinds.changes {
        // With a path it is one of any file's.
        rules.push(rule(SYS_utimensat, vec![vec![is(1, &[0]), high(1, 0)]], denied));
    }
    rules
}
