//! What one operating system thread needs to run compiled code: the context record, a stack, an alternate stack for
//! signals, room for a crash. And [`Remote`], by which others stop it.

use super::crash::{Ending, Pending};
use super::image::Image;
use super::program::Process;
use super::stack::Stack;
use super::{kick, trap};
use crate::mutation::removed;
use std::cell::Cell;
use std::io;
use std::marker::PhantomData;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use wat_abi::context::Ctx;
use wat_abi::layout::{IMMORTAL, word};

/// The context record and what the runtime keeps beside it.
#[repr(C)]
pub(super) struct Record {
    pub ctx: Ctx,
    pub image: Image,
    pub stack: Stack,
    pub pending: Pending,
    pub process: &'static Process,
    /// Who this thread's program is, for the crashes it catches itself.
    pub identity: Ending,
    /// The program that runs: where a crash without a frame of the user's points.
    pub program: Option<u32>,
}

thread_local! {
    static CURRENT: Cell<*mut Ctx> = const { Cell::new(null_mut()) };
}

/// The context of this operating system thread; null when it has none. Safe in signal handlers.
pub fn current() -> *mut Ctx {
    CURRENT.get()
}

/// This operating system thread, ready to run compiled code.
pub struct Thread {
    record: *mut Record,
    signals: SignalStack,
    remote: Remote,
    /// A program value without captures.
    program: Box<Cell16>,
    bound: PhantomData<*mut ()>,
}

#[repr(C, align(16))]
struct Cell16([u64; 2]);

impl Thread {
    /// Prepares the calling thread. One at a time per operating system thread.
    pub fn new(process: &'static Process, stack_bytes: usize) -> io::Result<Thread> {
        assert!(current().is_null(), "an operating system thread has one context");
        trap::install();
        let stack = Stack::map(stack_bytes)?;
        let signals = SignalStack::install()?;
        let image = process.image();
        let region = image.base() as u64;
        let code = image.code();
        let record = Box::into_raw(Box::<Record>::new_uninit()).cast::<Record>();
        // SAFETY: fields of the allocation just made, each written once: in place, for the record is longer than a
        // page. Zero is a value of every field of the context.
        unsafe {
            let ctx = &raw mut (*record).ctx;
            ctx.write_bytes(0, 1);
            (*ctx).stack_limit = if removed("stack-limit") { 0 } else { stack.limit() };
            (*ctx).region = region;
            (*ctx).code_start = region + u64::from(code.start);
            (*ctx).code_end = region + u64::from(code.end);
            (*ctx).globals = process.globals_ptr();
            (*ctx).rt.copy_from_slice(process.table());
            (&raw mut (*record).image).write(image);
            (&raw mut (*record).stack).write(stack);
            (&raw mut (*record).pending).write(Pending::new());
            (&raw mut (*record).process).write(process);
            (&raw mut (*record).identity).write(Ending::default());
            (&raw mut (*record).program).write(None);
        }
        CURRENT.set(record.cast());
        // SAFETY: plain system call.
        let tid = unsafe { libc::gettid() };
        // SAFETY: the record has just been made.
        let stop = unsafe { &raw const (*record).ctx.stop };
        let remote = Remote(Arc::new(Mutex::new(Some(Target { stop, tid }))));
        Ok(Thread { record, signals, remote, program: Box::new(Cell16([0; 2])), bound: PhantomData })
    }

    /// The context record, for the heap, the host and [`enter`](super::entry::enter).
    pub fn ctx(&self) -> *mut Ctx {
        self.record.cast()
    }

    pub fn process(&self) -> &'static Process {
        // SAFETY: the record lives as long as this.
        unsafe { (*self.record).process }
    }

    /// How others stop this thread.
    pub fn remote(&self) -> Remote {
        self.remote.clone()
    }

    /// Says who this thread's program is: its path in the tree and its name, for the crashes it catches itself.
    pub fn identify(&mut self, path: &str, program: &str) {
        // SAFETY: the record lives as long as this; no unit runs while the thread is borrowed.
        let identity = unsafe { &mut (*self.record).identity };
        (identity.path, identity.program) = (path.to_owned(), program.to_owned());
    }

    /// The value of a program without captures, good until asked again.
    pub fn program_value(&mut self, program: u32) -> u64 {
        let desc = self.process().image().programs()[program as usize].desc;
        let header = u64::from(word(desc, 0)) << 32 | u64::from(IMMORTAL as u32);
        *self.program = Cell16([header, u64::from(program)]);
        (&raw const *self.program) as u64
    }
}

impl Drop for Thread {
    fn drop(&mut self) {
        *self.remote.lock() = None;
        CURRENT.set(null_mut());
        self.signals.restore();
        if removed("thread-stack") {
            return;
        }
        // SAFETY: made by `Box::into_raw`; nothing refers to it any more: no unit runs, remotes have let go.
        drop(unsafe { Box::from_raw(self.record) });
    }
}

struct Target {
    stop: *const AtomicU32,
    tid: libc::pid_t,
}

// SAFETY: the pointer is used under the lock alone, and taken away before its target goes.
unsafe impl Send for Target {}

/// A thread as others see it: something to be stopped.
#[derive(Clone)]
pub struct Remote(Arc<Mutex<Option<Target>>>);

impl Remote {
    /// Sets bits of `wat_abi::context::stop` and kicks the thread. Answers whether it is still there: who wants it
    /// to end asks again after a millisecond.
    pub fn ask(&self, bits: u32) -> bool {
        let guard = self.lock();
        let Some(target) = &*guard else { return false };
        // SAFETY: while the target stands here its thread has not ended its context.
        unsafe { (*target.stop).fetch_or(bits, Ordering::SeqCst) };
        // SAFETY: plain system call; the thread exists, because its context does.
        unsafe { libc::syscall(libc::SYS_tgkill, libc::getpid(), target.tid, kick::SIGNAL) };
        true
    }

    fn lock(&self) -> MutexGuard<'_, Option<Target>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The stack on which this thread's signal handlers run.
struct SignalStack {
    base: *mut libc::c_void,
    before: libc::stack_t,
}

const SIGNAL_STACK: usize = 64 << 10;

impl SignalStack {
    fn install() -> io::Result<SignalStack> {
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;
        let protection = libc::PROT_READ | libc::PROT_WRITE;
        // SAFETY: a new mapping at a place the system chooses.
        let base = unsafe { libc::mmap(null_mut(), SIGNAL_STACK, protection, flags, -1, 0) };
        if base == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        let stack = libc::stack_t { ss_sp: base, ss_flags: 0, ss_size: SIGNAL_STACK };
        // SAFETY: an all-zero record is a valid one to be filled.
        let mut before: libc::stack_t = unsafe { std::mem::zeroed() };
        // SAFETY: the new stack is ours and stays mapped until `restore`.
        if unsafe { libc::sigaltstack(&raw const stack, &raw mut before) } != 0 {
            return Err(io::Error::last_os_error());
        }
        Ok(SignalStack { base, before })
    }

    fn restore(&mut self) {
        // SAFETY: what was there before this thread's context; then our mapping, which no handler runs on.
        unsafe {
            libc::sigaltstack(&raw const self.before, null_mut());
            libc::munmap(self.base, SIGNAL_STACK);
        }
    }
}
