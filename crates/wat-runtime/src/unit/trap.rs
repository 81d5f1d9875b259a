//! Signals that mean compiled code stopped: SIGILL, SIGFPE, SIGSEGV, SIGBUS on an alternate stack. In compiled code
//! the handler notes three words and makes the thread go on in [`left`], which says why by the image's trap table;
//! anywhere else the signal is a defect of wat. One that a process sent is neither, and ends this one by that signal.

use super::crash;
use super::edge::{defect, defect_at, watch_panics};
use super::entry::restore;
use super::thread::{Record, current};
use super::trace;
use crate::mutation::removed;
use libc::{REG_RBP, REG_RDI, REG_RIP, REG_RSP, c_int, c_void, siginfo_t, ucontext_t};
use std::sync::Once;
use wat_abi::context::Ctx;
use wat_abi::trap::Trap;

/// Values of `Ctx::crash_code`.
const TRAPPED: u64 = 1;
const KILLED: u64 = 2;

static INSTALL: Once = Once::new();

/// Makes this process's signals mean what this file says, and panics inside units end it. Once is enough.
pub fn install() {
    INSTALL.call_once(|| {
        for signal in [libc::SIGILL, libc::SIGFPE, libc::SIGSEGV, libc::SIGBUS] {
            handle(signal, trapped);
        }
        handle(super::kick::SIGNAL, super::kick::kicked);
        watch_panics();
    });
}

fn handle(signal: c_int, handler: extern "C" fn(c_int, *mut siginfo_t, *mut c_void)) {
    // SAFETY: an all-zero action is a valid one; the handler has the type SA_SIGINFO says. Without SA_RESTART
    // waiting system calls answer EINTR.
    let set = unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = handler as *const () as usize;
        action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
        libc::sigaction(signal, &raw const action, std::ptr::null_mut())
    };
    assert!(set == 0, "the signal can be handled");
}

extern "C" fn trapped(signal: c_int, info: *mut siginfo_t, machine: *mut c_void) {
    // SAFETY: the kernel passes what it knows of the signal; above zero are the codes of faults.
    if unsafe { (*info).si_code } <= 0 || removed("trap-handler") {
        // SAFETY: both calls may be made in a handler; the signal is delivered when it returns.
        let raised = unsafe {
            libc::signal(signal, libc::SIG_DFL);
            libc::raise(signal)
        };
        if raised != 0 {
            fault(signal);
        }
        return;
    }
    let ctx = current();
    // SAFETY: the kernel passes the interrupted thread's registers.
    let machine = unsafe { &mut *machine.cast::<ucontext_t>() };
    let pc = machine.uc_mcontext.gregs[REG_RIP as usize] as u64;
    if redirect(ctx, machine, TRAPPED) {
        return;
    }
    // SAFETY: for these signals the kernel fills in the address.
    let address = unsafe { (*info).si_addr() } as u64;
    // SAFETY: a context that is current is valid, and so is its record's stack.
    if !ctx.is_null() && unsafe { (*ctx.cast::<Record>()).stack.in_guard(address) } {
        defect("a runtime function ran off the stack");
    }
    defect_at("a memory or instruction fault", pc);
}

/// Ends the process by a real fault, where confinement lets none be sent: a blocked one cannot be put off. There is no
/// instruction that surely is a bus error; it ends by SIGSEGV.
fn fault(signal: c_int) {
    // SAFETY: neither comes back: both fault, and the signal of the fault ends the process.
    unsafe {
        match signal {
            libc::SIGILL => std::arch::asm!("ud2"),
            libc::SIGFPE => {
                std::arch::asm!("xor ecx, ecx", "div ecx", out("eax") _, out("ecx") _, out("edx") _)
            }
            _ => std::arch::asm!("mov rax, [0]", out("rax") _),
        }
    }
}

/// Ends the innermost unit if the thread is in compiled code: called by the kick's handler.
pub(super) fn kill(ctx: *mut Ctx, machine: &mut ucontext_t) {
    redirect(ctx, machine, KILLED);
}

/// Is the interrupted code compiled code, in a unit of the thread's?
pub(super) fn in_compiled(ctx: *const Ctx, machine: &ucontext_t) -> bool {
    // SAFETY: the current context is null or valid, and this thread, which uses it, stands still in its handler.
    let Some(context) = (unsafe { ctx.as_ref() }) else { return false };
    let pc = machine.uc_mcontext.gregs[REG_RIP as usize] as u64;
    (context.code_start..context.code_end).contains(&pc) && !context.unit.is_null()
}

/// If the interrupted code is compiled code: notes where it was and lets the thread go on in [`left`], on the same
/// stack. Async-signal-safe.
fn redirect(ctx: *mut Ctx, machine: &mut ucontext_t, why: u64) -> bool {
    if !in_compiled(ctx, machine) {
        return false;
    }
    // SAFETY: a context with a unit is valid, and this thread, which uses it, stands still in its handler.
    let context = unsafe { &mut *ctx };
    let registers = &mut machine.uc_mcontext.gregs;
    context.crash_pc = registers[REG_RIP as usize] as u64;
    context.crash_sp = registers[REG_RSP as usize] as u64;
    context.crash_fp = registers[REG_RBP as usize] as u64;
    context.crash_code = why;
    registers[REG_RIP as usize] = left as *const () as usize as i64;
    registers[REG_RDI as usize] = ctx as i64;
    // As after a call: 8 less than a multiple of 16, clear of whatever lies below the stack pointer.
    registers[REG_RSP as usize] = (((context.crash_sp - 256) & !15) - 8) as i64;
    true
}

/// Where a thread goes on when it has been taken out of compiled code.
extern "C" fn left(ctx: *mut Ctx) -> ! {
    // SAFETY: the context is this thread's and the first field of its record; compiled code no longer runs.
    let record = unsafe { &mut *ctx.cast::<Record>() };
    let why = std::mem::take(&mut record.ctx.crash_code);
    let offset = record.ctx.crash_pc - record.ctx.region;
    if why == KILLED {
        crash::raise(ctx, "killed", "killed");
    } else {
        match record.image.trap_at(offset as u32) {
            None => defect_at("a fault in compiled code", offset),
            Some(Trap::Unreachable) => defect_at(Trap::Unreachable.message(), offset),
            Some(trap) => {
                crash::raise(ctx, trap.kind(), trap.message());
            }
        }
    }
    // SAFETY: the handler has noted where compiled code was; it ran in a unit and its frames are untouched.
    unsafe {
        trace::capture(ctx, true);
        restore(ctx)
    }
}
