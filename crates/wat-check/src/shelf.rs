//! A table by full name whose entries travel as bytes and are decoded one by one, when first asked for: a program uses
//! a small part of the library, and every start would pay for all of it.

use rustc_hash::FxHashMap;
use serde::de::{DeserializeOwned, Error as _};
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_bytes::ByteBuf;
use std::ops::Range;
use std::sync::OnceLock;
use wat_source::Symbol;

#[derive(Clone, Debug)]
pub struct Shelf<T> {
    entries: FxHashMap<Symbol, Entry<T>>,
    bytes: Vec<u8>,
}

#[derive(Clone, Debug)]
struct Entry<T> {
    value: OnceLock<T>,
    /// Where its encoding stands in `bytes`; unused once the value is there.
    at: Range<usize>,
}

impl<T> Default for Shelf<T> {
    fn default() -> Shelf<T> {
        Shelf { entries: FxHashMap::default(), bytes: Vec::new() }
    }
}

impl<T: DeserializeOwned> Shelf<T> {
    pub fn get(&self, name: &Symbol) -> Option<&T> {
        self.entries.get(name).map(|entry| entry.value.get_or_init(|| self.decode(&entry.at)))
    }

    pub fn get_mut(&mut self, name: &Symbol) -> Option<&mut T> {
        self.get(name)?;
        self.entries.get_mut(name)?.value.get_mut()
    }

    /// All values, in no order.
    pub fn values(&self) -> impl Iterator<Item = &T> {
        self.entries.values().map(|entry| entry.value.get_or_init(|| self.decode(&entry.at)))
    }

    fn decode(&self, at: &Range<usize>) -> T {
        postcard::from_bytes(&self.bytes[at.clone()]).expect("the shelf was written with this very type")
    }
}

impl<T> Shelf<T> {
    /// The value that stood there before, if it has been decoded.
    pub fn insert(&mut self, name: Symbol, value: T) -> Option<T> {
        let entry = Entry { value: OnceLock::from(value), at: 0..0 };
        self.entries.insert(name, entry).and_then(|old| old.value.into_inner())
    }

    pub fn contains_key(&self, name: &Symbol) -> bool {
        self.entries.contains_key(name)
    }
}

impl<T> FromIterator<(Symbol, T)> for Shelf<T> {
    fn from_iter<I: IntoIterator<Item = (Symbol, T)>>(pairs: I) -> Shelf<T> {
        let mut shelf = Shelf::default();
        for (name, value) in pairs {
            shelf.insert(name, value);
        }
        shelf
    }
}

/// Names with the lengths of their encodings, in the order of names, then all encodings.
type Stored = (Vec<(Symbol, usize)>, ByteBuf);

impl<T: Serialize + DeserializeOwned> Serialize for Shelf<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut names: Vec<Symbol> = self.entries.keys().copied().collect();
        names.sort();
        let mut stored: Stored = Default::default();
        for name in names {
            let value = self.get(&name).expect("the name is one of the shelf's");
            let encoded = postcard::to_stdvec(value).map_err(S::Error::custom)?;
            stored.0.push((name, encoded.len()));
            stored.1.extend(encoded);
        }
        stored.serialize(serializer)
    }
}

impl<'de, T> Deserialize<'de> for Shelf<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Shelf<T>, D::Error> {
        let (names, bytes): Stored = Deserialize::deserialize(deserializer)?;
        let mut from = 0;
        let entries = names.into_iter().map(|(name, length)| {
            let at = from..from + length;
            from = at.end;
            (name, Entry { value: OnceLock::new(), at })
        });
        let entries: FxHashMap<_, _> = entries.collect();
        if from != bytes.len() {
            return Err(D::Error::custom("the lengths of a shelf do not add up"));
        }
        Ok(Shelf { entries, bytes: bytes.into_vec() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stored_is_found() {
        let shelf: Shelf<String> =
            ["a/b", "a/c"].map(|n| (Symbol::new(n), n.to_uppercase())).into_iter().collect();
        let bytes = postcard::to_stdvec(&shelf).expect("it can be written");
        let mut read: Shelf<String> = postcard::from_bytes(&bytes).expect("it can be read");
        assert_eq!(read.get(&Symbol::new("a/c")).map(String::as_str), Some("A/C"));
        assert_eq!(read.get(&Symbol::new("a/d")), None);
        read.get_mut(&Symbol::new("a/b")).expect("it is there").push('!');
        let mut all: Vec<&String> = read.values().collect();
        all.sort();
        assert_eq!(all, ["A/B!", "A/C"]);
    }
}
