//! From a kernel process to a program that runs in it, and to its exit code. The same for the root and every child.

use crate::Library;
use crate::context::Context;
use crate::host::{Host, Node, VALUE_LIMIT};
use crate::input::Input;
use crate::output::Output;
use crate::story::Story;
use crate::thread::{in_heap, verdict};
use crate::values::Values;
use crate::{process, stdio, table, thread};
use std::os::fd::AsFd;
use std::sync::Arc;
use wat_abi::context::Ctx;
use wat_kernel::{Outcome, Process};
use wat_runtime::heap::Mem;
use wat_runtime::unit::region::Region;
use wat_runtime::unit::{self, Image};

/// Reserved for the main program, not committed.
const STACK: usize = 256 << 20;
/// Where the boot record says nothing.
const HEAP_LIMIT: usize = isize::MAX as usize;

/// How the root's stdio carries values.
#[derive(Clone, Copy, Default)]
pub struct Stdio {
    pub lines_in: bool,
    pub lines_out: bool,
}

/// Runs the program of the boot record to its end and answers the exit code. A root's crash is shown through `show`;
/// a child's goes to its parent.
pub fn run(
    kernel: Process,
    stdio: Stdio,
    show: Option<&dyn Fn(&str)>,
    library: Library,
) -> Result<i32, String> {
    let boot = kernel.boot();
    wat_runtime::mutation::begin(wat_kernel::mutation::current());
    let file = kernel.image().ok_or("there is no image")?;
    let region = Region::reserve().map_err(|e| format!("reserve memory for code: {e}"))?;
    let image = Image::map(region, file.as_fd())?;
    drop(file);
    kernel.image_mapped();
    wat_runtime::region::set_base(image.base());
    let mut rows = unit::empty_table();
    wat_runtime::table::pure_rows(&mut rows);
    unit::fill(&mut rows);
    table::fill(&mut rows);
    (library.rows)(&mut rows);
    kernel.serve_asks((library.opener)());
    let heap_limit = boot.limits.heap.map_or(HEAP_LIMIT, |bytes| bytes as usize);
    let engine: &'static unit::Process = Box::leak(Box::new(unit::Process::new(image, rows, heap_limit)?));
    let value_limit = match boot.limits.value {
        _ if wat_kernel::mutation::removed("value-limit") => usize::MAX / 4,
        Some(bytes) => bytes as usize,
        None => VALUE_LIMIT,
    };
    let node = Arc::new(Node { process: kernel.clone(), engine, value_limit, heap_limit });
    kernel.on_unseen_crash(|path, program, end| {
        if let Some(story) = Story::of_end(end, path, program, 0) {
            stdio::unseen(&story.text());
        }
    });

    let mut main = unit::Thread::new(engine, STACK).map_err(|e| format!("map a stack: {e}"))?;
    main.identify(&boot.path, &boot.program);
    let ctx = main.ctx();
    // SAFETY: the stop word lives in the context record, which outlives the registration.
    let waiter = unsafe { kernel.register(&raw const (*ctx).stop) };
    let input = if stdio.lines_in { Values::lines(value_limit) } else { Values::edn(value_limit) };
    let mut host = Host {
        node: node.clone(),
        waiter,
        path: boot.path.clone(),
        program: boot.program.clone(),
        input: Input::Descriptor(input),
        output: Output::Descriptor { lines: stdio.lines_out },
        threads: thread::Threads::default(),
        waiting: Vec::new(),
        turn: 0,
        reading: 0,
        thread: None,
        context: Context::default(),
        scopes: Arc::default(),
        scratch: Vec::new(),
    };
    let object = |mem: Mem| {
        process::program_value(&node, mem, boot.entry, &boot.captured)
            .map_err(|fail| (fail.kind, fail.message.into_owned()))
    };
    let crash = unit(ctx, &mut host, boot.entry, object, &|| None);
    // What was written is delivered before anything is waited for.
    let _ = kernel.flush(&host.waiter);
    host.join_threads(crash.is_some());
    let code = match (crash, show) {
        (None, _) => kernel.exit(&host.waiter, Outcome::Clean),
        (Some(text), Some(show)) => {
            show(&text);
            kernel.exit(&host.waiter, Outcome::Crash(text.as_bytes()))
        }
        (Some(text), None) => kernel.exit(&host.waiter, Outcome::Crash(text.as_bytes())),
    };
    // Its mappings go with the process, all at once.
    std::mem::forget(main);
    Ok(code)
}

/// Runs one program in a heap of its own; the text of its crash, or none. `object` makes its value in that heap.
pub fn unit(
    ctx: *mut Ctx,
    host: &mut Host,
    program: u32,
    object: impl FnOnce(Mem) -> Result<u64, (&'static str, String)>,
    kill_reason: &dyn Fn() -> Option<&'static str>,
) -> Option<String> {
    let limit = host.node.heap_limit;
    // SAFETY: the context is this thread's own and the host outlives the program's run.
    unsafe { (*ctx).host = (&raw mut *host).cast() };
    let crash = in_heap(ctx, limit, || {
        let object = match object(crate::host::mem(ctx)) {
            Ok(object) => object,
            Err((kind, message)) => return Some(Story::new(kind, &host.path, &host.program, message).text()),
        };
        // SAFETY: the context belongs to a live thread, its heap has been entered, the object is this program's.
        let outcome = unsafe { unit::program::run_program(ctx, program, object) };
        verdict(host, outcome, kill_reason())
    });
    // SAFETY: as above; nothing runs any more.
    unsafe { (*ctx).host = std::ptr::null_mut() };
    crash
}
