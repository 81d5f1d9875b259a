//! Threads of which confined children are born. Each has given up, once, what its children may not have, so that they
//! inherit it and none of them pays for it: installing a filter costs a child more than all else that it does before
//! its first instruction.
//!
//! Not here: what is given up (`boot/confine.rs`), nor the clone (`sys/clone.rs`).

use crate::authority::Authority;
use crate::boot::{Confines, settle};
use crate::mutation::{self, removed};
use crate::shared::{Shared, lock};
use crate::spawn::Job;
use std::os::fd::AsFd;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

/// Authorities with a thread of their own. A thread can never end, for its children would end with it, so they are few;
/// the children of further authorities confine themselves.
const MOST: usize = 8;
const STACK: usize = 64 * 1024;

/// The nurseries of this process.
#[derive(Default)]
pub(crate) struct Nurseries(Mutex<Vec<Nursery>>);

struct Nursery {
    authority: Authority,
    /// `None` where a step has failed: a child of this authority takes the steps itself, and says which one fails.
    work: Option<Sender<Arc<Job>>>,
}

impl Nurseries {
    /// The nursery for children with this authority; made when first asked for. `None` where the child confines itself.
    pub(crate) fn ask(
        &self,
        shared: &Arc<Shared>,
        authority: &Authority,
        confines: Confines,
    ) -> Option<Sender<Arc<Job>>> {
        // A filter that lets nobody start processes would hold the nursery to that. A stranger in the place of a child
        // is to do what it likes.
        let fit = confines.narrows() && authority.may_spawn() && mutation::stand_in().is_none();
        if !fit || removed("nursery") {
            return None;
        }
        let mut nurseries = lock(&self.0);
        if let Some(nursery) = nurseries.iter().find(|nursery| nursery.authority == *authority) {
            return nursery.work.clone();
        }
        if nurseries.len() == MOST {
            return None;
        }
        let work = open(shared, authority, confines);
        nurseries.push(Nursery { authority: authority.clone(), work: work.clone() });
        work
    }
}

fn open(shared: &Arc<Shared>, authority: &Authority, confines: Confines) -> Option<Sender<Arc<Job>>> {
    let (work, jobs) = channel();
    let (tell, told) = channel();
    let (shared, authority) = (shared.clone(), authority.clone());
    let tend = move || {
        let binary = shared.binary().map(AsFd::as_fd);
        let settled = settle(shared.boot(), &authority, confines, binary).is_ok();
        // Whoever asked waits.
        let _ = tell.send(settled);
        if settled {
            serve(&jobs);
        }
    };
    std::thread::Builder::new().stack_size(STACK).spawn(tend).ok()?;
    told.recv().is_ok_and(|settled| settled).then_some(work)
}

/// Until this process ends, which holds the other end.
fn serve(jobs: &Receiver<Arc<Job>>) {
    for job in jobs {
        job.run();
    }
}
