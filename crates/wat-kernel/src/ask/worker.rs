//! The thread that does what a child has asked for, and answers it. It ends early when nobody waits any more.

use super::{Answer, LONGEST_ANSWER, Request};
use crate::child::core::{ChildCore, STALL};
use crate::errand;
use crate::process::Process;
use crate::shared::Shared;
use crate::sys::fd;
use crate::waiter::Waiter;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::time::{Duration, Instant};

/// Its stack: a look-up of a name and a connection are not deep.
const STACK: usize = 256 * 1024;
/// Between two attempts to answer a child that takes nothing.
const AGAIN: Duration = Duration::from_millis(1);

/// On the warden.
pub(super) fn start(shared: &Arc<Shared>, core: &Arc<ChildCore>, request: Request) -> io::Result<()> {
    let (shared, core) = (shared.clone(), core.clone());
    std::thread::Builder::new().stack_size(STACK).spawn(move || {
        let token = request.token;
        let (errno, answer) = work(&shared, &core, request);
        // Before the answer, so that a child which waits for each of its answers is never told of too many.
        shared.asks.worked(core.number, token);
        // A child that reads has room for what it asked; one that does not is not waited for long.
        let until = Instant::now() + STALL;
        while !core.reply(token, errno, &answer) && core.end().is_none() && Instant::now() < until {
            std::thread::sleep(AGAIN);
        }
    })?;
    Ok(())
}

fn work(shared: &Arc<Shared>, core: &Arc<ChildCore>, mut request: Request) -> (u32, Answer) {
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
    match answer {
        Ok(answer) if answer.bytes.len() <= LONGEST_ANSWER && answer.carried.len() <= fd::MOST_CARRIED => {
            (0, answer)
        }
        Ok(_) => (libc::EMSGSIZE as u32, Answer::default()),
        Err(_) => (libc::EIO as u32, Answer::default()),
    }
}
