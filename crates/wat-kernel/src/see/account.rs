//! What a program keeps of itself while nobody looks: what it waits for and since when, and how many values have
//! passed. Plain stores by its own thread; whoever looks reads them from another.
//!
//! The clock is read only when a wait really blocks, and then the coarse one, which costs no more than a load.

use super::sight::Queued;
use super::tap::Tap;
use crate::mutation::removed;
use crate::sys::process;
use std::sync::atomic::{AtomicU8, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Instant;

/// What a program waits in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[repr(u8)]
pub enum Wait {
    /// The next value of its stdin.
    Stdin = 1,
    /// Room in its stdout.
    Stdout,
    /// Room in its stderr.
    Stderr,
    /// The next value of a peer.
    Recv,
    /// Room for a request to a peer.
    Send,
    /// The reply to a request.
    Call,
    /// The first of several things.
    Select,
    Sleep,
    /// The end of a peer.
    End,
    /// The end of everything it has started: its program is over.
    Children,
    /// The next value of a channel.
    Channel,
    /// Room in a channel.
    ChannelSend,
    Accept,
    Connect,
    /// Bytes of a socket or a file.
    Read,
    /// Room in a socket.
    Write,
}

impl Wait {
    const ALL: [Wait; 16] = [
        Wait::Stdin,
        Wait::Stdout,
        Wait::Stderr,
        Wait::Recv,
        Wait::Send,
        Wait::Call,
        Wait::Select,
        Wait::Sleep,
        Wait::End,
        Wait::Children,
        Wait::Channel,
        Wait::ChannelSend,
        Wait::Accept,
        Wait::Connect,
        Wait::Read,
        Wait::Write,
    ];

    fn from_number(number: u8) -> Option<Wait> {
        Wait::ALL.get(usize::from(number).checked_sub(1)?).copied()
    }

    /// The word for it in the language, or the nearest.
    pub fn name(self) -> &'static str {
        match self {
            Wait::Stdin => "stdin",
            Wait::Stdout => "stdout",
            Wait::Stderr => "stderr",
            Wait::Recv => "recv",
            Wait::Send => "send",
            Wait::Call => "call",
            Wait::Select => "select",
            Wait::Sleep => "sleep",
            Wait::End => "wait",
            Wait::Children => "end of its children",
            Wait::Channel => "channel",
            Wait::ChannelSend => "full channel",
            Wait::Accept => "accept",
            Wait::Connect => "connect",
            Wait::Read => "read",
            Wait::Write => "write",
        }
    }
}

/// One edge of the tree as the parent's side counts it.
#[derive(Debug)]
pub struct Edge {
    /// Names it within this process.
    id: u32,
    path: String,
    sent: AtomicU64,
    arrived: AtomicU64,
    restarts: AtomicU32,
    tap: Tap,
}

impl Edge {
    /// The edge to the peer of that path.
    pub fn new(path: &str) -> Arc<Edge> {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        Arc::new(Edge {
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            path: path.to_string(),
            sent: AtomicU64::new(0),
            arrived: AtomicU64::new(0),
            restarts: AtomicU32::new(0),
            tap: Tap::default(),
        })
    }

    pub fn path(&self) -> &str {
        &self.path
    }

    /// A value has gone to the peer.
    pub fn count_sent(&self) {
        self.sent.fetch_add(1, Ordering::Relaxed);
    }

    /// A value of the peer has arrived.
    pub fn count_arrived(&self) {
        self.arrived.fetch_add(1, Ordering::Relaxed);
    }

    /// How often its supervisor has started it again.
    pub fn set_restarts(&self, count: u32) {
        self.restarts.store(count, Ordering::Relaxed);
    }

    /// Is somebody watching what passes?
    pub fn is_tapped(&self) -> bool {
        self.tap.is_open()
    }

    /// The text of the request with the number and what goes with it, or without that of what answers it, for who is
    /// watching.
    pub fn note(&self, number: u64, text: &[u8], about: Option<crate::see::Told>) {
        self.tap.note(number, text, about);
    }

    pub(crate) fn tap(&self) -> &Tap {
        &self.tap
    }

    pub(crate) fn id(&self) -> u32 {
        self.id
    }

    pub(crate) fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    pub(crate) fn arrived(&self) -> u64 {
        self.arrived.load(Ordering::Relaxed)
    }

    pub(crate) fn restarts(&self) -> u32 {
        self.restarts.load(Ordering::Relaxed)
    }
}

/// Who a registered thread is in the tree.
pub(crate) struct Who {
    pub(crate) path: String,
    pub(crate) program: String,
    /// The edge to its parent, where it is a spawned thread.
    pub(crate) edge: Option<Arc<Edge>>,
}

/// Requests that wait at a node for whoever answers them.
pub trait Queue: Send + Sync {
    fn seen(&self) -> Queued;
}

/// What one program keeps of itself.
pub(crate) struct Account {
    /// `None` for a helper thread that is no node.
    pub(crate) who: Option<Who>,
    pub(crate) started: Instant,
    /// The kind of the wait in the low byte, above it the edge's id; 0 outside of waits.
    what: AtomicU64,
    /// When the wait began to block, in milliseconds of the coarse clock and never 0; 0 while it has not.
    since: AtomicU64,
    /// The edges of a wait for several.
    several: Mutex<Vec<u32>>,
    read: AtomicU64,
    written: AtomicU64,
    queues: Mutex<Vec<Weak<dyn Queue>>>,
    /// The least level of events that it logs; 0 where its setting decides.
    log_level: AtomicU8,
}

/// A wait as the account has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Blocked {
    pub(crate) what: Wait,
    /// Ids of the edges it waits on.
    pub(crate) on: Vec<u32>,
    pub(crate) ms: u64,
}

