//! Requests and replies as wat sees them: values in, `(Result … Crash)` out, whatever the peer's tier.

use crate::arrival::{Got, Item};
use crate::context::{Context, earlier};
use crate::host::{Halt, Host, host};
use crate::parcel::Parcel;
use crate::peer::{Link, Peer, Trouble};
use crate::story::Story;
use std::sync::Arc;
use std::time::{Duration, Instant};
use wat_abi::context::Ctx;
use wat_abi::desc::Builtin;
use wat_edn::Position;
use wat_kernel::see::Wait;
use wat_kernel::{GRACE, Interrupt, Receiver, SendError, Sender, Waiter};
use wat_runtime::codec;
use wat_runtime::desc::DescRef;
use wat_runtime::fail::Fail;
use wat_runtime::handles::{self, Handle};
use wat_runtime::heap::Mem;
use wat_runtime::sum;

/// The sending half of a channel or of a peer.
pub enum SenderEnd {
    Channel(Sender<Parcel>),
    Peer(Arc<Peer>),
}

/// The receiving half of a channel or of a peer.
pub enum ReceiverEnd {
    Channel(Receiver<Parcel>),
    Peer(Arc<Peer>),
    /// The lines of a child's stderr.
    Lines(Receiver<Vec<u8>>),
}

impl Handle for SenderEnd {
    fn released(&self) {}
}

impl Handle for ReceiverEnd {
    fn released(&self) {}
}

/// The object behind a cell, whose type the checker has proved.
pub fn behind<T: Handle>(cell: u64) -> Arc<T> {
    handles::get(cell).downcast().expect("a cell's type is its handle's")
}

fn peer(cell: u64) -> Arc<Peer> {
    behind(cell)
}

/// `Err` with the crash whose EDN text this is.
pub fn failed(mem: Mem, desc: DescRef, text: &str) -> Result<u64, Halt> {
    let want = sum::error(desc);
    let crash = match codec::decode(mem, want, text.as_bytes())? {
        Ok(crash) => crash,
        // A hostile child may have malformed what only it can tell; the rest stands.
        Err(_) => {
            let plain = Story::of_text(text).plain().text();
            codec::decode(mem, want, plain.as_bytes())?
                .map_err(|fault| Fail::new("defect", format!("a Crash cannot be built: {fault}")))?
        }
    };
    Ok(sum::err(mem, desc, crash)?)
}

/// `(Result nil Crash)` out of how a peer ended.
fn ended(mem: Mem, desc: DescRef, end: Result<Option<String>, Trouble>) -> Result<u64, Halt> {
    match end {
        Ok(None) => Ok(sum::ok(mem, desc, 0)?),
        Ok(Some(text)) => failed(mem, desc, &text),
        Err(trouble) => troubled(mem, desc, trouble),
    }
}

fn troubled(mem: Mem, desc: DescRef, trouble: Trouble) -> Result<u64, Halt> {
    match trouble {
        Trouble::Crash(text) => failed(mem, desc, &text),
        Trouble::Killed => Err(Halt::Killed),
    }
}

/// A request for the tier of the peer; a value no edge may carry is an `Err` of kind `:limit`.
fn request(host: &Host, peer: &Peer, slot: u64, ty: DescRef) -> Result<Item, Trouble> {
    let refuse = |fail: Fail| peer.request(fail.kind, &fail.message, "no");
    let limit = host.node.value_limit;
    if peer.takes_text() {
        let mut line = Vec::new();
        peer.codec.encode(&mut line, slot, ty, limit).map_err(refuse)?;
        Ok(Item::Text(line, Position::START))
    } else {
        Ok(Item::Parcel(Parcel::of(slot, ty, limit).map_err(refuse)?))
    }
}

/// A request is not made when the time for what is in hand has passed.
fn in_time(peer: &Peer, context: Context) -> Result<(), Trouble> {
    if context.is_over() {
        return Err(peer.request("timeout", "the deadline had passed before the request was made", "no"));
    }
    Ok(())
}

