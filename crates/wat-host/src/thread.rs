//! Tier 1: a program in a thread of this process, with a heap and a stack of its own. Its requests and replies are
//! messages in bounded channels; its crash is text, as a process's is.

use crate::context::Context;
use crate::host::{Halt, Host, Node, Numbered, host};
use crate::input::Input;
use crate::kin::ThreadShared;
use crate::output::Output;
use crate::parcel::Parcel;
use crate::peer::{Link, Peer, Thread};
use crate::story::{Story, ends_in_stopped};
use crate::{run, stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};
use wat_abi::context::Ctx;
use wat_kernel::see::Edge;
use wat_kernel::{GRACE, Receiver, Sender};
use wat_runtime::desc::DescRef;
use wat_runtime::heap::message::Message;
use wat_runtime::heap::{Heap, Mem};
use wat_runtime::object::Obj;
use wat_runtime::unit::{self, Outcome};

/// Reserved for a thread's program, not committed.
const STACK: usize = 64 << 20;
/// What Rust needs before and after the program runs on its own stack.
const SMALL_STACK: usize = 128 << 10;
/// The most requests or replies, and bytes of them, between a thread and its parent.
const MESSAGES: usize = 64;
const BYTES: usize = 64 << 10;

/// The threads of a process that have not been joined.
#[derive(Default)]
pub struct Threads {
    running: Mutex<Vec<(JoinHandle<()>, Arc<ThreadShared>)>>,
}

impl Threads {
    pub fn add(&self, handle: JoinHandle<()>, shared: Arc<ThreadShared>) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.retain(|(handle, _)| !handle.is_finished());
        running.push((handle, shared));
    }

    pub fn any(&self) -> bool {
        !self.running.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// Waits for all, and for those they spawn meanwhile; `kill` ends them first.
    pub fn join(&self, kill: bool) {
        loop {
            let running = std::mem::take(&mut *self.running.lock().unwrap_or_else(PoisonError::into_inner));
            if running.is_empty() {
                return;
            }
            for (_, shared) in running.iter().filter(|_| kill) {
                shared.kill("its process has crashed");
            }
            for (handle, _) in running {
                // A panic in a thread has ended the process at the edge.
                let _ = handle.join();
            }
        }
    }
}

/// `(spawn-thread program)`; takes the program value over.
pub fn spawn(ctx: *mut Ctx, mem: Mem, program: u64) -> Result<u64, Halt> {
    let host = host(ctx);
    let object = Obj::of(program);
    let index = object.get(0) as u32;
    let image = host.node.engine.image();
    let name = image.name(image.programs()[index as usize].name).to_string();
    let path = host.child_path(host.next_number());
    let (requests, requests_in) = wat_kernel::channel(MESSAGES, BYTES);
    let (replies_out, replies) = wat_kernel::channel(MESSAGES, BYTES);
    let (done_out, done) = wat_kernel::channel(1, 1);
    let shared = Arc::new(ThreadShared::default());
    let edge = Edge::new(&path);
    let message = Message::copy(program, object.desc());
    mem.drop_as(program, object.desc());
    let started = message.map_err(|fail| (fail.kind, fail.message.into_owned())).and_then(|message| {
        let life = Life {
            node: host.node.clone(),
            shared: shared.clone(),
            edge: edge.clone(),
            path: path.clone(),
            program: name.clone(),
            index,
            log_level: host.waiter.log_level(),
            message,
            requests: requests_in,
            replies: replies_out,
            done: done_out,
        };
        let builder = Builder::new().name(path.clone()).stack_size(SMALL_STACK);
        // The kernel signals the threads it knows; a thread registers before it runs anything.
        let process = life.node.process.clone();
        process
            .start_thread(builder, move || live(life))
            .map_err(|e| ("spawn-failed", format!("start a thread: {e}")))
    });
    match started {
        Ok(handle) => host.threads.add(handle, shared.clone()),
        Err((kind, message)) => {
            let _ = shared.end.set(Some(Story::new(kind, &path, &name, message).text()));
        }
    }
    let link = Link::Thread(Thread { requests: Mutex::new(Some(requests)), replies, done, shared });
    host.peer(mem, Peer::new(edge, name, link, host.node.value_limit))
}

