//! The read-only part of the segment below the code while it grows: bytes by region offset, names once each.

use rustc_hash::FxHashMap;
use wat_abi::builtin::builtin_bytes;
use wat_abi::desc::BUILTIN_BASE;
use wat_abi::image::{Record, Table};

pub struct Data {
    /// Everything from region offset 0: the header page is left zero until the end.
    bytes: Vec<u8>,
    names: FxHashMap<String, u32>,
}

impl Data {
    /// Ends at `PROGRAM_BASE`, with the builtin descriptors in place.
    pub fn new() -> Data {
        let mut bytes = vec![0; BUILTIN_BASE as usize];
        bytes.extend(builtin_bytes());
        Data { bytes, names: FxHashMap::default() }
    }

    pub fn align(&mut self, to: usize) {
        self.bytes.resize(self.bytes.len().next_multiple_of(to), 0);
    }

    pub fn offset(&self) -> u32 {
        u32::try_from(self.bytes.len()).unwrap_or(u32::MAX)
    }

    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    pub fn reserve(&mut self, len: usize) -> u32 {
        let at = self.offset();
        self.bytes.resize(self.bytes.len() + len, 0);
        at
    }

    pub fn write(&mut self, at: u32, bytes: &[u8]) {
        self.bytes[at as usize..at as usize + bytes.len()].copy_from_slice(bytes);
    }

    /// The offset of a length-prefixed name.
    pub fn name(&mut self, text: &str) -> u32 {
        if let Some(&at) = self.names.get(text) {
            return at;
        }
        self.align(4);
        let at = self.offset();
        self.push(&(text.len() as u32).to_le_bytes());
        self.push(text.as_bytes());
        self.names.insert(text.to_owned(), at);
        at
    }

    pub fn table<T: Record>(&mut self, records: &[T]) -> Table {
        self.align(8);
        let table = Table { offset: self.offset(), count: records.len() as u32 };
        for record in records {
            self.push(record.as_bytes());
        }
        table
    }

    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}
