//! Connections of a client between two requests. Each thread has its own, which end with it: bounded in number and in time,
//! and looked at before they serve again.

use super::target::Target;
use crate::net::stream::Stream;
use std::cell::RefCell;
use std::time::{Duration, Instant};

const MOST: usize = 8;
/// Less than servers are wont to wait.
const IDLE: Duration = Duration::from_secs(10);

/// For whom a connection was made; on another it must not be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    secure: bool,
    address: String,
    /// The file of those who are trusted.
    roots: String,
}

impl Key {
    pub fn of(target: &Target, roots: &str) -> Key {
        let roots = if target.secure { roots } else { "" };
        Key { secure: target.secure, address: target.address.clone(), roots: roots.to_string() }
    }

    pub fn address(&self) -> &str {
        &self.address
    }
}

struct Idle {
    key: Key,
    stream: Stream,
    since: Instant,
}

thread_local! {
    static POOL: RefCell<Vec<Idle>> = const { RefCell::new(Vec::new()) };
}

/// The connection for this key that was used last, if the server has left it open.
pub fn take(key: &Key) -> Option<Stream> {
    POOL.with_borrow_mut(|pool| {
        pool.retain(|idle| idle.since.elapsed() < IDLE);
        while let Some(at) = pool.iter().rposition(|idle| idle.key == *key) {
            let stream = pool.remove(at).stream;
            if stream.is_quiet() {
                return Some(stream);
            }
        }
        None
    })
}

/// Keeps a connection; the oldest makes room.
pub fn put(key: Key, stream: Stream) {
    POOL.with_borrow_mut(|pool| {
        if pool.len() == MOST {
            pool.remove(0);
        }
        pool.push(Idle { key, stream, since: Instant::now() });
    });
}
