//! `select` and `select-any`: waiting for the first of several peers, channels, exits, timers, a stop, and
//! the end of interest in the request in hand.
//!
//! A value that comes in many reads holds nobody up: what is whole is answered first, and each round reads once of one
//! source that is in the middle of a value, however long that is, or endless. So a select takes at most one such read
//! longer for it, and the long value takes no more rounds than it has reads.

use crate::host::{Halt, Host, host};
use crate::peer::{Peer, Trouble};
use crate::traffic::{ReceiverEnd, behind};
use std::sync::Arc;
use std::time::{Duration, Instant};
use wat_abi::context::Ctx;
use wat_kernel::see::{Edge, Wait};
use wat_kernel::{Interrupt, Receiver, Source};

/// A clause's source.
pub enum Waiting {
    Peer(Arc<Peer>),
    Receiver(Arc<ReceiverEnd>),
    Exit(Arc<Peer>),
    After(Option<Instant>),
    Stopped,
    /// Nobody waits for the request in hand any more, or a deadline that the program has set has passed.
    Cancelled,
    /// Nothing in a node that is not the root, which no signal reaches.
    Signal(Option<Receiver<()>>),
}

pub fn begin(ctx: *mut Ctx) {
    host(ctx).waiting.clear();
}

pub fn add_peer(ctx: *mut Ctx, cell: u64) {
    host(ctx).waiting.push(Waiting::Peer(behind(cell)));
}

pub fn add_receiver(ctx: *mut Ctx, cell: u64) {
    host(ctx).waiting.push(Waiting::Receiver(behind(cell)));
}

pub fn add_exit(ctx: *mut Ctx, cell: u64) {
    host(ctx).waiting.push(Waiting::Exit(behind(cell)));
}

pub fn add_after(ctx: *mut Ctx, nanos: i64) {
    let wait = Duration::from_nanos(u64::try_from(nanos).unwrap_or(0));
    host(ctx).waiting.push(Waiting::After(Instant::now().checked_add(wait)));
}

pub fn add_stopped(ctx: *mut Ctx) {
    host(ctx).waiting.push(Waiting::Stopped);
}

pub fn add_cancelled(ctx: *mut Ctx) {
    host(ctx).waiting.push(Waiting::Cancelled);
}

/// SIGUSR1, or with `second` SIGUSR2.
pub fn add_signal(ctx: *mut Ctx, second: bool) {
    let host = host(ctx);
    let is_root = host.path == "/";
    host.waiting.push(Waiting::Signal(is_root.then(|| host.node.process.user_signal(second))));
}

/// The number of the clause whose source has something to give.
pub fn wait(ctx: *mut Ctx) -> Result<u64, Halt> {
    let host = host(ctx);
    let waiting = std::mem::take(&mut host.waiting);
    let cancelled = waiting.iter().position(|w| matches!(w, Waiting::Cancelled));
    first(host, &waiting, cancelled).map(|n| n as u64)
}

/// The index of a peer whose receive would answer now.
pub fn any(ctx: *mut Ctx, cells: &[u64]) -> Result<u64, Halt> {
    let waiting: Vec<Waiting> = cells.iter().map(|cell| Waiting::Peer(behind(*cell))).collect();
    if waiting.is_empty() {
        return Err(wat_runtime::fail::Fail::new("index", "select-any of no peers").into());
    }
    // The receive that follows says that it was cancelled, or late.
    first(host(ctx), &waiting, Some(0)).map(|n| n as u64)
}

