//! `select` and `select-any`: waiting for the first of several peers, channels, exits, timers and a stop.

use crate::host::{Halt, Host, host};
use crate::peer::{Peer, Trouble};
use crate::traffic::{ReceiverEnd, behind};
use std::sync::Arc;
use std::time::{Duration, Instant};
use wat_abi::context::Ctx;
use wat_kernel::{Interrupt, Source};

/// A clause's source.
pub enum Waiting {
    Peer(Arc<Peer>),
    Receiver(Arc<ReceiverEnd>),
    Exit(Arc<Peer>),
    After(Option<Instant>),
    Stopped,
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

/// The number of the clause whose source has something to give.
pub fn wait(ctx: *mut Ctx) -> Result<u64, Halt> {
    let host = host(ctx);
    let waiting = std::mem::take(&mut host.waiting);
    first(host, &waiting).map(|n| n as u64)
}

/// The index of a peer whose receive would answer now.
pub fn any(ctx: *mut Ctx, cells: &[u64]) -> Result<u64, Halt> {
    let waiting: Vec<Waiting> = cells.iter().map(|cell| Waiting::Peer(behind(*cell))).collect();
    if waiting.is_empty() {
        return Err(wat_runtime::fail::Fail::new("index", "select-any of no peers").into());
    }
    first(host(ctx), &waiting).map(|n| n as u64)
}

fn first(host: &mut Host, waiting: &[Waiting]) -> Result<usize, Halt> {
    let stopped = waiting.iter().position(|w| matches!(w, Waiting::Stopped));
    let timers = waiting.iter().enumerate().filter_map(|(n, w)| match w {
        Waiting::After(end) => Some((n, (*end)?)),
        _ => None,
    });
    let timer = timers.min_by_key(|(_, end)| *end);
    let mut sources: Vec<(usize, Source)> = Vec::with_capacity(waiting.len());
    for (n, w) in waiting.iter().enumerate() {
        match w {
            Waiting::Peer(peer) => sources.push((n, peer.source())),
            Waiting::Exit(peer) => sources.push((n, peer.exit_source())),
            Waiting::Receiver(end) => match &**end {
                ReceiverEnd::Channel(receiver) => sources.push((n, Source::Channel(receiver))),
                ReceiverEnd::Peer(peer) => sources.push((n, peer.source())),
            },
            Waiting::After(_) | Waiting::Stopped => {}
        }
    }
    let polled: Vec<Source> = sources.iter().map(|(_, source)| *source).collect();
    // What has arrived before needs no wait, and takes its turn with the rest.
    let count = sources.len();
    for step in 0..count {
        let at = (host.turn + step) % count;
        let n = sources[at].0;
        if let Some(peer) = reader(&waiting[n])
            && ready(peer, host, false)?
        {
            host.turn = at + 1;
            return Ok(n);
        }
    }
    loop {
        let end = timer.map(|(_, end)| end);
        match wat_kernel::select(&host.waiter, &polled, end, &mut host.turn) {
            Ok(Some(at)) => {
                let n = sources[at].0;
                match reader(&waiting[n]) {
                    None => return Ok(n),
                    Some(peer) if ready(peer, host, true)? => return Ok(n),
                    // Part of a value, or the answer to a call that has given up.
                    Some(_) => {}
                }
            }
            Ok(None) => {
                if let Some((n, _)) = timer {
                    return Ok(n);
                }
            }
            Err(Interrupt::Killed) => return Err(Halt::Killed),
            Err(Interrupt::Stopped) => return stopped.ok_or(Halt::Quiet),
        }
    }
}

/// The peer whose values a clause waits for.
fn reader(waiting: &Waiting) -> Option<&Peer> {
    match waiting {
        Waiting::Peer(peer) => Some(peer),
        Waiting::Receiver(end) => match &**end {
            ReceiverEnd::Peer(peer) => Some(peer),
            ReceiverEnd::Channel(_) => None,
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
