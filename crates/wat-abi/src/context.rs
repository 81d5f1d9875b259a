//! The context record: what compiled code reaches through the pinned register (r15 on x86-64).
//!
//! One per thread that runs wat code. Compiled code reads `stack_limit`, `region`, `free`, `globals` and `rt`;
//! everything else belongs to the runtime. Offsets are taken with `offset_of!`, so the record is the only
//! place that knows them.

use crate::layout::CLASSES;
use crate::rtfn::RT_COUNT;
use std::sync::atomic::AtomicU32;

#[repr(C)]
pub struct Ctx {
    /// Functions with a frame crash with a stack overflow when the stack pointer is below this.
    pub stack_limit: u64,
    /// Base address of the process's code region.
    pub region: u64,
    /// Addresses between which the image's code lies.
    pub code_start: u64,
    pub code_end: u64,
    /// Heads of the unit heap's free lists by size class; 0 when empty. The first word of a free cell is the
    /// next cell. Taking the head is the whole of inline allocation; when it is 0, `RtFn::alloc_slow` refills.
    pub free: [u64; CLASSES],
    /// The process's `def` values, one slot each, by number.
    pub globals: *mut u64,
    /// Why this thread should leave what it is doing: bits of [`stop`]. Written by others.
    pub stop: AtomicU32,
    /// Set by a fallible runtime function before it answers a status other than 0.
    pub pending: u32,
    /// Where compiled code was when it trapped, was ended from outside, or called a diverging runtime function:
    /// written by the signal handler and by the stubs of those functions.
    pub crash_pc: u64,
    pub crash_sp: u64,
    pub crash_fp: u64,
    /// Why the handler left compiled code: a reason of the runtime's `unit::trap`; 0 when nothing has happened.
    pub crash_code: u64,
    /// Where compiled code called a runtime function that enters compiled code again (`attempt`): written by that
    /// function's stub, so that traces go on below it.
    pub call_pc: u64,
    pub call_fp: u64,
    /// The saved stack point of the innermost unit (owned by the runtime's unit entry).
    pub unit: *mut u8,
    /// The runtime's heap of the innermost unit.
    pub heap: *mut u8,
    /// The host's per-thread state (stdio, peers); the runtime never looks inside.
    pub host: *mut u8,
    /// The runtime functions, indexed by `RtFn as usize`.
    pub rt: [usize; RT_COUNT],
}

/// Bits of the stop word.
pub mod stop {
    /// The tree is asked to end: waits wake, reads answer "no more requests".
    pub const STOP: u32 = 1;
    /// This unit ends now, wherever it is.
    pub const KILL: u32 = 2;
}