/// The value of what has arrived, of the type `desc`.
fn value(mem: Mem, peer: &Peer, desc: DescRef, item: Item) -> Result<Result<u64, Trouble>, Halt> {
    let decoded = match item {
        Item::Parcel(parcel) => parcel.open(mem, desc)?,
        Item::Text(text, place) => peer.codec.decode(mem, desc, &text, place)?,
        Item::Crash(text) => return Ok(Err(Trouble::Crash(text))),
    };
    Ok(decoded.map_err(|fault| {
        peer.ask_stop(Duration::ZERO);
        let place = if peer.is_command() {
            format!(", line {}, column {}", fault.line, fault.column)
        } else {
            String::new()
        };
        let message = format!("what {} wrote{place}: {fault}", peer.path);
        peer.request("malformed-output", &message, "unknown")
    }))
}

/// `(send p v)`
pub fn send(ctx: *mut Ctx, mem: Mem, cell: u64, slot: u64, ty: DescRef, desc: DescRef) -> Result<u64, Halt> {
    send_to(ctx, mem, &peer(cell), slot, ty, desc)
}

fn send_to(ctx: *mut Ctx, mem: Mem, peer: &Peer, slot: u64, ty: DescRef, desc: DescRef) -> Result<u64, Halt> {
    let host = host(ctx);
    let context = host.onward();
    let sent = in_time(peer, context)
        .and_then(|()| request(host, peer, slot, ty))
        .and_then(|item| peer.send(&host.waiter, item, context, context.deadline));
    match sent {
        Ok(_) => Ok(sum::ok(mem, desc, 0)?),
        Err(trouble) => troubled(mem, desc, trouble),
    }
}

/// `(recv p)`
pub fn recv(ctx: *mut Ctx, mem: Mem, cell: u64, desc: DescRef) -> Result<u64, Halt> {
    let peer = peer(cell);
    let option = sum::payload(desc);
    let host = host(ctx);
    match peer.receive(&host.waiter, host.context().deadline) {
        Ok(Got::End) => Ok(sum::ok(mem, desc, sum::option(mem, option, None)?)?),
        Ok(Got::Item(item)) => match value(mem, &peer, sum::payload(option), item)? {
            Ok(value) => Ok(sum::ok(mem, desc, sum::option(mem, option, Some(value))?)?),
            Err(trouble) => troubled(mem, desc, trouble),
        },
        Err(trouble) => troubled(mem, desc, trouble),
    }
}

/// `(call p v)`; a timeout below 0 is none.
pub fn call(
    ctx: *mut Ctx,
    mem: Mem,
    cell: u64,
    slot: u64,
    timeout_ns: i64,
    ty: DescRef,
    desc: DescRef,
) -> Result<u64, Halt> {
    let (host, peer) = (host(ctx), peer(cell));
    let _about = host.waiter.about(Wait::Call, Some(&peer.edge));
    let timeout = u64::try_from(timeout_ns).ok().map(Duration::from_nanos);
    let timeout = timeout.and_then(|t| Instant::now().checked_add(t));
    let context = host.onward();
    let begun = in_time(&peer, context);
    let deadline = earlier(context.deadline, timeout);
    // Within a deadline, whoever answers has no longer than who asks. A timeout alone is nothing to tell: when it has
    // passed, whoever has begun the request hears of that.
    let context = if context.deadline.is_some() { context.within(timeout) } else { context };
    let reply = begun
        .and_then(|()| request(host, &peer, slot, ty))
        .and_then(|item| peer.send(&host.waiter, item, context, deadline))
        .and_then(|number| peer.reply(&host.waiter, number, deadline));
    match reply {
        Ok(item) => match value(mem, &peer, sum::payload(desc), item)? {
            Ok(value) => Ok(sum::ok(mem, desc, value)?),
            Err(trouble) => troubled(mem, desc, trouble),
        },
        Err(trouble) => troubled(mem, desc, trouble),
    }
}

pub fn close(cell: u64) {
    peer(cell).close();
}

