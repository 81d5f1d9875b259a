//! The way into compiled code. [`enter`] saves the callee-saved registers and the stack pointer in a [`Point`],
//! switches to the thread's stack where it is not on it yet, and calls a thunk of the image. Compiled code comes
//! back by returning, or by [`restore`] of the innermost point: a crash never unwinds.
//!
//! Rust frames between compiled code and the point do not exist when a crash happens, but for those that
//! describe it, which own nothing.

use super::crash::Crash;
use super::thread::Record;
use std::arch::global_asm;
use std::mem::offset_of;
use wat_abi::context::Ctx;

#[cfg(not(target_arch = "x86_64"))]
compile_error!("the unit entry is written for x86-64 alone");

/// A saved stack point: where a crash of the unit goes. It lies in the frame of [`enter`].
#[repr(C)]
pub struct Point {
    /// The stack pointer to return to.
    sp: u64,
    /// The point of the unit around, if any.
    pub outer: *mut Point,
    /// Where compiled code of the unit around called the runtime, to continue a trace with; 0 when unknown.
    pub caller_pc: u64,
    pub caller_fp: u64,
}

/// Which thunk: by number of arguments and repr of the result.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Call {
    /// No argument.
    Nullary { float: bool },
    /// One owned pointer.
    Unary { arg: u64, float: bool },
}

#[repr(C)]
struct Returned {
    value: u64,
    crashed: u64,
}

unsafe extern "C" {
    fn wat_unit_enter(
        point: *mut Point,
        ctx: *mut Ctx,
        stack: u64,
        thunk: u64,
        target: u64,
        arg: u64,
    ) -> Returned;
    fn wat_unit_restore(point: *mut Point) -> !;
}

// The frame of wat_unit_enter, upwards from the saved sp: padding, r15, r14, r13, r12, rbx, rbp, return address.
// rbx holds the point while compiled code runs; thunks preserve it.
// A section of their own, so that a linker script can name it (`crates/wat/start.ld`).
global_asm!(
    ".pushsection .text.wat_unit_enter, \"ax\", @progbits",
    ".hidden wat_unit_enter",
    ".globl wat_unit_enter",
    ".type wat_unit_enter,@function",
    "wat_unit_enter:",
    "push rbp",
    "mov rbp, rsp",
    "push rbx",
    "push r12",
    "push r13",
    "push r14",
    "push r15",
    "sub rsp, 8",
    "mov [rdi], rsp",
    "mov rbx, rdi",
    "test rdx, rdx",
    "cmovnz rsp, rdx",
    "mov rdi, rsi",
    "mov rsi, r8",
    "mov rdx, r9",
    "call rcx",
    "mov rsp, [rbx]",
    "xor edx, edx",
    "2:",
    "add rsp, 8",
    "pop r15",
    "pop r14",
    "pop r13",
    "pop r12",
    "pop rbx",
    "pop rbp",
    "ret",
    ".hidden wat_unit_restore",
    ".globl wat_unit_restore",
    ".type wat_unit_restore,@function",
    "wat_unit_restore:",
    "mov rsp, [rdi]",
    "xor eax, eax",
    "mov edx, 1",
    "cld",
    "jmp 2b",
    ".popsection",
);

const _: () = assert!(offset_of!(Point, sp) == 0);

/// Runs the compiled function at region offset `code` as a unit and answers its result's bits, or its crash.
///
/// # Safety
/// `ctx` is the context of a live [`Thread`](super::Thread) of this operating system thread; `code` is the start
/// of a function of its image that takes and answers what `call` says; the argument is owned by the caller.
/// Frames of compiled code that a crash abandons hold nothing but what the unit's heap owns.
pub unsafe fn enter(ctx: *mut Ctx, code: u32, call: Call) -> Result<u64, Box<Crash>> {
    // SAFETY: by contract `ctx` is the first field of a record that nobody else borrows.
    let (record, context) = unsafe { (ctx.cast::<Record>(), &mut *ctx) };
    let outer: *mut Point = context.unit.cast();
    let nested = !outer.is_null();
    // SAFETY: as above.
    let (thunks, region, stack) =
        unsafe { ((*record).image.thunks(), context.region, (*record).stack.top()) };
    let mut point = Point { sp: 0, outer, caller_pc: context.call_pc, caller_fp: context.call_fp };
    (context.call_pc, context.call_fp) = (0, 0);
    let (thunk, arg) = match call {
        Call::Nullary { float: false } => (thunks.call0, 0),
        Call::Nullary { float: true } => (thunks.call0_f, 0),
        Call::Unary { arg, float: false } => (thunks.call1, arg),
        Call::Unary { arg, float: true } => (thunks.call1_f, arg),
    };
    context.unit = (&raw mut point).cast();
    // SAFETY: the thunk and target are code of the mapped image by contract; the stack is the thread's own and, when
    // not nested, nothing runs on it.
    let returned = unsafe {
        wat_unit_enter(
            &raw mut point,
            ctx,
            if nested { 0 } else { stack },
            region + u64::from(thunk),
            region + u64::from(code),
            arg,
        )
    };
    // SAFETY: compiled code has come back; the record is ours again.
    unsafe {
        (*ctx).unit = point.outer.cast();
        if returned.crashed == 0 {
            return Ok(returned.value);
        }
        let crash = (*record).pending.take(&(*record).image, (*record).program);
        (*ctx).pending = 0;
        (*record).stack.trim((&raw const point) as u64, (*ctx).crash_sp);
        Err(Box::new(crash))
    }
}

/// Leaves for the innermost point. The crash has been described.
///
/// # Safety
/// `ctx` is in a unit; the frames above the point own nothing.
pub(super) unsafe fn restore(ctx: *mut Ctx) -> ! {
    // SAFETY: by contract the innermost point is live and its frame is below us on the way out.
    unsafe { wat_unit_restore((*ctx).unit.cast()) }
}
