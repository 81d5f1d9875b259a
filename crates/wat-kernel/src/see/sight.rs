//! A sight: one node of the tree as it is seen at one moment. Data and its bytes; not here: where the figures come
//! from, nor how they are drawn.
//!
//! What a child says of itself and of those below it is believed within its own part of the tree and within bounds.

use super::account::Wait;
use crate::life::State;
use serde::{Deserialize, Serialize};

/// The most bytes of one answer. What does not fit is left out and counted.
pub(crate) const MAX_ANSWER: usize = 4 * 1024 * 1024;
/// Bytes of an answer per packet.
pub(crate) const PIECE: usize = 32 * 1024;
/// Longest path or program name that is passed on.
const MAX_NAME: usize = 4096;

/// What a node runs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Tier {
    Process,
    Thread,
    /// A command from outside wat, which cannot be asked.
    Command,
}

/// One node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sight {
    pub path: String,
    pub program: String,
    pub tier: Tier,
    /// Of its process.
    pub pid: i32,
    pub state: State,
    /// Suspended by a signal, as its parent sees it.
    pub suspended: bool,
    /// False where it did not answer in time: all that follows, and all that is below it, is then unknown, but for what
    /// its parent counts.
    pub answers: bool,
    pub age_ms: u64,
    /// Bytes of memory in use; unknown for a thread, which shares its process's.
    pub memory: Option<u64>,
    /// Processor time in microseconds: of a process all of its threads'.
    pub cpu_us: Option<u64>,
    /// How often its supervisor has started it again.
    pub restarts: u32,
    /// Values its parent has sent to it, and has had from it.
    pub sent: u64,
    pub arrived: u64,
    /// Values it has read from its stdin, and written to its stdout.
    pub read: u64,
    pub written: u64,
    /// What it is blocked in; `None` while it runs.
    pub wait: Option<Waiting>,
    /// Where it is a supervisor: the requests that wait for its children.
    pub queues: Vec<Queued>,
    /// Nodes below it that did not fit in the answer.
    pub left_out: u32,
}

/// A service's queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queued {
    pub name: String,
    /// Requests that nobody has begun.
    pub waiting: u64,
    /// How many may wait.
    pub room: u64,
    /// How many stand behind it at the moment.
    pub up: u64,
}

/// A wait under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    pub what: Wait,
    /// The paths of those it waits for.
    pub on: Vec<String>,
    pub ms: u64,
}

impl Sight {
    /// Requests sent to it that it has not read yet, and those that wait for its children; `None` where it does not
    /// answer, and at the root, which nobody here sends anything.
    pub fn queued(&self) -> Option<u64> {
        let waiting = self.queues.iter().map(|queue| queue.waiting).fold(0, u64::saturating_add);
        let unread = self.sent.saturating_sub(self.read);
        (self.answers && self.path != "/").then(|| unread.saturating_add(waiting))
    }

    /// The path of its parent, but for the root.
    pub fn parent(&self) -> Option<&str> {
        match self.path.rfind('/')? {
            0 if self.path.len() > 1 => Some("/"),
            0 => None,
            at => Some(&self.path[..at]),
        }
    }
}

/// The bytes of an answer: those that fit, the others counted at the first.
pub(crate) fn encode(sights: &mut [Sight]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut left_out = 0u32;
    let (first, rest) = match sights.split_first_mut() {
        Some(parts) => parts,
        None => return bytes,
    };
    for sight in rest {
        let more = one(sight);
        if bytes.len() + more.len() > MAX_ANSWER - 2 * MAX_NAME - 1024 {
            left_out = left_out.saturating_add(1).saturating_add(sight.left_out);
        } else {
            bytes.extend_from_slice(&more);
        }
    }
    first.left_out = first.left_out.saturating_add(left_out);
    let mut all = one(first);
    all.extend_from_slice(&bytes);
    all
}

fn one(sight: &Sight) -> Vec<u8> {
    postcard::to_stdvec(sight).expect("a vector grows to hold any row")
}