pub fn wait(ctx: *mut Ctx, mem: Mem, cell: u64, desc: DescRef) -> Result<u64, Halt> {
    ended(mem, desc, peer(cell).end(&host(ctx).waiter))
}

pub fn stop(ctx: *mut Ctx, mem: Mem, cell: u64, desc: DescRef) -> Result<u64, Halt> {
    let host = host(ctx);
    let grace = host.node.process.stop_left().unwrap_or(GRACE);
    ended(mem, desc, peer(cell).stop(&host.waiter, grace))
}

pub fn kill(ctx: *mut Ctx, mem: Mem, cell: u64, desc: DescRef) -> Result<u64, Halt> {
    ended(mem, desc, peer(cell).kill(&host(ctx).waiter))
}

/// The end of a scope: all are told to stop, last first, then each is reaped.
pub fn end_peers(ctx: *mut Ctx, cells: &[u64]) -> Result<(), Halt> {
    let host = host(ctx);
    let peers: Vec<Arc<Peer>> = cells.iter().rev().map(|cell| peer(*cell)).collect();
    peers.iter().for_each(|p| p.ask_stop(GRACE));
    for p in &peers {
        if let Err(Trouble::Killed) = p.stop(&host.waiter, GRACE) {
            return Err(Halt::Killed);
        }
    }
    Ok(())
}

pub fn pid(mem: Mem, cell: u64, desc: DescRef) -> Result<u64, Halt> {
    Ok(sum::option(mem, desc, peer(cell).pid().map(|pid| pid as u64))?)
}

pub fn path(mem: Mem, cell: u64) -> Result<u64, Halt> {
    Ok(wat_runtime::text::make_string(mem, &peer(cell).place())?)
}

pub fn status(cell: u64) -> u64 {
    peer(cell).status()
}

pub fn sender(mem: Mem, cell: u64) -> Result<u64, Halt> {
    Ok(handles::make(mem, Builtin::Sender, Arc::new(SenderEnd::Peer(peer(cell))))?)
}

pub fn receiver(mem: Mem, cell: u64) -> Result<u64, Halt> {
    Ok(handles::make(mem, Builtin::Receiver, Arc::new(ReceiverEnd::Peer(peer(cell))))?)
}

/// `(channel n)`: a tuple of its halves.
pub fn channel(ctx: *mut Ctx, mem: Mem, capacity: i64, desc: DescRef) -> Result<u64, Halt> {
    let Some(capacity) = usize::try_from(capacity).ok().filter(|n| *n > 0) else {
        return Err(Fail::new("index", "a channel holds at least one value").into());
    };
    let (sender, receiver) = wat_kernel::channel(capacity, host(ctx).node.value_limit);
    let sender = handles::make(mem, Builtin::Sender, Arc::new(SenderEnd::Channel(sender)))?;
    let receiver = handles::make(mem, Builtin::Receiver, Arc::new(ReceiverEnd::Channel(receiver)))?;
    Ok(sum::tuple(mem, desc, &[sender, receiver])?)
}

pub fn sender_send(
    ctx: *mut Ctx,
    mem: Mem,
    cell: u64,
    slot: u64,
    ty: DescRef,
    desc: DescRef,
) -> Result<u64, Halt> {
    let end = behind::<SenderEnd>(cell);
    let sender = match &*end {
        SenderEnd::Peer(peer) => return send_to(ctx, mem, peer, slot, ty, desc),
        SenderEnd::Channel(sender) => sender,
    };
    let host = host(ctx);
    let failure = |kind: &str, message: &str| {
        let mut story = Story::new(kind, &host.path, &host.program, message);
        story.executed = Some("no");
        story.text()
    };
    let parcel = match Parcel::of(slot, ty, host.node.value_limit) {
        Ok(parcel) => parcel,
        Err(fail) => return failed(mem, desc, &failure(fail.kind, &fail.message)),
    };
    let bytes = parcel.bytes;
    let _about = host.waiter.about(Wait::ChannelSend, None);
    let _heed = host.waiter.heed();
    match sender.send_within(&host.waiter, parcel, bytes, host.context().deadline) {
        Ok(()) => Ok(sum::ok(mem, desc, 0)?),
        Err(SendError::Closed(_)) => {
            failed(mem, desc, &failure("closed", "nobody receives from the channel"))
        }
        Err(SendError::Late(_)) => {
            failed(mem, desc, &failure("timeout", "no room in the channel within the time"))
        }
        Err(SendError::Interrupted(Interrupt::Stopped, _)) if host.waiter.stopping() => {
            failed(mem, desc, &failure("stopped", "this node is stopping"))
        }
        Err(SendError::Interrupted(Interrupt::Stopped, _)) => {
            failed(mem, desc, &failure("cancelled", "nobody waits for the request that this was for"))
        }
        Err(SendError::Interrupted(Interrupt::Killed, _)) => Err(Halt::Killed),
    }
}