/// What a thread is given.
struct Life {
    node: Arc<Node>,
    shared: Arc<ThreadShared>,
    edge: Arc<Edge>,
    path: String,
    program: String,
    index: u32,
    log_level: u8,
    message: Message,
    requests: Receiver<Parcel>,
    replies: Sender<Parcel>,
    done: Sender<()>,
}

fn live(life: Life) {
    let Life { node, shared, edge, path, program, index, log_level, message, requests, replies, done } = life;
    let end = match unit::Thread::new(node.engine, STACK) {
        Err(e) => Some(Story::new("spawn-failed", &path, &program, format!("map a stack: {e}")).text()),
        Ok(mut thread) => {
            thread.identify(&path, &program);
            let ctx = thread.ctx();
            // SAFETY: the stop word lives in the context record, which outlives the registration.
            let waiter =
                unsafe { node.process.register_peer(&raw const (*ctx).stop, edge, &program, log_level) };
            shared.begin(waiter.kicker());
            // Told before there was anything to kick.
            if let Some(reason) = shared.kill_reason.get() {
                shared.kill(reason);
            } else if shared.stop_asked.load(Ordering::SeqCst) {
                shared.ask_stop(GRACE);
            }
            shared.state.fetch_max(1, Ordering::SeqCst);
            let mut host = Host {
                node: node.clone(),
                waiter,
                path: path.clone(),
                program: program.clone(),
                input: Input::Channel(requests),
                output: Output::Channel { replies: replies.clone(), shared: shared.clone() },
                threads: Threads::default(),
                waiting: Vec::new(),
                turn: 0,
                reading: 0,
                thread: Some(Numbered { shared: shared.clone(), next: AtomicU32::new(0) }),
                context: Context::default(),
                scopes: Arc::default(),
                scratch: Vec::new(),
            };
            let object = |mem: Mem| message.adopt(mem).map_err(|fail| (fail.kind, fail.message.into_owned()));
            let reason = || shared.kill_reason.get().copied();
            let crash = run::unit(ctx, &mut host, index, object, &reason);
            // A node ends after all below it.
            shared.wait_for_children(&host.waiter);
            host.join_threads(false);
            match reason() {
                // It was told to end and did, by itself or not: a kill is answered by a kill.
                Some(reason) if crash.is_none() => Some(Story::new("killed", &path, &program, reason).text()),
                _ => crash,
            }
        }
    };
    let seen = shared.released.load(Ordering::SeqCst);
    if let (true, Some(text)) = (seen, &end)
        && !shared.seen.swap(true, Ordering::SeqCst)
    {
        stdio::unseen(text);
    }
    let _ = shared.end.set(end.clone());
    if let Some((registry, true)) = shared.registry.get() {
        registry.finish(end);
    }
    // The channels close after the end is noted: whoever waits for them finds it.
    drop(replies);
    drop(done);
}

/// How a run of a program ended, as the text of its crash; none when it ended well.
pub fn verdict(host: &Host, outcome: Outcome, kill_reason: Option<&str>) -> Option<String> {
    let Outcome::Crashed(mut crash) = outcome else { return None };
    if crash.kind == unit::crash::QUIET {
        return None;
    }
    if crash.kind == "killed"
        && let Some(reason) = kill_reason
    {
        crash.message = reason.to_string();
    }
    let ending =
        unit::crash::Ending { path: host.path.clone(), program: host.program.clone(), ..Default::default() };
    let text = crash.render(&ending);
    (!(host.stopping() && ends_in_stopped(text.as_bytes()))).then_some(text)
}

/// Evaluates `body` with a fresh heap entered in the context, and releases the heap whole. After a crash, which is what
/// `body` answers, all that was started in it ends.
pub fn in_heap(ctx: *mut Ctx, limit: usize, body: impl FnOnce() -> Option<String>) -> Option<String> {
    let mut heap = Heap::new(limit);
    // SAFETY: the heap outlives its stay in the context, which is this thread's own.
    let outer = unsafe { Heap::enter(&raw mut *heap, &mut *ctx) };
    let crash = body();
    // SAFETY: as above; the unit has ended.
    unsafe { Heap::leave(&mut *ctx, outer) };
    if crash.is_some() {
        heap.end_wards();
    }
    crash
}

/// The descriptor of a program's value.
pub fn program_desc(node: &Node, index: u32) -> DescRef {
    DescRef(node.engine.image().programs()[index as usize].desc)
}
