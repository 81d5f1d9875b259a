//! Native code that leaves a process behind, within what the filter of a confined node lets pass: a child of a child,
//! whose own parent is ended under it.

use super::{Here, hang};
use std::sync::atomic::{AtomicI32, Ordering};

/// The one way in which a confined node may clone.
const FLAGS: i32 = libc::CLONE_VM | libc::CLONE_FILES | libc::CLONE_VFORK | libc::CLONE_PIDFD | libc::SIGCHLD;

static BETWEEN: AtomicI32 = AtomicI32::new(-1);
static RUNS: AtomicI32 = AtomicI32::new(0);

/// `litter depth how`: a chain of so many nodes whose last leaves a process behind, says so up to the root, and then
/// hangs like all of them or, with `ends`, ends well.
pub fn litter(here: &Here) -> Result<(), String> {
    let (depth, how) = (here.number(0), here.arg(1));
    if depth == 0 {
        leave_behind();
        here.print("left")?;
        return if how == "ends" { Ok(()) } else { hang(here) };
    }
    let below = here.spawn("litter", &[&(depth - 1).to_string(), how]);
    let said = here.reply(&below)?;
    here.print(&said)?;
    hang(here)
}

fn leave_behind() {
    // The clone below holds its thread until the process between has ended.
    let end_it = std::thread::spawn(|| {
        while RUNS.load(Ordering::SeqCst) == 0 {
            std::thread::yield_now();
        }
        let between = BETWEEN.load(Ordering::SeqCst);
        let none = std::ptr::null::<libc::siginfo_t>();
        // SAFETY: a descriptor that the clone has stored, and no siginfo.
        unsafe { libc::syscall(libc::SYS_pidfd_send_signal, between, libc::SIGKILL, none, 0) };
    });
    // SAFETY: stacks of their own, leaked; what runs on them touches atomics and its own descriptors alone.
    let cloned = unsafe { libc::clone(between, stack(), FLAGS, std::ptr::null_mut(), BETWEEN.as_ptr()) };
    assert!(cloned > 0, "{}", std::io::Error::last_os_error());
    end_it.join().expect("it ends the process between");
}

fn stack() -> *mut libc::c_void {
    let stack: &'static mut [u128] = Box::leak(vec![0; 4096].into_boxed_slice());
    stack.as_mut_ptr_range().end.cast()
}

extern "C" fn between(_: *mut libc::c_void) -> libc::c_int {
    static PIDFD: AtomicI32 = AtomicI32::new(-1);
    static STACK: [AtomicI32; 4096] = [const { AtomicI32::new(0) }; 4096];
    let top = STACK.as_ptr_range().end.cast_mut();
    // SAFETY: as for the process between; the memory is nobody else's.
    unsafe { libc::clone(runaway, top.cast(), FLAGS, std::ptr::null_mut(), PIDFD.as_ptr()) };
    0
}

extern "C" fn runaway(_: *mut libc::c_void) -> libc::c_int {
    // SAFETY: calls on numbers. What it holds of its node's pipes would hide the node's end.
    unsafe {
        libc::syscall(libc::SYS_close_range, 0, u32::MAX, libc::CLOSE_RANGE_UNSHARE);
        libc::syscall(libc::SYS_setsid);
        RUNS.store(1, Ordering::SeqCst);
        loop {
            libc::syscall(libc::SYS_poll, std::ptr::null::<u8>(), 0, 1000);
        }
    }
}
