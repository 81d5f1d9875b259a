//! The thread that does what a child has asked for. It ends early when nobody waits any more.

use super::{Answer, Reply, Request};
use crate::child::core::ChildCore;
use crate::errand;
use crate::process::Process;
use crate::shared::Shared;
use crate::waiter::Waiter;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::AtomicU32;

/// Its stack: a look-up of a name and a connection are not deep.
const STACK: usize = 256 * 1024;

/// On the warden.
pub(super) fn start(shared: &Arc<Shared>, core: &Arc<ChildCore>, request: Request) -> io::Result<()> {
    let (shared, core) = (shared.clone(), core.clone());
    std::thread::Builder::new().stack_size(STACK).spawn(move || {
        let token = request.token;
        let reply = work(&shared, &core, request);
        shared.asks.worked(&shared, &core, token, reply);
    })?;
    Ok(())
}

fn work(shared: &Arc<Shared>, core: &Arc<ChildCore>, mut request: Request) -> Reply {
    let word = AtomicU32::new(0);
    // SAFETY: the word outlives the registration, which is dropped first.
    let waiter = unsafe { Waiter::register(shared, &raw const word, None, 0) };
    shared.asks.working(core.number, request.token, waiter.kicker());
    let carried = std::mem::take(&mut request.carried);
    let asked = request.asked(core, shared.boot());
    let process = Process::new(shared.clone());
    let opener = shared.asks.opener();
    // The panic hook has said what happened.
    let answer = catch_unwind(AssertUnwindSafe(|| match opener {
        _ if asked.kind == errand::KIND => errand::open(shared, &waiter, core.number, asked.bytes, carried),
        Some(opener) => opener.open(&asked, carried, &process, &waiter),
        None => Answer::default(),
    }));
    drop(waiter);
    answer.map_or_else(|_| Reply::refusal(libc::EIO), Reply::of)
}
