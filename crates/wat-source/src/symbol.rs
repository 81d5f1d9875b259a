//! Interned names. A [`Symbol`] is four bytes, compared by number and ordered by its text.
//!
//! The table is global and never shrinks: it is for the names of a program being compiled, not for
//! data that a running program reads.

use std::cmp::Ordering;
use std::fmt;
use std::sync::{Mutex, OnceLock};

use rustc_hash::FxHashMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An interned string.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Symbol(u32);

/// Texts by number, in chunks that double: a chunk never moves, so reading takes no lock.
static CHUNKS: [OnceLock<Box<[OnceLock<&'static str>]>>; 32] = [const { OnceLock::new() }; 32];
static NUMBERS: Mutex<Option<FxHashMap<&'static str, u32>>> = Mutex::new(None);

/// Chunk `c` holds the numbers from `64 * (2^c - 1)`, and `64 * 2^c` of them.
fn slot(number: u32) -> (usize, usize) {
    let n = u64::from(number) + 64;
    let chunk = 63 - n.leading_zeros() - 6;
    (chunk as usize, (n - (64u64 << chunk)) as usize)
}

impl Symbol {
    pub fn new(text: &str) -> Symbol {
        let mut guard = NUMBERS.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let numbers = guard.get_or_insert_default();
        if let Some(&number) = numbers.get(text) {
            return Symbol(number);
        }
        let number = u32::try_from(numbers.len()).expect("fewer than 2^32 names fit in memory");
        let text: &'static str = Box::leak(text.into());
        let (chunk, index) = slot(number);
        let chunk = CHUNKS[chunk].get_or_init(|| (0..64usize << chunk).map(|_| OnceLock::new()).collect());
        chunk[index].set(text).expect("numbers are given out once, under the lock");
        numbers.insert(text, number);
        Symbol(number)
    }

    pub fn as_str(self) -> &'static str {
        let (chunk, index) = slot(self.0);
        CHUNKS[chunk]
            .get()
            .and_then(|chunk| chunk[index].get())
            .expect("a symbol is made after its text is stored")
    }

    /// The part before the last `/` of a qualified name: `a.b` of `a.b/c`.
    pub fn namespace(self) -> Option<&'static str> {
        self.split().0
    }

    /// The part after the namespace: `c` of `a.b/c`, the whole of an unqualified name.
    pub fn name(self) -> &'static str {
        self.split().1
    }

    /// `a.b/c` as `(Some("a.b"), "c")`; `/` and `a.b//` are names too.
    pub fn split(self) -> (Option<&'static str>, &'static str) {
        let text = self.as_str();
        match text.find('/') {
            Some(at) if at > 0 && at + 1 < text.len() => (Some(&text[..at]), &text[at + 1..]),
            _ => (None, text),
        }
    }
}

impl fmt::Display for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl PartialOrd for Symbol {
    fn partial_cmp(&self, other: &Symbol) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Symbol {
    fn cmp(&self, other: &Symbol) -> Ordering {
        if self == other { Ordering::Equal } else { self.as_str().cmp(other.as_str()) }
    }
}

impl From<&str> for Symbol {
    fn from(text: &str) -> Symbol {
        Symbol::new(text)
    }
}

impl PartialEq<str> for Symbol {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Symbol {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl Serialize for Symbol {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Symbol {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Symbol, D::Error> {
        struct Text;
        impl serde::de::Visitor<'_> for Text {
            type Value = Symbol;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Symbol, E> {
                Ok(Symbol::new(text))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_are_one_symbol() {
        assert_eq!(Symbol::new("a/b"), Symbol::new("a/b"));
        assert_ne!(Symbol::new("a"), Symbol::new("b"));
        assert!(Symbol::new("zz-first-made") > Symbol::new("aa-made-later"));
    }

    #[test]
    fn texts_stay_readable_while_others_intern() {
        let threads: Vec<_> = (0..4)
            .map(|t| {
                std::thread::spawn(move || {
                    for n in 0..5_000 {
                        let text = format!("sym-{}-{n}", t % 2);
                        assert_eq!(Symbol::new(&text).as_str(), text);
                    }
                })
            })
            .collect();
        for thread in threads {
            thread.join().expect("no thread fails");
        }
    }

    #[test]
    fn qualified_names_split_at_the_slash() {
        let split = |text| Symbol::new(text).split();
        assert_eq!(split("a.b/c"), (Some("a.b"), "c"));
        assert_eq!(split("c"), (None, "c"));
        assert_eq!(split("/"), (None, "/"));
        assert_eq!(split("wat.core//"), (Some("wat.core"), "/"));
    }
}
