//! The addresses that the children of a command run, one instruction at a time under ptrace(2).

use std::collections::{BTreeSet, HashSet};
use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

const OPTIONS: libc::c_int = libc::PTRACE_O_TRACECLONE
    | libc::PTRACE_O_TRACEFORK
    | libc::PTRACE_O_TRACEVFORK
    | libc::PTRACE_O_TRACEEXEC
    | libc::PTRACE_O_EXITKILL;

/// Every address that a process below the command runs after its exec, threads of it too.
///
/// # Errors
///
/// The command does not start, may not be traced, or ends otherwise than with 0.
pub fn children(command: &mut Command) -> Result<BTreeSet<u64>, String> {
    command.stdout(Stdio::null());
    // SAFETY: between fork and exec, one system call without arguments in memory.
    unsafe {
        command.pre_exec(|| match libc::ptrace(libc::PTRACE_TRACEME, 0, 0, 0) {
            -1 => Err(io::Error::last_os_error()),
            _ => Ok(()),
        });
    }
    let everywhere = on_one_processor();
    let traced = trace(command);
    if let Some(everywhere) = everywhere {
        // SAFETY: as in `on_one_processor`.
        unsafe { libc::sched_setaffinity(0, size_of_val(&everywhere), &raw const everywhere) };
    }
    traced
}

/// Keeps the calling thread, and what it starts, where it is: each step wakes the other of two processes, which between
/// processors takes several times as long. Answers where it might be before.
fn on_one_processor() -> Option<libc::cpu_set_t> {
    // SAFETY: all-zero sets are sets; the calls write and read these alone.
    unsafe {
        let (mut all, mut one): (libc::cpu_set_t, libc::cpu_set_t) = (std::mem::zeroed(), std::mem::zeroed());
        let here = usize::try_from(libc::sched_getcpu()).ok()?;
        libc::CPU_SET(here, &mut one);
        let known = libc::sched_getaffinity(0, size_of_val(&all), &raw mut all) == 0;
        (known && libc::sched_setaffinity(0, size_of_val(&one), &raw const one) == 0).then_some(all)
    }
}

fn trace(command: &mut Command) -> Result<BTreeSet<u64>, String> {
    let root = command.spawn().map_err(|e| format!("{}: {e}", command.get_program().to_string_lossy()))?;
    let root = root.id().cast_signed();
    let mut seen = Seen { root, stepped: HashSet::new(), begun: HashSet::new(), addresses: BTreeSet::new() };
    loop {
        let mut status = 0;
        // SAFETY: the status is this frame's.
        let who = unsafe { libc::waitpid(-1, &raw mut status, libc::__WALL) };
        if who < 0 {
            return Err(format!("wait for what is traced: {}", io::Error::last_os_error()));
        }
        if libc::WIFSTOPPED(status) {
            seen.stopped(who, status);
        } else if who == root {
            return match status {
                0 => Ok(seen.addresses),
                _ => Err(format!("the traced command ended with the status {status:#x}")),
            };
        }
    }
}

struct Seen {
    root: libc::pid_t,
    /// Run one instruction at a time.
    stepped: HashSet<libc::pid_t>,
    /// Has made its first stop, which is the trace's and no signal of its own.
    begun: HashSet<libc::pid_t>,
    addresses: BTreeSet<u64>,
}

impl Seen {
    fn stopped(&mut self, who: libc::pid_t, status: libc::c_int) {
        let (signal, event) = (libc::WSTOPSIG(status), status >> 16);
        let first = self.begun.insert(who);
        if first && who == self.root {
            // SAFETY: the options are a number.
            unsafe { libc::ptrace(libc::PTRACE_SETOPTIONS, who, 0, OPTIONS) };
        }
        if event == libc::PTRACE_EVENT_EXEC && who != self.root {
            self.stepped.insert(who);
        }
        if event == libc::PTRACE_EVENT_CLONE && self.stepped.contains(&who) {
            let mut thread: libc::c_ulong = 0;
            // SAFETY: the kernel writes one word of this frame.
            unsafe { libc::ptrace(libc::PTRACE_GETEVENTMSG, who, 0, &raw mut thread) };
            self.stepped.extend(libc::pid_t::try_from(thread));
        }
        let step = self.stepped.contains(&who);
        if step && signal == libc::SIGTRAP && event == 0 {
            // SAFETY: all-zero registers are registers, and the kernel writes them alone.
            let mut registers: libc::user_regs_struct = unsafe { std::mem::zeroed() };
            // SAFETY: as above.
            unsafe { libc::ptrace(libc::PTRACE_GETREGS, who, 0, &raw mut registers) };
            self.addresses.insert(registers.rip);
        }
        // What is run in steps is late for its own timers, which would leave it no time for anything else.
        let timer = step && signal == libc::SIGURG;
        let own = timer || first || signal == libc::SIGTRAP || event != 0;
        let request = if step { libc::PTRACE_SINGLESTEP } else { libc::PTRACE_CONT };
        // SAFETY: the signal is a number. A process that has gone meanwhile is waited for next.
        unsafe { libc::ptrace(request, who, 0, if own { 0 } else { signal }) };
    }
}
