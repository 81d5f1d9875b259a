//! The hail: somebody wants this thread at a place where it is in no runtime function. A kick that a timer sends finds it
//! in compiled code, which is such a place, or in a runtime function: then the next call of one is such a place, and
//! every row of the thread's table leads through [`called`] until it has been made.

use super::thread::{Record, current};
use super::trap;
use crate::mutation::removed;
use libc::ucontext_t;
use std::arch::global_asm;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicPtr, Ordering};
use wat_abi::rtfn::RT_COUNT;

/// Who hails; nobody before [`on_timer`].
static HAILER: AtomicPtr<()> = AtomicPtr::new(null_mut());

fn hailer() -> Option<fn(bool) -> bool> {
    let told = HAILER.load(Ordering::Relaxed);
    // SAFETY: what is not null is such a function, stored by `on_timer`.
    (!told.is_null()).then(|| unsafe { std::mem::transmute::<*mut (), fn(bool) -> bool>(told) })
}

/// From now on `told` is called at each kick that a timer sends, with `false` from a signal handler while the thread is
/// in a runtime function, and with `true` where it is not, from a handler or between two. It answers whether it still
/// waits for the latter.
pub fn on_timer(told: fn(bool) -> bool) {
    HAILER.store(told as *mut (), Ordering::Relaxed);
}

/// Called by the kick's handler.
pub(super) fn hailed(machine: &ucontext_t) {
    let Some(told) = hailer() else { return };
    let ctx = current();
    let between = trap::in_compiled(ctx, machine);
    if told(between) && !between && !ctx.is_null() && !removed("hail-rows") {
        let stubs = &raw const wat_hail_rows as usize;
        // SAFETY: the current context is valid, and this thread, which uses it, stands still in its handler.
        let rows = unsafe { &mut (*ctx).rt };
        rows.iter_mut().enumerate().for_each(|(at, row)| *row = stubs + at * STUB);
    }
}

/// Bytes of one stub: a near call.
const STUB: usize = 5;

unsafe extern "C" {
    /// One stub for each row.
    static wat_hail_rows: u8;
}

// Each stub calls the code behind them, which so knows its row. That code goes on in the row's own function, with all
// that it was called with: registers of arguments, stack pointer and frame pointer. Rows are given words alone, floats
// as their bits.
global_asm!(
    ".pushsection .text.wat_hail_rows, \"ax\", @progbits",
    ".hidden wat_hail_rows",
    ".globl wat_hail_rows",
    ".type wat_hail_rows,@function",
    "wat_hail_rows:",
    ".rept {rows}",
    ".byte 0xe8",
    ".long 2f - . - 4",
    ".endr",
    "2:",
    "pop rax",
    "push rbp",
    "mov rbp, rsp",
    "push rdi",
    "push rsi",
    "push rdx",
    "push rcx",
    "push r8",
    "push r9",
    "mov rdi, rax",
    "call {called}",
    "pop r9",
    "pop r8",
    "pop rcx",
    "pop rdx",
    "pop rsi",
    "pop rdi",
    "pop rbp",
    "jmp rax",
    ".popsection",
    rows = const RT_COUNT,
    called = sym called,
);

/// A row is called. `behind` is the address behind its stub; answers that of its own function.
extern "C" fn called(behind: usize) -> usize {
    let row = (behind - &raw const wat_hail_rows as usize) / STUB - 1;
    // SAFETY: the stubs are in the table of a context that is current, the first field of its record.
    let (ctx, process) = unsafe {
        let record = current().cast::<Record>();
        (&mut (*record).ctx, (*record).process)
    };
    ctx.rt.copy_from_slice(process.table());
    if let Some(told) = hailer() {
        told(true);
    }
    ctx.rt[row]
}
