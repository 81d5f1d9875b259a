//! Threads of which confined children are born. Each has given up, once, what its children may not have, so that they
//! inherit it and none of them pays for it: installing a filter costs a child more than all else that it does before
//! its first instruction.
//!
//! Not here: what is given up (`boot/confine.rs`), nor the clone (`sys/clone.rs`).

use crate::authority::Authority;
use crate::boot::{Confines, settle};
use crate::keeper::Keeper;
use crate::mutation::{self, removed};
use crate::shared::{Shared, lock};
use crate::spawn::Job;
use std::io;
use std::os::fd::AsFd;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, Weak};

/// Authorities with a thread of their own. A thread can never end, for its children would end with it, so they are few;
/// the children of further authorities confine themselves.
const MOST: usize = 8;
const STACK: usize = 64 * 1024;

/// The nurseries of this process.
#[derive(Default)]
pub(crate) struct Nurseries(Mutex<Vec<Entry>>);

struct Entry {
    authority: Authority,
    /// `None` where a step has failed: a child of this authority takes the steps itself, and says which one fails.
    nursery: Option<Nursery>,
}

/// A thread that makes children.
#[derive(Clone)]
pub(crate) struct Nursery {
    pub(crate) work: Sender<Arc<Job>>,
    /// In whose namespace its children are born, where this process has one.
    pub(crate) keeper: Option<Weak<Keeper>>,
}

impl Nurseries {
    /// The nursery for children with this authority; made when first asked for. `None` where the child confines itself.
    pub(crate) fn ask(
        &self,
        shared: &Arc<Shared>,
        authority: &Authority,
        confines: Confines,
    ) -> Option<Nursery> {
        // A filter that lets nobody start processes would hold the nursery to that. A stranger in the place of a child
        // is to do what it likes.
        let fit = confines.narrows() && authority.may_spawn() && mutation::stand_in().is_none();
        if !fit || removed("nursery") {
            return None;
        }
        let mut entries = lock(&self.0);
        // With a keeper that somebody has ended all children of its nurseries have ended too.
        entries.retain(|entry| !entry.nursery.as_ref().is_some_and(|nursery| nursery.is_lost(shared)));
        if let Some(entry) = entries.iter().find(|entry| entry.authority == *authority) {
            return entry.nursery.clone();
        }
        if entries.len() == MOST {
            return None;
        }
        let nursery = open(shared, authority, confines);
        entries.push(Entry { authority: authority.clone(), nursery: nursery.clone() });
        nursery
    }
}

impl Nursery {
    fn is_lost(&self, shared: &Shared) -> bool {
        self.keeper.as_ref().is_some_and(|keeper| !shared.keeping.has(keeper))
    }
}

fn open(shared: &Arc<Shared>, authority: &Authority, confines: Confines) -> Option<Nursery> {
    let (work, jobs) = channel();
    let (tell, told) = channel();
    let (shared, authority) = (shared.clone(), authority.clone());
    let tend = move || {
        let settled = settle_in(&shared, &authority, confines);
        // Whoever asked waits.
        let _ = tell.send(settled.ok());
        serve(&jobs, &shared);
    };
    std::thread::Builder::new().stack_size(STACK).spawn(tend).ok()?;
    match told.recv() {
        Ok(Some(keeper)) => Some(Nursery { work, keeper: keeper.as_ref().map(Arc::downgrade) }),
        _ => {
            // It may have made the keeper, which would end with it.
            std::mem::forget(work);
            None
        }
    }
}

/// On the nursery: from here on its children are born in the keeper's namespace, and confined. Where there is no keeper
/// to be had, this process takes what they leave behind.
fn settle_in(shared: &Shared, authority: &Authority, confines: Confines) -> io::Result<Option<Arc<Keeper>>> {
    let mut keeper = None;
    if shared.boot().authority.is_whole() {
        keeper = shared.keeping.ask(shared).map_err(|(_, error)| error)?;
        match &keeper {
            Some(keeper) => keeper.enter()?,
            None => shared.strays.prepare(shared)?,
        }
    }
    settle(shared.boot(), authority, confines, shared.binary().map(AsFd::as_fd))?;
    Ok(keeper)
}

/// Until this process ends, or the keeper's end makes the nursery useless.
fn serve(jobs: &Receiver<Arc<Job>>, shared: &Shared) {
    for job in jobs {
        job.run(shared);
    }
}
