//! A tap on one edge: copies of the values that pass, for somebody outside. Bounded everywhere: what there is no room for
//! is dropped and counted, so that an edge never waits for whoever watches it.

use crate::mutation::removed;
use crate::warden::summons::Summons;
use std::collections::{BTreeSet, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Bytes of values that wait on an edge, or in a socket's queue.
pub(crate) const ROOM: usize = 256 * 1024;
/// The most of one value that is shown.
pub(crate) const MAX_SHOWN: usize = 16 * 1024;
/// Longest filter.
pub(crate) const MAX_FILTER: usize = 1024;
/// Longest trace.
pub(crate) const MAX_TRACE: usize = 64;
/// Requests of the trace that is wanted, whose answers are then wanted.
const MOST_AWAITED: usize = 1024;
/// Taps on one edge at once.
const MOST: usize = 4;

/// What passed, or why nothing does any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tapped {
    /// A value on its way to the node, as its text; `length` is that of the whole where it was cut.
    Request { text: Vec<u8>, length: u64, about: Told },
    /// A value of the node on its way to its parent.
    Reply { text: Vec<u8>, length: u64 },
    /// So many values that there was no room for.
    Dropped(u64),
    /// The last one: why the tap has ended.
    Ended(String),
}

/// What goes with a request: the time it has left, and its trace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    pub left: Option<Duration>,
    pub trace: Option<String>,
}

impl Told {
    fn encode(&self) -> Vec<u8> {
        let left = self.left.map_or(u64::MAX, |left| u64::try_from(left.as_nanos()).unwrap_or(u64::MAX - 1));
        let trace = self.trace.as_deref().unwrap_or_default().as_bytes();
        let trace = &trace[..trace.len().min(MAX_TRACE)];
        [&left.to_le_bytes()[..], &[trace.len() as u8], trace].concat()
    }

    /// What is told, and the text behind it.
    fn decode(bytes: &[u8]) -> Option<(Told, &[u8])> {
        let (left, rest) = bytes.split_first_chunk::<8>()?;
        let (&length, rest) = rest.split_first()?;
        if usize::from(length) > MAX_TRACE {
            return None;
        }
        let (trace, text) = rest.split_at_checked(usize::from(length))?;
        let left = Some(u64::from_le_bytes(*left)).filter(|left| *left != u64::MAX);
        let trace = if trace.is_empty() { None } else { Some(std::str::from_utf8(trace).ok()?.to_string()) };
        Some((Told { left: left.map(Duration::from_nanos), trace }, text))
    }
}

impl Tapped {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let (kind, number, text): (u8, u64, &[u8]) = match self {
            Tapped::Request { text, length, .. } => (0, *length, text),
            Tapped::Reply { text, length } => (1, *length, text),
            Tapped::Dropped(count) => (2, *count, &[]),
            Tapped::Ended(why) => (3, 0, why.as_bytes()),
        };
        let told = match self {
            Tapped::Request { about, .. } => about.encode(),
            _ => Vec::new(),
        };
        [&[kind][..], &number.to_le_bytes(), &told, text].concat()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Option<Tapped> {
        let (&kind, rest) = bytes.split_first()?;
        let (number, text) = rest.split_first_chunk::<8>()?;
        let length = u64::from_le_bytes(*number);
        let (about, text) = if kind == 0 { Told::decode(text)? } else { (Told::default(), text) };
        if text.len() > MAX_SHOWN {
            return None;
        }
        let text = text.to_vec();
        match kind {
            0 => Some(Tapped::Request { text, length, about }),
            1 => Some(Tapped::Reply { text, length }),
            2 if text.is_empty() => Some(Tapped::Dropped(length)),
            3 => Some(Tapped::Ended(String::from_utf8_lossy(&text).into_owned())),
            _ => None,
        }
    }

    /// How many values it stands for, if it is dropped.
    pub(crate) fn count(&self) -> u64 {
        match self {
            Tapped::Request { .. } | Tapped::Reply { .. } => 1,
            Tapped::Dropped(count) => *count,
            Tapped::Ended(_) => 0,
        }
    }
}

/// Which values are wanted.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Wanted {
    pub requests: bool,
    pub replies: bool,
    /// Only those with this in their text; empty for all.
    pub filter: String,
    /// Only requests of this trace, and what answers them; empty for all.
    pub trace: String,
}

