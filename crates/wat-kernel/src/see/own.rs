//! What a process sees of itself: its program and its threads from their accounts, its children as their parent knows
//! them. Not here: what the children say.

use super::account::{Account, Blocked};
use super::sight::{Sight, Tier, Waiting};
use crate::child::core::ChildCore;
use crate::life::State;
use crate::shared::Shared;
use crate::sys::process;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// The sights of this process and its threads, its own first.
pub(crate) fn sights(shared: &Shared, children: &[Arc<ChildCore>]) -> Vec<Sight> {
    let threads = shared.waiters.nodes();
    // Edges by their ids: accounts know no more of whom they wait for.
    let mut paths: BTreeMap<u32, &str> =
        children.iter().map(|core| (core.edge.id(), core.edge.path())).collect();
    for (_, account) in &threads {
        if let Some(edge) = account.account().who.as_ref().and_then(|who| who.edge.as_ref()) {
            paths.insert(edge.id(), edge.path());
        }
    }
    let named = |blocked: Blocked| Waiting {
        what: blocked.what,
        on: blocked.on.iter().filter_map(|id| paths.get(id)).map(|path| path.to_string()).collect(),
        ms: blocked.ms,
    };
    let boot = shared.boot();
    let mut own = Sight {
        path: boot.path.clone(),
        program: boot.program.clone(),
        tier: Tier::Process,
        pid: process::id(),
        state: shared.state(),
        suspended: false,
        answers: true,
        age_ms: 0,
        memory: Some(process::own_memory()),
        cpu_us: Some(micros(process::own_cpu())),
        restarts: 0,
        sent: 0,
        arrived: 0,
        read: 0,
        written: 0,
        wait: None,
        queues: Vec::new(),
        left_out: 0,
    };
    let mut rest = Vec::new();
    for (thread, core) in &threads {
        let account = core.account();
        let Some(who) = &account.who else { continue };
        match &who.edge {
            // The program itself.
            None => {
                own.age_ms = age(account);
                own.read = account.read();
                own.written = account.written();
                own.wait = account.blocked().map(named);
                own.queues = account.queues();
            }
            Some(edge) => rest.push(Sight {
                path: who.path.clone(),
                program: who.program.clone(),
                tier: Tier::Thread,
                state: if core.is_stopping() { State::Stopping } else { State::Running },
                age_ms: age(account),
                memory: None,
                cpu_us: process::thread_cpu(*thread).map(micros),
                restarts: edge.restarts(),
                sent: edge.sent(),
                arrived: edge.arrived(),
                read: account.read(),
                written: account.written(),
                wait: account.blocked().map(named),
                queues: account.queues(),
                ..own.clone()
            }),
        }
    }
    rest.insert(0, own);
    rest
}

/// What a parent knows of a child without its word.
pub(crate) fn known(core: &ChildCore) -> Sight {
    Sight {
        path: core.path.clone(),
        program: core.program.clone(),
        tier: if core.command { Tier::Command } else { Tier::Process },
        pid: core.pid().unwrap_or(0),
        state: core.state(),
        suspended: core.is_suspended(),
        answers: false,
        age_ms: core.started.elapsed().as_millis() as u64,
        memory: None,
        cpu_us: None,
        restarts: core.edge.restarts(),
        sent: core.edge.sent(),
        arrived: core.edge.arrived(),
        read: 0,
        written: 0,
        wait: None,
        queues: Vec::new(),
        left_out: 0,
    }
}

fn age(account: &Account) -> u64 {
    account.started.elapsed().as_millis() as u64
}

fn micros(time: Duration) -> u64 {
    time.as_micros() as u64
}