/// An answer that is none.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

/// The sights of an answer that may speak of `top` and of what is below it.
pub(crate) fn decode(mut bytes: &[u8], top: &str) -> Result<Vec<Sight>, Malformed> {
    let mut sights = Vec::new();
    while !bytes.is_empty() {
        let (sight, rest) = postcard::take_from_bytes::<Sight>(bytes).map_err(|_| Malformed)?;
        let on = sight.wait.iter().flat_map(|wait| &wait.on);
        let queues = sight.queues.iter().map(|queue| &queue.name);
        let named = [&sight.path, &sight.program].into_iter().chain(on).chain(queues);
        if !is_within(&sight.path, top) || named.into_iter().any(|name| name.len() > MAX_NAME) {
            return Err(Malformed);
        }
        sights.push(sight);
        bytes = rest;
    }
    if sights.first().is_some_and(|first| first.path == top) { Ok(sights) } else { Err(Malformed) }
}

/// Is the path that of `top`, or of something below it?
pub(crate) fn is_within(path: &str, top: &str) -> bool {
    match path.strip_prefix(top) {
        Some(rest) => rest.is_empty() || top == "/" || rest.starts_with('/'),
        None => false,
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn sight(path: &str) -> Sight {
        Sight {
            path: path.to_string(),
            program: "p/main".to_string(),
            tier: Tier::Process,
            pid: 7,
            state: State::Running,
            suspended: false,
            answers: true,
            age_ms: 1,
            memory: Some(4096),
            cpu_us: Some(5),
            restarts: 0,
            sent: 3,
            arrived: 1,
            read: 2,
            written: 1,
            wait: Some(Waiting { what: Wait::Call, on: vec!["/0".to_string()], ms: 1500 }),
            queues: vec![Queued { name: "a".to_string(), waiting: 3, room: 64, up: 2 }],
            left_out: 0,
        }
    }

    #[test]
    fn what_is_answered_is_heard() {
        let mut sights = [sight("/2"), sight("/2/0"), sight("/2/0/1")];
        assert_eq!(decode(&encode(&mut sights), "/2"), Ok(sights.to_vec()));
    }

    #[test]
    fn nobody_speaks_for_others() {
        for other in ["/1", "/20", "/", "2", ""] {
            assert_eq!(decode(&encode(&mut [sight("/2"), sight(other)]), "/2"), Err(Malformed), "{other}");
        }
        assert_eq!(decode(&encode(&mut [sight("/2/0")]), "/2"), Err(Malformed));
        assert_eq!(decode(b"", "/2"), Err(Malformed));
    }

    #[test]
    fn damaged_answers_are_malformed_and_never_worse() {
        let whole = encode(&mut [sight("/2"), sight("/2/0")]);
        for at in 0..whole.len() {
            let _ = decode(&whole[..at], "/2");
            for flip in [1u8, 0x80, 0xff] {
                let mut bytes = whole.clone();
                bytes[at] ^= flip;
                let _ = decode(&bytes, "/2");
            }
        }
        // A length that promises what is not there takes no memory.
        assert_eq!(decode(&[0xff; 64], "/2"), Err(Malformed));
    }

    #[test]
    fn an_answer_is_bounded_and_counts_what_it_leaves_out() {
        let mut sights: Vec<Sight> = (0..120_000).map(|i| sight(&format!("/2/{i}"))).collect();
        sights[0] = sight("/2");
        let bytes = encode(&mut sights);
        assert!(bytes.len() <= MAX_ANSWER);
        let heard = decode(&bytes, "/2").expect("an answer");
        assert!(heard[0].left_out > 0);
        assert_eq!(heard.len() + heard[0].left_out as usize, 120_000);
    }

    #[test]
    fn parents_are_read_off_the_path() {
        let of = |path: &str| sight(path).parent().map(str::to_string);
        assert_eq!(of("/"), None);
        assert_eq!(of("/3"), Some("/".to_string()));
        assert_eq!(of("/3/1"), Some("/3".to_string()));
    }
}