impl Account {
    pub(crate) fn new(who: Option<Who>, log_level: u8) -> Account {
        Account {
            who,
            started: Instant::now(),
            what: AtomicU64::new(0),
            since: AtomicU64::new(0),
            several: Mutex::default(),
            read: AtomicU64::new(0),
            written: AtomicU64::new(0),
            queues: Mutex::default(),
            log_level: AtomicU8::new(log_level),
        }
    }

    pub(crate) fn show(&self, queue: Weak<dyn Queue>) {
        let mut queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        queues.retain(|known| known.strong_count() > 0 && !known.ptr_eq(&queue));
        queues.push(queue);
    }

    pub(crate) fn queues(&self) -> Vec<Queued> {
        let queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        queues.iter().filter_map(|queue| Some(queue.upgrade()?.seen())).collect()
    }

    /// A value of stdin has been taken. By the thread itself alone, so no locked instruction is needed.
    pub(crate) fn count_read(&self) {
        self.read.store(self.read.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
    }

    pub(crate) fn count_written(&self) {
        self.written.store(self.written.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
    }

    pub(crate) fn log_level(&self) -> u8 {
        self.log_level.load(Ordering::Relaxed)
    }

    pub(crate) fn set_log_level(&self, level: u8) {
        self.log_level.store(level, Ordering::Relaxed);
    }

    pub(crate) fn read(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    pub(crate) fn written(&self) -> u64 {
        self.written.load(Ordering::Relaxed)
    }

    /// A wait begins unless one is under way: the outermost says best what for.
    pub(crate) fn about(&self, what: Wait, edge: u32) -> About<'_> {
        if self.what.load(Ordering::Relaxed) != 0 {
            return About { account: self, outer: None };
        }
        self.instead(what, edge)
    }

    /// A wait begins, whatever was under way.
    pub(crate) fn instead(&self, what: Wait, edge: u32) -> About<'_> {
        let outer = self.what.load(Ordering::Relaxed);
        self.since.store(0, Ordering::Relaxed);
        self.what.store(u64::from(edge) << 8 | what as u64, Ordering::Release);
        About { account: self, outer: Some(outer) }
    }

    /// A wait for several begins.
    pub(crate) fn about_several(&self, what: Wait, edges: impl Iterator<Item = u32>) -> About<'_> {
        let mut several = self.several();
        several.clear();
        several.extend(edges);
        drop(several);
        self.about(what, 0)
    }

    /// The thread is about to block. Called before every blocking system call.
    pub(crate) fn blocks(&self) {
        if self.what.load(Ordering::Relaxed) != 0 && self.since.load(Ordering::Relaxed) == 0 {
            self.since.store(process::coarse_ms(), Ordering::Relaxed);
        }
    }

    /// The wait under way, as another thread sees it.
    pub(crate) fn blocked(&self) -> Option<Blocked> {
        let what = self.what.load(Ordering::Acquire);
        let since = self.since.load(Ordering::Relaxed);
        if since == 0 || removed("wait-notes") {
            return None;
        }
        let kind = Wait::from_number(what as u8)?;
        let on = match (what >> 8) as u32 {
            0 if kind == Wait::Select => self.several().clone(),
            0 => Vec::new(),
            edge => vec![edge],
        };
        Some(Blocked { what: kind, on, ms: process::coarse_ms().saturating_sub(since) })
    }

    fn several(&self) -> std::sync::MutexGuard<'_, Vec<u32>> {
        self.several.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A wait under way; it ends with the value.
#[must_use = "the wait ends with the value"]
pub struct About<'a> {
    account: &'a Account,
    /// What was under way around it; `None` where this one does not count.
    outer: Option<u64>,
}

impl Drop for About<'_> {
    fn drop(&mut self) {
        if let Some(outer) = self.outer {
            self.account.since.store(0, Ordering::Relaxed);
            self.account.what.store(outer, Ordering::Release);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_seen_once_it_blocks_and_not_after() {
        let account = Account::new(None, 0);
        let about = account.about(Wait::Recv, 7);
        assert_eq!(account.blocked(), None);
        account.blocks();
        let seen = account.blocked().expect("it blocks");
        assert_eq!((seen.what, seen.on), (Wait::Recv, vec![7]));
        drop(about);
        assert_eq!(account.blocked(), None);
        account.blocks();
        assert_eq!(account.blocked(), None);
    }

    #[test]
    fn the_outermost_wait_counts_unless_another_is_put_in_its_place() {
        let account = Account::new(None, 0);
        let _call = account.about(Wait::Call, 3);
        drop(account.about(Wait::Recv, 4));
        account.blocks();
        assert_eq!(account.blocked().map(|b| b.what), Some(Wait::Call));
        let stdout = account.instead(Wait::Stdout, 0);
        account.blocks();
        assert_eq!(account.blocked().map(|b| b.what), Some(Wait::Stdout));
        drop(stdout);
        account.blocks();
        assert_eq!(account.blocked().map(|b| b.what), Some(Wait::Call));
    }

    #[test]
    fn a_select_names_all_its_edges() {
        let account = Account::new(None, 0);
        let _select = account.about_several(Wait::Select, [1, 5].into_iter());
        account.blocks();
        assert_eq!(account.blocked().map(|b| b.on), Some(vec![1, 5]));
    }

    #[test]
    fn every_wait_has_its_number() {
        for wait in Wait::ALL {
            assert_eq!(Wait::from_number(wait as u8), Some(wait));
        }
        assert_eq!((Wait::from_number(0), Wait::from_number(17)), (None, None));
    }
}