/// `(logs p)`: a thread writes to its process's stderr, and has no lines of its own.
pub fn logs(mem: Mem, cell: u64) -> Result<u64, Halt> {
    let lines = match &peer(cell).link {
        Link::Process(child) => child.logs(),
        Link::Thread(_) | Link::Service(_) => wat_kernel::channel(1, 1).1,
    };
    Ok(handles::make(mem, Builtin::Receiver, Arc::new(ReceiverEnd::Lines(lines)))?)
}

/// A `wat.kernel/LogLine`.
fn log_line(mem: Mem, desc: DescRef, line: &[u8]) -> Result<u64, Halt> {
    let (event, text) = crate::log::Line::read(line).values();
    if let Some(event) = event
        && let Ok(value) = codec::decode(mem, desc, event.as_bytes())?
    {
        return Ok(value);
    }
    Ok(codec::decode(mem, desc, text.as_bytes())?
        .map_err(|fault| Fail::new("defect", format!("a line cannot be read: {fault}")))?)
}

/// Events of the peer's subtree are logged from that level on.
pub fn set_log_level(ctx: *mut Ctx, cell: u64, level: i64) {
    let level = u8::try_from(level).unwrap_or(0);
    host(ctx).node.process.set_log_level(&peer(cell).path, level);
}

fn from_channel<T: Send>(waiter: &Waiter, receiver: &Receiver<T>) -> Result<Option<T>, Interrupt> {
    let _about = waiter.about(Wait::Channel, None);
    receiver.receive(waiter)
}

/// `(recv r)`: None once no value can come, or while this node stops. No deadline ends it, for then None would be taken
/// for the end of what comes.
pub fn receiver_recv(ctx: *mut Ctx, mem: Mem, cell: u64, desc: DescRef) -> Result<u64, Halt> {
    let waiter = &host(ctx).waiter;
    match &*behind::<ReceiverEnd>(cell) {
        ReceiverEnd::Channel(receiver) => match from_channel(waiter, receiver) {
            Ok(Some(parcel)) => {
                let value = parcel.open(mem, sum::payload(desc))?.ok();
                Ok(sum::option(mem, desc, value)?)
            }
            Ok(None) | Err(Interrupt::Stopped) => Ok(sum::option(mem, desc, None)?),
            Err(Interrupt::Killed) => Err(Halt::Killed),
        },
        ReceiverEnd::Lines(lines) => match from_channel(waiter, lines) {
            Ok(Some(line)) => {
                let line = log_line(mem, sum::payload(desc), &line)?;
                Ok(sum::option(mem, desc, Some(line))?)
            }
            Ok(None) | Err(Interrupt::Stopped) => Ok(sum::option(mem, desc, None)?),
            Err(Interrupt::Killed) => Err(Halt::Killed),
        },
        ReceiverEnd::Peer(peer) => match peer.receive(waiter, None) {
            Ok(Got::Item(item)) => {
                let value = value(mem, peer, sum::payload(desc), item)?.ok();
                Ok(sum::option(mem, desc, value)?)
            }
            Ok(Got::End) | Err(Trouble::Crash(_)) => Ok(sum::option(mem, desc, None)?),
            Err(Trouble::Killed) => Err(Halt::Killed),
        },
    }
}
