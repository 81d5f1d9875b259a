//! The warden's part in taps: finding the edge, copying what passes there to whoever asked, along the control sockets.
//! Nothing waits for room: what finds none is dropped and counted, and the count goes on as soon as there is some.

use super::Warden;
use crate::control::{FromChild, ToChild};
use crate::mutation::removed;
use crate::see::Edge;
use crate::see::round::Asker;
use crate::see::sight::is_within;
use crate::see::tap::{MAX_FILTER, MAX_TRACE, Tapped, Wanted};
use std::sync::Arc;
use std::time::Duration;

/// Taps that pass through one process.
const MOST: usize = 16;
/// How often an open tap is looked at when nothing passes: its node may have ended.
pub(super) const EVERY: Duration = Duration::from_millis(300);

#[derive(Default)]
pub(super) struct Routes {
    open: Vec<Route>,
    count: u32,
}

struct Route {
    token: u32,
    asker: Asker,
    source: Source,
    /// What found no room on the way to the asker.
    dropped: u64,
}

enum Source {
    /// An edge of this process.
    Edge(Arc<Edge>),
    /// The child of that number knows.
    Child(u32),
}

impl Routes {
    pub(super) fn is_empty(&self) -> bool {
        self.open.is_empty()
    }
}

impl Warden {
    /// Somebody wants copies of what passes between the node at that path and its parent.
    pub(super) fn tap(&mut self, asker: Asker, path: &str, wanted: Wanted) {
        let no = |warden: &mut Warden, why: String| warden.pass(asker, &Tapped::Ended(why));
        if self.routes.open.len() >= MOST
            || wanted.filter.len() > MAX_FILTER
            || wanted.trace.len() > MAX_TRACE
        {
            return no(self, "too many taps are open, or the filter is too long".to_string());
        }
        self.routes.count += 1;
        let token = self.routes.count;
        let children = self.shared.own_now();
        let threads = self.shared.waiters.nodes();
        let edges = children.iter().map(|core| &core.edge);
        let of_threads = threads.iter().filter_map(|(_, core)| core.account().who.as_ref()?.edge.as_ref());
        let source = if let Some(edge) = edges.chain(of_threads).find(|edge| edge.path() == path) {
            if !edge.tap().open(token, wanted, self.shared.summons().clone()) {
                return no(self, format!("too many are watching {path}"));
            }
            Source::Edge(edge.clone())
        } else {
            let way = children.iter().find(|core| is_within(path, &core.path));
            let Some(core) = way else { return no(self, format!("there is no node {path}")) };
            let what = postcard::to_stdvec(&(path, wanted)).expect("a vector grows to hold any question");
            core.tell(&ToChild::Tap { token, what: &what });
            Source::Child(core.number)
        };
        self.routes.open.push(Route { token, asker, source, dropped: 0 });
    }

    /// The asker wants no more, or has gone.
    pub(super) fn untap(&mut self, asker: Asker) {
        let (gone, open) = std::mem::take(&mut self.routes.open).into_iter().partition(|r| r.asker == asker);
        self.routes.open = open;
        for route in gone {
            self.shut(&route);
        }
    }

    fn shut(&self, route: &Route) {
        match &route.source {
            Source::Edge(edge) => edge.tap().close(route.token),
            Source::Child(number) => {
                if let Some(core) = self.shared.child(*number) {
                    core.tell(&ToChild::Untap { token: route.token });
                }
            }
        }
    }

    /// Passes on what has come: from the edges of this process, and from its children.
    pub(super) fn pump_taps(&mut self) {
        let come = std::mem::take(&mut *crate::shared::lock(&self.shared.tapped));
        if self.routes.is_empty() {
            return;
        }
        for (child, token, tapped) in come {
            let from = |route: &Route| {
                route.token == token && matches!(route.source, Source::Child(number) if number == child)
            };
            // A tap that has been shut meanwhile.
            let Some(at) = self.routes.open.iter().position(from) else { continue };
            self.forward(at, tapped);
        }
        let mut over: Vec<Asker> = Vec::new();
        for at in 0..self.routes.open.len() {
            let route = &self.routes.open[at];
            let asker = route.asker;
            let gone = match &route.source {
                Source::Child(number) => self.shared.child(*number).is_none(),
                Source::Edge(edge) => {
                    // Whether it has ended is asked before the last of it is taken.
                    let (edge, token) = (edge.clone(), route.token);
                    let gone = !self.lives(&edge);
                    while self.has_room(asker) {
                        let Some(tapped) = edge.tap().take(token) else { break };
                        self.forward(at, tapped);
                    }
                    gone
                }
            };
            if self.routes.open[at].dropped > 0 && self.has_room(asker) {
                let dropped = std::mem::take(&mut self.routes.open[at].dropped);
                self.pass(asker, &Tapped::Dropped(dropped));
            }
            if gone {
                over.push(asker);
            }
        }
        for asker in over {
            self.pass(asker, &Tapped::Ended("the node has ended".to_string()));
            self.untap(asker);
        }
    }

    fn forward(&mut self, at: usize, tapped: Tapped) {
        let asker = self.routes.open[at].asker;
        if let Tapped::Ended(_) = tapped {
            self.pass(asker, &tapped);
        } else if self.has_room(asker) {
            self.pass(asker, &tapped);
        } else {
            self.routes.open[at].dropped += tapped.count();
        }
    }

    /// Is the node at the far end of one of our edges still there?
    fn lives(&self, edge: &Arc<Edge>) -> bool {
        let same = |other: &Arc<Edge>| Arc::ptr_eq(other, edge);
        self.shared.own_now().iter().any(|core| same(&core.edge))
            || self.shared.waiters.nodes().iter().any(|(_, core)| {
                core.account().who.as_ref().and_then(|who| who.edge.as_ref()).is_some_and(same)
            })
    }

    fn has_room(&self, asker: Asker) -> bool {
        if removed("tap-bound") {
            return true;
        }
        match asker {
            Asker::Parent(_) => self.upward.has_room(),
            Asker::Visitor(visitor) => self.door.as_ref().is_some_and(|door| door.has_room(visitor)),
            Asker::Quit => false,
        }
    }

    fn pass(&mut self, asker: Asker, tapped: &Tapped) {
        match asker {
            Asker::Parent(token) => {
                let what = tapped.encode();
                self.upward.say(&FromChild::Tapped { token, what: &what });
                self.upward.push(&self.shared);
            }
            Asker::Visitor(visitor) => {
                let Some(door) = &mut self.door else { return };
                let last = matches!(tapped, Tapped::Ended(_));
                door.stream(visitor, &tapped.encode(), last, std::time::Instant::now());
            }
            Asker::Quit => {}
        }
    }
}
