//! Tier 2: a program in a process of its own, and what a process is asked about itself.

use crate::grants;
use crate::host::{Halt, Node, host};
use crate::kin::ThreadShared;
use crate::output;
use crate::peer::{Link, Peer, Thread};
use crate::story::Story;
use crate::thread::program_desc;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use wat_abi::context::Ctx;
use wat_kernel::see::Edge;
use wat_kernel::{Interrupt, Limits, Spawn};
use wat_runtime::desc::DescRef;
use wat_runtime::fail::Fail;
use wat_runtime::heap::Mem;
use wat_runtime::object::Obj;
use wat_runtime::{codec, sum, text, vector};

/// Limits as the row has them: bytes of heap, nanoseconds of processor and of wall time, processes, open files, bytes
/// of one value; negative for none.
pub fn limits([heap, cpu, wall, processes, files, value]: [i64; 6]) -> Limits {
    let given = |n: i64| u64::try_from(n).ok();
    let millis = |n: i64| given(n).map(|nanos| nanos.div_ceil(1_000_000));
    Limits {
        heap: given(heap),
        data: None,
        cpu_ms: millis(cpu),
        wall_ms: millis(wall),
        processes: given(processes).map(|n| u32::try_from(n).unwrap_or(u32::MAX)),
        files: given(files),
        value: given(value),
    }
}

/// `(spawn-process program)`; takes the program value over. What cannot be started says so at its first use.
pub fn spawn(ctx: *mut Ctx, mem: Mem, program: u64, limits: Limits, words: &[String]) -> Result<u64, Halt> {
    let host = host(ctx);
    let object = Obj::of(program);
    let index = object.get(0) as u32;
    let image = host.node.engine.image();
    let name = image.name(image.programs()[index as usize].name);
    let captured = captures(object, host.node.value_limit);
    mem.drop_as(program, object.desc());
    let mut order = Spawn::new(index, name);
    order.limits = limits;
    if host.thread.is_some() {
        order.path = Some(host.child_path(host.next_number()));
    }
    let asked = grants::of_words(words).map_err(|reason| Fail::new("denied", reason));
    let peer = match captured.and_then(|captured| Ok((captured, asked?))) {
        Ok((captured, authority)) => {
            order.captured = captured;
            order.authority = authority;
            let child = host.node.process.spawn(&host.waiter, order);
            Peer::new(child.edge().clone(), name.to_string(), Link::Process(child), host.node.value_limit)
        }
        Err(fail) => {
            let path = order.path.unwrap_or_else(|| host.child_path(host.next_number()));
            stillborn(path, name, &fail, host.node.value_limit)
        }
    };
    host.peer(mem, peer)
}

/// A peer that has ended before it began.
fn stillborn(path: String, program: &str, fail: &Fail, value_limit: usize) -> Peer {
    let shared = Arc::new(ThreadShared::default());
    let story = Story::new(fail.kind, &path, program, fail.message.clone());
    let _ = shared.end.set(Some(story.text()));
    // Dropped far ends close the channels, which is how an ended thread looks.
    let (_, replies) = wat_kernel::channel(1, 1);
    let (_, done) = wat_kernel::channel(1, 1);
    let link = Link::Thread(Thread { requests: Mutex::new(None), replies, done, shared });
    Peer::new(Edge::new(&path), program.to_string(), link, value_limit)
}

/// What a program value captured, one EDN value a line.
fn captures(object: Obj, limit: usize) -> Result<Vec<u8>, Fail> {
    let mut out = Vec::new();
    let fields = object.desc().variant(0);
    for i in 0..fields.len() {
        output::line(&mut out, object.get(1 + i), fields.field(i), limit)?;
        out.push(b'\n');
    }
    Ok(out)
}

/// The program value of a child, out of what it was given.
pub fn program_value(node: &Node, mem: Mem, index: u32, captured: &[u8]) -> Result<u64, Fail> {
    let desc = program_desc(node, index);
    let fields = desc.variant(0);
    let mut slots = vec![u64::from(index)];
    let mut lines = captured.split(|b| *b == b'\n');
    for i in 0..fields.len() {
        let line = lines.next().unwrap_or_default();
        let value = codec::decode(mem, fields.field(i), line)?;
        slots.push(value.map_err(|fault| {
            Fail::new("spawn-failed", format!("captured value {} cannot be read: {fault}", i + 1))
        })?);
    }
    Ok(mem.object_of(desc, 0, &slots)?.slot())
}

/// `(args)`
pub fn args(ctx: *mut Ctx, mem: Mem, desc: DescRef) -> Result<u64, Halt> {
    let args = &host(ctx).node.process.boot().args;
    let mut all = vector::with_capacity(mem, desc, args.len())?;
    for arg in args {
        all = vector::push(mem, all, text::make_string(mem, arg)?)?;
    }
    Ok(all.slot())
}

pub fn own_path(ctx: *mut Ctx, mem: Mem) -> Result<u64, Halt> {
    Ok(text::make_string(mem, &host(ctx).path)?)
}

/// Nanoseconds since the epoch; the ends of the range for clocks beyond them.
pub fn now() -> u64 {
    let nanos = match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_nanos()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_nanos()).map_or(i64::MIN, |n| -n),
    };
    nanos as u64
}

/// Nanoseconds on a clock that only goes forward.
pub fn ticks() -> u64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    (time.tv_sec * 1_000_000_000 + time.tv_nsec) as u64
}

/// `(deadline)`: time left for the request in hand.
pub fn deadline(ctx: *mut Ctx, mem: Mem, desc: DescRef) -> Result<u64, Halt> {
    let left = host(ctx).context().left();
    let left = left.map(|left| i64::try_from(left.as_nanos()).unwrap_or(i64::MAX) as u64);
    Ok(sum::option(mem, desc, left)?)
}

/// `(trace-id)`
pub fn trace_id(ctx: *mut Ctx, mem: Mem, desc: DescRef) -> Result<u64, Halt> {
    let trace = host(ctx).context().trace;
    let trace = trace.map(|trace| text::make_string(mem, &trace.to_string())).transpose()?;
    Ok(sum::option(mem, desc, trace)?)
}

/// Begins a scope with a deadline of so many nanoseconds from now; answers its number.
pub fn narrow(ctx: *mut Ctx, mem: Mem, nanos: i64) -> Result<u64, Halt> {
    let host = host(ctx);
    let wait = Duration::from_nanos(u64::try_from(nanos).unwrap_or(0));
    let number = host.scopes.narrow(Instant::now().checked_add(wait));
    Ok(host.enter(mem, number))
}

/// Returns early when the node is asked to stop, when nobody waits for the request in hand any more, and at a deadline that the
/// program has set. That of the request ends no sleep: an answer made of it would come just before its caller gives up.
pub fn sleep(ctx: *mut Ctx, nanos: i64) -> Result<u64, Halt> {
    let host = host(ctx);
    let wait = Duration::from_nanos(u64::try_from(nanos).unwrap_or(0));
    let end =
        Instant::now().checked_add(wait).unwrap_or_else(|| Instant::now() + Duration::from_secs(1 << 30));
    let end = host.scopes.deadline().map_or(end, |deadline| deadline.min(end));
    match host.waiter.sleep_until(end) {
        Ok(()) | Err(Interrupt::Stopped) => Ok(0),
        Err(Interrupt::Killed) => Err(Halt::Killed),
    }
}