impl Wanted {
    fn takes(&self, request: bool, text: &[u8]) -> bool {
        let filter = self.filter.as_bytes();
        (if request { self.requests } else { self.replies })
            && (filter.is_empty() || text.windows(filter.len()).any(|window| window == filter))
    }
}

/// The taps of one edge. Nobody watching, it is one flag that a look at costs a load.
#[derive(Debug, Default)]
pub(crate) struct Tap {
    open: AtomicBool,
    rings: Mutex<Vec<Ring>>,
}

#[derive(Debug)]
struct Ring {
    token: u32,
    wanted: Wanted,
    queue: VecDeque<Tapped>,
    bytes: usize,
    dropped: u64,
    /// Numbers of requests of the trace that is wanted, which have no answer yet.
    awaited: BTreeSet<u64>,
    /// Raised when there is something to take.
    summons: Arc<Summons>,
}

impl Tap {
    pub(crate) fn is_open(&self) -> bool {
        self.open.load(Ordering::Relaxed)
    }

    /// A value passes: the request with the number, what goes with it, or without that the answer to it.
    pub(crate) fn note(&self, number: u64, text: &[u8], about: Option<Told>) {
        if removed("tap-copies") {
            return;
        }
        for ring in self.rings().iter_mut() {
            if ring.is_of_trace(number, about.as_ref()) && ring.wanted.takes(about.is_some(), text) {
                ring.push(text, about.clone());
            }
        }
    }

    /// False when too many are watching.
    pub(crate) fn open(&self, token: u32, wanted: Wanted, summons: Arc<Summons>) -> bool {
        let mut rings = self.rings();
        if rings.len() >= MOST {
            return false;
        }
        rings.push(Ring {
            token,
            wanted,
            queue: VecDeque::new(),
            bytes: 0,
            dropped: 0,
            awaited: BTreeSet::new(),
            summons,
        });
        self.open.store(true, Ordering::Relaxed);
        true
    }

    pub(crate) fn close(&self, token: u32) {
        let mut rings = self.rings();
        rings.retain(|ring| ring.token != token);
        self.open.store(!rings.is_empty(), Ordering::Relaxed);
    }

    /// The next that waits for this tap.
    pub(crate) fn take(&self, token: u32) -> Option<Tapped> {
        let mut rings = self.rings();
        let ring = rings.iter_mut().find(|ring| ring.token == token)?;
        if ring.dropped > 0 {
            return Some(Tapped::Dropped(std::mem::take(&mut ring.dropped)));
        }
        let next = ring.queue.pop_front()?;
        ring.bytes -= size(&next);
        Some(next)
    }

