//! A value on its way between threads, with its size: a copy of the value, counted as the EDN it would be on a pipe,
//! so that the same bounds hold in every tier.

use crate::context::{Context, LATE_LINE};
use crate::output;
use wat_runtime::codec::{self, ReadFault};
use wat_runtime::desc::DescRef;
use wat_runtime::fail::Fail;
use wat_runtime::heap::Mem;
use wat_runtime::heap::message::Message;

pub struct Parcel {
    /// Nothing where the answer is that the request came too late.
    message: Option<Message>,
    /// What goes with a request.
    pub context: Context,
    /// Its size as EDN.
    pub bytes: usize,
}

impl Parcel {
    /// A copy of a value of type `desc`; what no edge may carry is refused.
    pub fn of(slot: u64, desc: DescRef, value_limit: usize) -> Result<Parcel, Fail> {
        let mut line = Vec::new();
        output::line(&mut line, slot, desc, value_limit)?;
        Ok(Parcel {
            message: Some(Message::copy(slot, desc)?),
            context: Context::default(),
            bytes: line.len(),
        })
    }

    /// In the place of an answer: the request came too late.
    pub fn late() -> Parcel {
        Parcel { message: None, context: Context::default(), bytes: LATE_LINE.len() }
    }

    pub fn is_late(&self) -> bool {
        self.message.is_none()
    }

    /// Its text as EDN, as it would be on a pipe.
    pub fn text(&self) -> Vec<u8> {
        let Some(message) = &self.message else { return LATE_LINE.trim_ascii_end().to_vec() };
        let mut text = Vec::with_capacity(self.bytes);
        // It was encoded once to be counted, so it can be.
        let _ = codec::encode(message.peek(), message.desc(), &mut text);
        text
    }

    /// Moves the value into the heap of `mem`, as a value of type `want`. Where the sides of an edge name other types,
    /// one of them being `Edn`, it goes through its text, as on a pipe.
    pub fn open(self, mem: Mem, want: DescRef) -> Result<Result<u64, ReadFault>, Fail> {
        let Some(message) = self.message else {
            return Err(Fail::new("defect", "what came too late has no value"));
        };
        if message.desc() == want {
            return Ok(Ok(message.adopt(mem)?));
        }
        let mut text = Vec::with_capacity(self.bytes);
        codec::encode(message.peek(), message.desc(), &mut text)?;
        codec::decode(mem, want, &text)
    }
}
