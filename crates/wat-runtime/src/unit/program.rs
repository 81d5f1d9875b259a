//! Running programs: the process's shared part (image, runtime table, `def` values) and one run.

use super::crash::Crash;
use super::entry::{Call, enter};
use super::image::Image;
use super::thread::Record;
use super::{Table, missing};
use crate::heap::{Heap, Mem};
use std::cell::UnsafeCell;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use wat_abi::context::Ctx;
use wat_abi::desc::Desc;
use wat_abi::layout::Repr;

/// What all threads of a process share.
pub struct Process {
    image: Image,
    table: Box<Table>,
    globals: Box<[Slot]>,
    ready: Box<[AtomicBool]>,
    /// Held while a `def` is evaluated. The values live in this heap as long as the process.
    heap: Mutex<Box<Heap>>,
}

struct Slot(UnsafeCell<u64>);

// SAFETY: a slot is written once, under the lock and before its `ready` flag is set; afterwards it is only read.
unsafe impl Sync for Slot {}

/// How a program ended.
#[derive(Debug)]
pub enum Outcome {
    Done,
    Crashed(Box<Crash>),
}

impl Process {
    /// `limit`: the most memory `def` values may take together. An error names runtime functions nobody gave.
    pub fn new(image: Image, table: Box<Table>, limit: usize) -> Result<Process, String> {
        let absent: Vec<&str> = missing(&table).collect();
        if !absent.is_empty() {
            return Err(format!("the runtime table lacks {}", absent.join(", ")));
        }
        let count = image.globals().len();
        Ok(Process {
            image,
            table,
            globals: (0..count).map(|_| Slot(UnsafeCell::new(0))).collect(),
            ready: (0..count).map(|_| AtomicBool::new(false)).collect(),
            heap: Mutex::new(Heap::new(limit)),
        })
    }

    pub fn image(&self) -> Image {
        self.image
    }

    pub(super) fn table(&self) -> &Table {
        &self.table
    }

    pub(super) fn globals_ptr(&self) -> *mut u64 {
        UnsafeCell::raw_get(self.globals.as_ptr().cast())
    }

    /// Evaluates what the program needs of the `def`s and has not been evaluated, in its order.
    ///
    /// # Safety
    /// As for [`run_program`].
    unsafe fn evaluate(&self, ctx: *mut Ctx, program: u32) -> Result<(), Box<Crash>> {
        let needed = self.image.globals_of(&self.image.programs()[program as usize]);
        let waits = |g: &&u32| !self.ready[**g as usize].load(Ordering::Acquire);
        if needed.iter().find(waits).is_none() {
            return Ok(());
        }
        let mut heap = self.heap.lock().unwrap_or_else(PoisonError::into_inner);
        for g in needed.iter().filter(waits) {
            let global = self.image.globals()[*g as usize];
            // SAFETY: a verified image's descriptor.
            let desc = unsafe { &*self.image.base().add(global.desc as usize).cast::<Desc>() };
            let call = Call::Nullary { float: desc.repr == Repr::F };
            // SAFETY: the heap is locked for us and outlives the evaluation; the context is this thread's, and no
            // unit runs in its heap meanwhile. The initialiser is nullary.
            let result = unsafe {
                let outer = Heap::enter(&raw mut **heap, &mut *ctx);
                let result = enter(ctx, global.code, call);
                if let Ok(value) = &result
                    && desc.repr == Repr::P
                {
                    Mem::of(ctx).freeze(*value);
                }
                Heap::leave(&mut *ctx, outer);
                result
            };
            // SAFETY: under the lock, before the flag is set.
            unsafe { self.globals[*g as usize].0.get().write(result?) };
            self.ready[*g as usize].store(true, Ordering::Release);
        }
        Ok(())
    }
}

/// Runs a program of the image to its end: first the `def`s it reaches, then the program with its value `object`
/// (owned; [`Thread::program_value`](super::Thread::program_value) where it captures nothing).
///
/// # Safety
/// `ctx` is the context of a live [`Thread`](super::Thread) of this operating system thread and its unit's heap has
/// been entered; the caller releases that heap whole after a crash. `object` is a value of this program.
pub unsafe fn run_program(ctx: *mut Ctx, program: u32, object: u64) -> Outcome {
    // SAFETY: by contract; the record lives as long as its thread.
    let process = unsafe { (*ctx.cast::<Record>()).process };
    let code = process.image.programs()[program as usize].code;
    // SAFETY: by contract the context is the first field of this thread's record.
    unsafe { (*ctx.cast::<Record>()).program = Some(program) };
    // SAFETY: by contract; a program takes its value and answers nil.
    let ended = unsafe {
        process
            .evaluate(ctx, program)
            .and_then(|()| enter(ctx, code, Call::Unary { arg: object, float: false }))
    };
    match ended {
        Ok(_) => Outcome::Done,
        Err(crash) => Outcome::Crashed(crash),
    }
}