    fn rings(&self) -> MutexGuard<'_, Vec<Ring>> {
        self.rings.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ring {
    /// Whether the request, or without `about` the answer to it, belongs to the trace that is wanted.
    fn is_of_trace(&mut self, number: u64, about: Option<&Told>) -> bool {
        if self.wanted.trace.is_empty() {
            return true;
        }
        let Some(about) = about else { return self.awaited.remove(&number) };
        let belongs = about.trace.as_deref() == Some(&self.wanted.trace);
        if belongs {
            self.awaited.insert(number);
            if self.awaited.len() > MOST_AWAITED {
                self.awaited.pop_first();
            }
        }
        belongs
    }

    fn push(&mut self, text: &[u8], about: Option<Told>) {
        let was_empty = self.queue.is_empty() && self.dropped == 0;
        let (shown, length) = (text[..text.len().min(MAX_SHOWN)].to_vec(), text.len() as u64);
        let value = match about {
            Some(about) => Tapped::Request { text: shown, length, about },
            None => Tapped::Reply { text: shown, length },
        };
        self.bytes += size(&value);
        self.queue.push_back(value);
        // The oldest go first: whoever watches wants to see what happens now.
        while self.bytes > ROOM && !removed("tap-bound") {
            let Some(oldest) = self.queue.pop_front() else { break };
            self.bytes -= size(&oldest);
            self.dropped += 1;
        }
        if was_empty {
            self.summons.raise();
        }
    }
}

/// What a value takes of a bound: its text, and something for keeping it.
pub(crate) fn size(value: &Tapped) -> usize {
    match value {
        Tapped::Request { text, .. } | Tapped::Reply { text, .. } => text.len() + 192,
        Tapped::Dropped(_) | Tapped::Ended(_) => 64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::fd;
    use std::sync::Weak;

    fn wanted(requests: bool, replies: bool, filter: &str) -> Wanted {
        Wanted { requests, replies, filter: filter.to_string(), trace: String::new() }
    }

    fn request(text: &[u8], about: Told) -> Tapped {
        Tapped::Request { text: text.to_vec(), length: text.len() as u64, about }
    }

    fn summons() -> Arc<Summons> {
        Arc::new(Summons::new(fd::event().expect("an event"), Weak::new()))
    }

    #[test]
    fn what_passed_survives_the_journey() {
        for tapped in [
            request(b"{:n 1}", Told::default()),
            request(b"2", Told { left: Some(Duration::from_millis(7)), trace: Some("4bf9".to_string()) }),
            Tapped::Reply { text: b"[1".to_vec(), length: 99_999 },
            Tapped::Dropped(12),
            Tapped::Ended("it has ended".to_string()),
        ] {
            assert_eq!(Tapped::decode(&tapped.encode()), Some(tapped));
        }
        for bytes in [&b""[..], b"\x00", b"\x02\0\0\0\0\0\0\0\0x", b"\x09\0\0\0\0\0\0\0\0"] {
            assert_eq!(Tapped::decode(bytes), None);
        }
        let long = [&[1, 0, 0, 0, 0, 0, 0, 0, 0][..], &vec![b'x'; MAX_SHOWN + 1]].concat();
        assert_eq!(Tapped::decode(&long), None);
    }

    #[test]
    fn only_what_is_wanted_is_copied() {
        let tap = Tap::default();
        assert!(!tap.is_open());
        assert!(tap.open(1, wanted(true, false, ":cart"), summons()));
        assert!(tap.is_open());
        let asked = Some(Told::default());
        for (about, text) in [(&asked, &b"{:cart 1}"[..]), (&None, b"{:cart 2}"), (&asked, b"{:till 3}")] {
            tap.note(0, text, about.clone());
        }
        assert_eq!(tap.take(1), Some(request(b"{:cart 1}", Told::default())));
        assert_eq!(tap.take(1), None);
        tap.close(1);
        assert!(!tap.is_open());
    }

    #[test]
    fn a_trace_takes_its_requests_and_what_answers_them() {
        let tap = Tap::default();
        let wanted = Wanted { trace: "a1".to_string(), ..wanted(true, true, "") };
        assert!(tap.open(1, wanted, summons()));
        let of = |trace: Option<&str>| Told { left: None, trace: trace.map(str::to_string) };
        for (number, trace) in [(5, Some("a1")), (6, None), (7, Some("b2")), (8, Some("a1"))] {
            tap.note(number, number.to_string().as_bytes(), Some(of(trace)));
        }
        (4..9).for_each(|number| tap.note(number, format!("{number}!").as_bytes(), None));
        let seen: Vec<Tapped> = std::iter::from_fn(|| tap.take(1)).collect();
        let answer = |text: &[u8]| Tapped::Reply { text: text.to_vec(), length: 2 };
        assert_eq!(
            seen,
            [request(b"5", of(Some("a1"))), request(b"8", of(Some("a1"))), answer(b"5!"), answer(b"8!")]
        );
    }

    #[test]
    fn a_ring_is_bounded_and_counts_what_it_drops() {
        let tap = Tap::default();
        assert!(tap.open(1, wanted(true, true, ""), summons()));
        for i in 0..100_000u32 {
            tap.note(0, i.to_string().as_bytes(), Some(Told::default()));
        }
        let Some(Tapped::Dropped(dropped)) = tap.take(1) else { panic!("something was dropped") };
        let kept: Vec<Tapped> = std::iter::from_fn(|| tap.take(1)).collect();
        assert_eq!(dropped + kept.len() as u64, 100_000);
        assert!(kept.iter().map(size).sum::<usize>() <= ROOM);
        assert_eq!(kept.last(), Some(&request(b"99999", Told::default())));
    }

    #[test]
    fn a_large_value_is_cut_and_its_length_told() {
        let tap = Tap::default();
        assert!(tap.open(1, wanted(true, true, ""), summons()));
        tap.note(0, &vec![b'x'; 1 << 20], None);
        let Some(Tapped::Reply { text, length }) = tap.take(1) else { panic!("a reply") };
        assert_eq!((text.len(), length), (MAX_SHOWN, 1 << 20));
    }

    #[test]
    fn taps_on_one_edge_are_few() {
        let tap = Tap::default();
        let opened = (0..10).filter(|token| tap.open(*token, wanted(true, true, ""), summons())).count();
        assert_eq!(opened, MOST);
    }
}
