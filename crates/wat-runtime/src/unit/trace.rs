//! The trace of a crash: a walk along frame pointers from where it happened. Compiled code keeps frame pointers;
//! the walk reads nothing outside the thread's stack and ends at the first frame that is not compiled code, where
//! it goes on with the unit around, whose call into the runtime its stub has noted.

use super::crash::MAX_FRAMES;
use super::entry::Point;
use super::thread::Record;
use wat_abi::context::Ctx;

/// Notes the frames of the innermost units for the pending crash. `exact`: the crash pc is the instruction itself,
/// not the address a call returns to.
///
/// # Safety
/// `ctx` is in a unit; `crash_pc`, `crash_sp` and `crash_fp` say where compiled code was left, and the frames above
/// are untouched.
pub unsafe fn capture(ctx: *mut Ctx, exact: bool) {
    // SAFETY: by contract the context is the first field of a record; nobody else uses it now.
    let record = unsafe { &mut *ctx.cast::<Record>() };
    if record.pending.traced {
        return;
    }
    record.pending.traced = true;
    let code = record.ctx.code_start..record.ctx.code_end;
    let region = record.ctx.region;
    let frames = &mut record.pending.frames;
    frames.clear();
    let mut note = |pc: u64| {
        frames.push((pc - region) as u32);
        frames.len() < MAX_FRAMES
    };
    let (mut pc, mut fp, mut low) = (record.ctx.crash_pc, record.ctx.crash_fp, record.ctx.crash_sp);
    let mut point: *const Point = record.ctx.unit.cast();
    let mut at_call = !exact;
    loop {
        // One unit's frames.
        while code.contains(&pc) {
            if !note(pc - u64::from(at_call)) {
                return;
            }
            at_call = true;
            let inside = fp >= low && fp.is_multiple_of(8) && record.stack.contains(fp + 8);
            if !inside {
                break;
            }
            // SAFETY: both words lie in the thread's mapped stack above the crash.
            let (next, back) = unsafe { ((fp as *const u64).read(), (fp as *const u64).add(1).read()) };
            (low, fp, pc) = (fp + 16, next, back);
        }
        // SAFETY: points of live units are live; the last one's `outer` is null.
        let Some(here) = (unsafe { point.as_ref() }) else { return };
        (pc, fp, point, at_call) = (here.caller_pc, here.caller_fp, here.outer, true);
    }
}
