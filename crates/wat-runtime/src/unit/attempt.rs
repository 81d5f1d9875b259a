//! `(attempt f)`: a unit inside a unit. The closure runs in a heap of its own; its captures are copied in, its
//! result is copied out, and when it crashes the heap goes with all it acquired.

use super::crash::{Crash, QUIET, raise};
use super::edge::{defect, guarded};
use super::entry::{Call, enter};
use super::thread::Record;
use crate::codec;
use crate::desc::DescRef;
use crate::fail::{Fail, answer};
use crate::heap::message::copy_slot;
use crate::heap::{Heap, Mem};
use crate::mutation::removed;
use crate::object::Obj;
use crate::sum;
use std::arch::naked_asm;
use std::mem::offset_of;
use std::sync::atomic::Ordering;
use wat_abi::context::{Ctx, stop};
use wat_abi::layout::Repr;
use wat_abi::rtfn::Answer;

/// `RtFn::attempt`. The stub notes the caller, with whom traces of crashes inside go on.
///
/// # Safety
/// Called by compiled code through the runtime table alone, with the arguments of its row.
#[unsafe(naked)]
pub unsafe extern "C" fn attempt() {
    naked_asm!(
        "mov rax, [rsp]",
        "mov [rdi + {pc}], rax",
        "mov [rdi + {fp}], rbp",
        "jmp {body}",
        pc = const offset_of!(Ctx, call_pc),
        fp = const offset_of!(Ctx, call_fp),
        body = sym body,
    )
}

extern "C" fn body(ctx: *mut Ctx, closure: u64, result: u64) -> Answer {
    guarded(|| {
        let result = DescRef(result as u32);
        // SAFETY: compiled code passes the context of its own thread, which is in a heap.
        let mem = unsafe { Mem::of(ctx) };
        let ended = run(ctx, mem, closure, sum::payload(result));
        // SAFETY: as above.
        if ended.is_err() && unsafe { (*ctx).stop.load(Ordering::Relaxed) } & stop::KILL != 0 {
            return raise(ctx, "killed", "ended from outside");
        }
        if let Err(crash) = &ended
            && crash.kind == QUIET
        {
            return raise(ctx, QUIET, &crash.message);
        }
        answer(
            ctx,
            ended
                .map_or_else(|crash| failure(ctx, mem, &crash, result), |value| success(mem, value?, result)),
        )
    })
}

/// Runs the closure and answers its result, copied out; the outer error is its crash, the inner one a failure to
/// copy.
fn run(ctx: *mut Ctx, mem: Mem, closure: u64, payload: DescRef) -> Result<Result<u64, Fail>, Box<Crash>> {
    // SAFETY: the heap of the unit around is live and nothing else uses it now.
    let mut heap = unsafe {
        let around = &*(*ctx).heap.cast::<Heap>();
        Heap::new(around.limit().saturating_sub(around.used()))
    };
    let code = Obj::of(closure).get(0) as u32;
    let copied = copy_slot(heap.mem(), closure, Obj::of(closure).desc());
    mem.drop(closure);
    let arg = copied.map_err(|fail| Box::new(Crash::new(fail.kind, fail.message)))?;
    // SAFETY: the heap lives until left; the closure's function takes the closure and answers a `payload`; the
    // thread is this one's.
    let value = unsafe {
        let around = Heap::enter(&raw mut *heap, &mut *ctx);
        let value = enter(ctx, code, Call::Unary { arg, float: payload.repr() == Repr::F });
        Heap::leave(&mut *ctx, around);
        match value {
            Ok(value) => {
                heap.pass_wards(&mut *around);
                value
            }
            Err(crash) => {
                heap.end_wards();
                if removed("attempt-heap") {
                    std::mem::forget(heap);
                }
                return Err(crash);
            }
        }
    };
    Ok(copy_slot(mem, value, payload))
}

fn success(mem: Mem, value: u64, result: DescRef) -> Result<u64, Fail> {
    sum::ok(mem, result, value)
}

fn failure(ctx: *mut Ctx, mem: Mem, crash: &Crash, result: DescRef) -> Result<u64, Fail> {
    // SAFETY: the context is the first field of this thread's record.
    let text = crash.render(unsafe { &(*ctx.cast::<Record>()).identity });
    match codec::decode(mem, sum::error(result), text.as_bytes())? {
        Ok(crash) => sum::err(mem, result, crash),
        Err(fault) => defect(&format!("a crash cannot be read: {fault}")),
    }
}