/// `cancelled` is what is answered when the request in hand is no longer wanted; without it that ends no wait.
fn first(host: &mut Host, waiting: &[Waiting], cancelled: Option<usize>) -> Result<usize, Halt> {
    let over = cancelled.and_then(|n| Some((n, host.scopes.deadline()?)));
    let _heed = cancelled.map(|_| host.waiter.heed());
    let stopped = waiting.iter().position(|w| matches!(w, Waiting::Stopped));
    let timers = waiting.iter().enumerate().filter_map(|(n, w)| match w {
        Waiting::After(end) => Some((n, (*end)?)),
        _ => None,
    });
    let timer = timers.chain(over).min_by_key(|(_, end)| *end);
    let mut sources: Vec<(usize, Source)> = Vec::with_capacity(waiting.len());
    for (n, w) in waiting.iter().enumerate() {
        match w {
            Waiting::Peer(peer) => sources.push((n, peer.source())),
            Waiting::Exit(peer) => sources.push((n, peer.exit_source())),
            Waiting::Receiver(end) => match &**end {
                ReceiverEnd::Channel(receiver) => sources.push((n, Source::Channel(receiver))),
                ReceiverEnd::Lines(lines) => sources.push((n, Source::Channel(lines))),
                ReceiverEnd::Peer(peer) => sources.push((n, peer.source())),
            },
            Waiting::Signal(Some(signal)) => sources.push((n, Source::Channel(signal))),
            Waiting::After(_) | Waiting::Stopped | Waiting::Cancelled | Waiting::Signal(None) => {}
        }
    }
    let _about = host.waiter.about_several(Wait::Select, waiting.iter().filter_map(edge));
    let polled: Vec<Source> = sources.iter().map(|(_, source)| *source).collect();
    let count = sources.len();
    let end = timer.map(|(_, end)| end);
    loop {
        // What has arrived whole needs no wait, but takes its turn with what is still in the pipes.
        let mut arrived = Vec::with_capacity(count);
        for (n, _) in &sources {
            arrived.push(match reader(&waiting[*n]) {
                Some(peer) => ready(peer, host, false)?,
                None => false,
            });
        }
        let deadline = if arrived.contains(&true) { Some(Instant::now()) } else { end };
        let bytes = match wat_kernel::poll(&host.waiter, &polled, deadline) {
            Ok(bytes) => bytes,
            Err(Interrupt::Killed) => return Err(Halt::Killed),
            Err(Interrupt::Stopped) if host.waiter.stopping() => return stopped.ok_or(Halt::Quiet),
            Err(Interrupt::Stopped) => return cancelled.ok_or(Halt::Quiet),
        };
        let mut within = Vec::new();
        for step in 0..count {
            let at = (host.turn + step) % count;
            let n = sources[at].0;
            if bytes[at] && !arrived[at] && reader(&waiting[n]).is_some_and(Peer::is_within) {
                within.push(at);
                continue;
            }
            let has = arrived[at]
                || bytes[at]
                    && match (&waiting[n], reader(&waiting[n])) {
                        (Waiting::Signal(Some(signal)), _) => signal.try_receive().is_some(),
                        (_, None) => true,
                        // What has come may be a part of a value, or the answer to a call that has given up.
                        (_, Some(peer)) => ready(peer, host, true)?,
                    };
            if has {
                host.turn = at + 1;
                if let Some(long) = in_turn(&within, host.reading) {
                    host.reading = long + 1;
                    read_on(&waiting[sources[long].0], host)?;
                }
                return Ok(n);
            }
        }
        if let Some(long) = in_turn(&within, host.reading) {
            host.reading = long + 1;
            let n = sources[long].0;
            if read_on(&waiting[n], host)? {
                host.turn = long + 1;
                return Ok(n);
            }
        }
        if let Some((n, end)) = timer
            && end <= Instant::now()
        {
            return Ok(n);
        }
    }
}

/// The first of these places at or behind the one whose turn it is.
fn in_turn(places: &[usize], turn: usize) -> Option<usize> {
    places.iter().copied().filter(|at| *at >= turn).min().or(places.iter().copied().min())
}

/// Reads once of a source in the middle of a value: is that whole then?
fn read_on(waiting: &Waiting, host: &Host) -> Result<bool, Halt> {
    reader(waiting).map_or(Ok(false), |peer| ready(peer, host, true))
}

/// The edge that a clause waits on.
fn edge(waiting: &Waiting) -> Option<&Edge> {
    match waiting {
        Waiting::Exit(peer) => Some(&peer.edge),
        other => reader(other).map(|peer| &*peer.edge),
    }
}

/// The peer whose values a clause waits for.
fn reader(waiting: &Waiting) -> Option<&Peer> {
    match waiting {
        Waiting::Peer(peer) => Some(peer),
        Waiting::Receiver(end) => match &**end {
            ReceiverEnd::Peer(peer) => Some(peer),
            ReceiverEnd::Channel(_) | ReceiverEnd::Lines(_) => None,
        },
        _ => None,
    }
}

fn ready(peer: &Peer, host: &Host, source_ready: bool) -> Result<bool, Halt> {
    match peer.is_ready(&host.waiter, source_ready) {
        Ok(ready) => Ok(ready),
        Err(Trouble::Killed) => Err(Halt::Killed),
        // The receive that follows says why.
        Err(Trouble::Crash(_)) => Ok(true),
    }
}
