//! What one thread of wat code has of the world: its place in the tree, its stdio, its registration with the kernel.
//! The context record points at it. Not here: what any runtime function does with it.

use crate::context::{Context, Trace};
use crate::input::Input;
use crate::kin::ThreadShared;
use crate::output::Output;
use crate::peer::Peer;
use crate::scope::{Left, Scopes};
use crate::select::Waiting;
use crate::thread::Threads;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use wat_abi::context::Ctx;
use wat_abi::desc::Builtin;
use wat_abi::rtfn::Answer;
use wat_kernel::see::Wait;
use wat_kernel::{Interrupt, Process, Waiter};
use wat_runtime::fail::Fail;
use wat_runtime::handles;
use wat_runtime::heap::Mem;
use wat_runtime::unit::{self, crash};

/// Bytes of one value, counted as EDN, unless the boot record says otherwise.
pub const VALUE_LIMIT: usize = 16 << 20;

/// What all threads of the process share.
pub struct Node {
    pub process: Process,
    pub engine: &'static unit::Process,
    pub value_limit: usize,
    pub heap_limit: usize,
}

impl Node {
    /// The context with a trace, where traces are kept.
    pub fn traced(&self, context: Context) -> Context {
        match context.trace {
            None if self.process.boot().tracing => Context { trace: Some(Trace::random()), ..context },
            _ => context,
        }
    }
}

pub struct Host {
    pub node: Arc<Node>,
    pub waiter: Waiter,
    pub path: String,
    pub program: String,
    pub input: Input,
    pub output: Output,
    /// The threads this node has spawned.
    pub threads: Threads,
    pub waiting: Vec<Waiting>,
    /// Rotates the choice of selects.
    pub turn: usize,
    /// The same among sources that are in the middle of a value.
    pub reading: usize,
    /// Where this is a spawned thread; the main thread's peers are the process's.
    pub thread: Option<Numbered>,
    /// What came with the request in hand: the last one read.
    pub context: Context,
    /// What the program lays over it.
    pub scopes: Arc<Scopes>,
    /// What a value is encoded in on its way out.
    pub scratch: Vec<u8>,
}

/// A spawned thread as the parent of its own peers.
pub struct Numbered {
    pub shared: Arc<ThreadShared>,
    /// The number of its next peer.
    pub next: AtomicU32,
}

/// The host of the thread whose context this is.
#[expect(
    clippy::not_unsafe_ptr_arg_deref,
    reason = "rows alone call it, with the context compiled code gave them"
)]
pub fn host<'a>(ctx: *mut Ctx) -> &'a mut Host {
    // SAFETY: compiled code runs with a context whose host was set by `crate::run`; it lives as long as the program,
    // and each runtime function takes it once.
    unsafe { &mut *(*ctx).host.cast::<Host>() }
}

#[expect(
    clippy::not_unsafe_ptr_arg_deref,
    reason = "rows alone call it, with the context compiled code gave them"
)]
pub fn mem(ctx: *mut Ctx) -> Mem {
    // SAFETY: compiled code runs with a valid context whose heap has been entered.
    unsafe { Mem::of(ctx) }
}

impl Host {
    /// The number of the next peer of this node.
    pub fn next_number(&self) -> u32 {
        match &self.thread {
            Some(thread) => thread.next.fetch_add(1, Ordering::SeqCst),
            None => self.node.process.next_number(),
        }
    }

    pub fn child_path(&self, number: u32) -> String {
        if self.path == "/" { format!("/{number}") } else { format!("{}/{number}", self.path) }
    }

    /// A cell for a peer that this node has spawned.
    pub fn peer(&self, mem: Mem, peer: Peer) -> Result<u64, Halt> {
        if let Some(kin) = peer.kin() {
            if let Some(thread) = &self.thread {
                thread.shared.adopt(kin.clone());
            }
            mem.guard(Box::new(kin));
        }
        Ok(handles::make(mem, Builtin::Peer, Arc::new(peer))?)
    }

    /// The context of the request in hand, as the program has narrowed it.
    pub fn context(&self) -> Context {
        let context = self.context.within(self.scopes.deadline());
        Context { trace: self.scopes.trace().unwrap_or(context.trace), ..context }
    }

    /// Begins what is done for a request that came another way than stdin; its trace is what its `traceparent` says.
    pub fn belong(&self, mem: Mem, parent: Option<&str>) -> u64 {
        let trace = parent.and_then(Trace::of_parent);
        let traced = self.node.traced(Context { trace, ..Context::default() });
        self.enter(mem, self.scopes.belong(traced.trace))
    }

    /// What goes with a request made now.
    pub fn onward(&self) -> Context {
        self.node.traced(self.context())
    }

    /// A scope of the program's ends with the unit around it, if it does not before.
    pub fn enter(&self, mem: Mem, number: u64) -> u64 {
        mem.guard(Box::new(Left { scopes: self.scopes.clone(), number }));
        number
    }

    /// Waits for the threads it has spawned; `kill` ends them first.
    pub fn join_threads(&self, kill: bool) {
        let _about = self.waiter.about(Wait::Children, None);
        // One that has never had a thread has nothing to wait for, and needs nobody to watch it wait.
        if self.threads.any() {
            self.waiter.blocks();
        }
        self.threads.join(kill);
    }

    pub fn stopping(&self) -> bool {
        self.node.process.stopping() || self.waiter.interrupted().is_some()
    }
}

/// Why a runtime function of the host has no value.
pub enum Halt {
    Fail(Fail),
    /// The program ends here, well.
    Quiet,
    /// The thread must end at once.
    Killed,
}

impl From<Fail> for Halt {
    fn from(fail: Fail) -> Halt {
        Halt::Fail(fail)
    }
}

impl From<Interrupt> for Halt {
    /// An interrupt where a polite stop is not an answer of its own.
    fn from(why: Interrupt) -> Halt {
        match why {
            Interrupt::Stopped => Halt::Quiet,
            Interrupt::Killed => Halt::Killed,
        }
    }
}

/// What a fallible row answers.
pub fn answer(ctx: *mut Ctx, body: impl FnOnce() -> Result<u64, Halt>) -> Answer {
    unit::edge::guarded(|| match body() {
        Ok(value) => Answer::ok(value),
        Err(Halt::Fail(fail)) => crash::raise(ctx, fail.kind, &fail.message),
        Err(Halt::Quiet) => {
            crash::raise(ctx, crash::QUIET, "the program's reader has gone, or it was told to stop")
        }
        Err(Halt::Killed) => crash::raise(ctx, "killed", "killed by its parent"),
    })
}
