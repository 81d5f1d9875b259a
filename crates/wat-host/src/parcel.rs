//! A value on its way between threads, with its size: a copy of the value, counted as the EDN it would be on a pipe,
//! so that the same bounds hold in every tier.

use crate::output;
use wat_runtime::desc::DescRef;
use wat_runtime::fail::Fail;
use wat_runtime::heap::Mem;
use wat_runtime::heap::message::Message;

pub struct Parcel {
    message: Message,
    /// Its size as EDN.
    pub bytes: usize,
}

impl Parcel {
    /// A copy of a value of type `desc`; what no edge may carry is refused.
    pub fn of(slot: u64, desc: DescRef, value_limit: usize) -> Result<Parcel, Fail> {
        let mut line = Vec::new();
        output::line(&mut line, slot, desc, value_limit)?;
        Ok(Parcel { message: Message::copy(slot, desc)?, bytes: line.len() })
    }

    /// Moves the value into the heap of `mem`.
    pub fn open(self, mem: Mem) -> Result<u64, Fail> {
        self.message.adopt(mem)
    }
}
