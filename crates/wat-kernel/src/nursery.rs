//! Threads of which confined children are born. Each has given up, once, what its children may not have, so that they
//! inherit it and none of them pays for it: installing a filter costs a child more than all else that it does before
//! its first instruction.
//!
//! Not here: what is given up (`boot/confine.rs`), nor the clone (`sys/clone.rs`).

use crate::authority::Authority;
use crate::boot::{Confines, ruleset, settle};
use crate::command;
use crate::keeper::Keeper;
use crate::mutation::{self, removed};
use crate::shared::{Shared, lock};
use crate::spawn::Job;
use std::fs::{self, File};
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::MetadataExt;
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
    places: Vec<Place>,
    nursery: Nursery,
}

/// A file that a grant's path leads to, by device and number; none where nothing is there.
type Place = Option<(u64, u64)>;

/// What the paths of an authority's grants lead to: looked up before anything is locked, for a file system may not answer.
pub(crate) struct Looked {
    places: Vec<Place>,
    /// The files themselves, for a thread that is to be made; held until then, whoever takes their paths.
    held: Option<Arc<Vec<OwnedFd>>>,
}

/// A thread that makes children.
#[derive(Clone)]
pub(crate) struct Nursery {
    pub(crate) work: Sender<Arc<Job>>,
    /// In whose namespace its children are born, where this process has one.
    pub(crate) keeper: Option<Weak<Keeper>>,
}

impl Nurseries {
    /// What [`Nurseries::ask`] has to know; `None` where the child confines itself.
    pub(crate) fn look(&self, shared: &Shared, authority: &Authority, confines: Confines) -> Option<Looked> {
        // A filter that lets nobody start processes would hold the nursery to that. A stranger in the place of a child
        // is to do what it likes.
        let fit = confines.narrows() && authority.may_spawn() && mutation::stand_in().is_none();
        if !fit || removed("nursery") {
            return None;
        }
        let is_known = {
            let mut entries = lock(&self.0);
            entries.retain(|entry| !entry.nursery.is_lost(shared));
            let is_known = entries.iter().any(|entry| entry.authority == *authority);
            if !is_known && entries.len() == MOST {
                return None;
            }
            is_known
        };
        let paths = authority.paths();
        if is_known {
            let places = paths.map(|path| place(command::looked_up(|| fs::metadata(path)))).collect();
            return Some(Looked { places, held: None });
        }
        // What cannot be opened the child names.
        let files = paths.map(|path| command::looked_up(|| ruleset::open(path)).map(File::from));
        let files = files.collect::<io::Result<Vec<File>>>().ok()?;
        let places = files.iter().map(|file| place(file.metadata())).collect();
        Some(Looked { places, held: Some(Arc::new(files.into_iter().map(OwnedFd::from).collect())) })
    }

    /// The nursery for children with this authority; made when first asked for. `None` where the child confines itself.
    pub(crate) fn ask(
        &self,
        shared: &Arc<Shared>,
        authority: &Authority,
        confines: Confines,
        looked: &Looked,
    ) -> Option<Nursery> {
        let mut entries = lock(&self.0);
        // With a keeper that somebody has ended all children of its nurseries have ended too.
        entries.retain(|entry| !entry.nursery.is_lost(shared));
        if let Some(entry) = entries.iter().find(|entry| entry.authority == *authority) {
            // The system holds a thread to files, not to their paths: where another file has taken a path, children
            // look for themselves.
            let as_ever = entry.places == looked.places || removed("nursery-places");
            return as_ever.then(|| entry.nursery.clone());
        }
        if entries.len() == MOST {
            return None;
        }
        // Where a step fails the child takes the steps itself, and says which one it is. Nothing is kept of that: what
        // is lacking may be there the next time.
        let nursery = open(shared, authority, confines, looked.held.clone()?)?;
        let (authority, places) = (authority.clone(), looked.places.clone());
        entries.push(Entry { authority, places, nursery: nursery.clone() });
        Some(nursery)
    }
}

impl Nursery {
    fn is_lost(&self, shared: &Shared) -> bool {
        self.keeper.as_ref().is_some_and(|keeper| !shared.keeping.has(keeper))
    }
}

fn place(file: io::Result<fs::Metadata>) -> Place {
    file.ok().map(|file| (file.dev(), file.ino()))
}

fn open(
    shared: &Arc<Shared>,
    authority: &Authority,
    confines: Confines,
    held: Arc<Vec<OwnedFd>>,
) -> Option<Nursery> {
    let (work, jobs) = channel();
    let (tell, told) = channel();
    let (shared, authority) = (shared.clone(), authority.clone());
    let tend = move || {
        let kept = shared.keeping.is_kept();
        let settled = settle_in(&shared, &authority, confines, &held).ok();
        drop(held);
        let is_settled = settled.is_some();
        // Whoever asked waits.
        let _ = tell.send(settled);
        if is_settled {
            return serve(&jobs, &shared);
        }
        // A keeper that it has made would end with it.
        while !kept && shared.keeping.is_kept() {
            std::thread::park();
        }
    };
    std::thread::Builder::new().stack_size(STACK).spawn(tend).ok()?;
    let keeper = told.recv().ok()??;
    Some(Nursery { work, keeper: keeper.as_ref().map(Arc::downgrade) })
}

/// On the nursery: from here on its children are born in the keeper's namespace, and confined. Where there is no keeper
/// to be had, this process takes what they leave behind.
fn settle_in(
    shared: &Shared,
    authority: &Authority,
    confines: Confines,
    held: &[OwnedFd],
) -> io::Result<Option<Arc<Keeper>>> {
    let mut keeper = None;
    if shared.boot().authority.is_whole() {
        keeper = shared.keeping.ask(shared).map_err(|(_, error)| error)?;
        match &keeper {
            Some(keeper) => keeper.enter()?,
            None => shared.strays.prepare(shared)?,
        }
    }
    settle(shared.boot(), authority, confines, shared.binary().map(AsFd::as_fd), held)?;
    Ok(keeper)
}

/// Until this process ends, or the keeper's end makes the nursery useless.
fn serve(jobs: &Receiver<Arc<Job>>, shared: &Shared) {
    for job in jobs {
        job.run(shared);
    }
}
