//! Diverging runtime functions: compiled code calls them and never hears of them again. Each is entered by a stub
//! that notes who called; then the crash is described, its trace taken, and the unit's saved point restored.

use super::crash::{self, raise_with};
use super::edge::{defect, guarded};
use super::entry::restore;
use super::trace;
use std::arch::naked_asm;
use std::mem::offset_of;
use wat_abi::context::Ctx;
use wat_abi::desc::{Desc, Kind, flags};
use wat_abi::layout::slot_offset;
use wat_abi::rtfn::{Answer, RtFn};

/// A function for the runtime table that notes its caller in the context and goes on with another.
macro_rules! stub {
    ($($(#[$doc:meta])* $name:ident => $body:ident;)*) => { $(
        $(#[$doc])*
        ///
        /// # Safety
        /// Called by compiled code through the runtime table alone, with the arguments of its row.
        #[unsafe(naked)]
        pub unsafe extern "C" fn $name() {
            naked_asm!(
                "mov rax, [rsp]",
                "mov [rdi + {pc}], rax",
                "mov [rdi + {fp}], rbp",
                "lea rax, [rsp + 8]",
                "mov [rdi + {sp}], rax",
                "jmp {body}",
                pc = const offset_of!(Ctx, crash_pc),
                fp = const offset_of!(Ctx, crash_fp),
                sp = const offset_of!(Ctx, crash_sp),
                body = sym $body,
            )
        }
    )* };
}

stub! {
    /// `RtFn::crash_now`.
    crash_now => crash_now_body;
    /// `RtFn::stack_overflow`.
    stack_overflow => stack_overflow_body;
    /// `RtFn::panic`.
    panic => panic_body;
    /// `RtFn::panic_plain`.
    panic_plain => panic_plain_body;
    /// `RtFn::assert_failed`.
    assert_failed => assert_failed_body;
    /// `RtFn::unwrap_failed`.
    unwrap_failed => unwrap_failed_body;
}

extern "C" fn crash_now_body(ctx: *mut Ctx) -> ! {
    // SAFETY: the context is this thread's.
    if unsafe { (*ctx).pending } == 0 {
        defect("a runtime function failed without a reason");
    }
    leave(ctx)
}

extern "C" fn stack_overflow_body(ctx: *mut Ctx) -> ! {
    crash::raise(ctx, "stack-overflow", "the stack is used up: a recursion goes too deep");
    leave(ctx)
}

extern "C" fn panic_body(ctx: *mut Ctx, message: u64, data: u64, desc: u64) -> ! {
    guarded(|| {
        let (data, cause) = data_or_cause(ctx, data, desc);
        raise_with(ctx, "panic", string(message), data, cause);
    });
    leave(ctx)
}

extern "C" fn panic_plain_body(ctx: *mut Ctx, message: u64) -> ! {
    guarded(|| crash::raise(ctx, "panic", string(message)));
    leave(ctx)
}

extern "C" fn assert_failed_body(ctx: *mut Ctx, message: u64) -> ! {
    guarded(|| crash::raise(ctx, "assert", string(message)));
    leave(ctx)
}

extern "C" fn unwrap_failed_body(ctx: *mut Ctx, message: u64, error: u64, desc: u64) -> ! {
    guarded(|| {
        let (data, cause) = data_or_cause(ctx, error, desc);
        raise_with(ctx, "panic", string(message), data, cause);
    });
    leave(ctx)
}

fn leave(ctx: *mut Ctx) -> ! {
    // SAFETY: a stub has noted where compiled code called us; it runs in a unit, and the frames between are ours
    // and own nothing any more.
    unsafe {
        trace::capture(ctx, false);
        restore(ctx)
    }
}

/// The text of a String object.
fn string<'a>(object: u64) -> &'a str {
    // SAFETY: compiled code passes a live String: its length, its hash, then that many bytes of UTF-8.
    unsafe {
        let at = object as *const u8;
        let len = at.add(slot_offset(0) as usize).cast::<u64>().read() as usize;
        std::str::from_utf8_unchecked(std::slice::from_raw_parts(at.add(slot_offset(2) as usize), len))
    }
}

/// The EDN text of a value, if its type has one and there is memory for it.
fn text_of(ctx: *mut Ctx, slot: u64, desc: u64) -> Option<String> {
    if descriptor(ctx, desc).flags & flags::WIRE == 0 {
        return None;
    }
    type ToText = extern "C" fn(*mut Ctx, u64, u64) -> Answer;
    // SAFETY: the table holds a function of the row's type.
    let to_text: ToText = unsafe { std::mem::transmute((*ctx).rt[RtFn::to_text as usize]) };
    let answer = to_text(ctx, slot, desc);
    (answer.status == 0).then(|| string(answer.value).to_owned())
}

/// A Crash given to a crash is its cause; any other value its data.
fn data_or_cause(ctx: *mut Ctx, slot: u64, desc: u64) -> (Option<String>, Option<String>) {
    let text = text_of(ctx, slot, desc);
    if is_crash(ctx, desc) { (None, text) } else { (text, None) }
}

fn is_crash(ctx: *mut Ctx, desc: u64) -> bool {
    let desc = descriptor(ctx, desc);
    // SAFETY: the context is this thread's; names are length-prefixed texts of the image.
    let name = unsafe {
        let at = ((*ctx).region + u64::from(desc.name)) as *const u8;
        std::slice::from_raw_parts(at.add(4), at.cast::<u32>().read_unaligned() as usize)
    };
    desc.kind == Kind::Struct && name == b"wat.kernel/Crash"
}

fn descriptor<'a>(ctx: *mut Ctx, desc: u64) -> &'a Desc {
    // SAFETY: compiled code passes the region offset of a descriptor of its image.
    unsafe { &*(((*ctx).region + desc) as *const Desc) }
}
