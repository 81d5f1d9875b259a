//! Values ↔ EDN text, directed by descriptors; `edn` and `from-edn` go through the same text.

pub mod decode;
pub mod encode;
pub mod fault;
mod offence;
mod plan;

use crate::desc::DescRef;
use crate::fail::Fail;
use crate::heap::Mem;
use crate::{sum, text};
pub use decode::{decode, decode_at, decode_prefix};
pub use encode::{Limit, encode, encode_within, exact, show, show_text, text_of};
pub use fault::ReadFault;
pub(crate) use plan::forget as forget_plans;

/// A value as dynamic EDN; the caller keeps the value.
pub fn edn_of(mem: Mem, slot: u64, desc: DescRef) -> Result<u64, Fail> {
    let mut bytes = Vec::new();
    encode_within(slot, desc, &mut bytes, mem.room())?;
    match decode(mem, DescRef::EDN, &bytes)? {
        Ok(value) => Ok(value),
        Err(fault) => Err(Fail::new("limit", format!("this value cannot be read back as EDN: {fault}"))),
    }
}

/// Dynamic EDN as a value of the type in `desc`, a Result whose error is a ReadError; the caller keeps the EDN.
pub fn from_edn(mem: Mem, edn: u64, desc: DescRef) -> Result<u64, Fail> {
    let mut bytes = Vec::new();
    encode_within(edn, DescRef::EDN, &mut bytes, mem.room())?;
    read(mem, &bytes, desc)
}

/// The one value in a String, as a Result of type `desc` whose error is a ReadError; the caller keeps the String.
pub fn read_edn(mem: Mem, string: u64, desc: DescRef) -> Result<u64, Fail> {
    read(mem, text::bytes(string), desc)
}

fn read(mem: Mem, bytes: &[u8], desc: DescRef) -> Result<u64, Fail> {
    match decode(mem, sum::payload(desc), bytes)? {
        Ok(value) => sum::ok(mem, desc, value),
        Err(fault) => {
            let error = fault.to_value(mem, sum::error(desc))?;
            sum::err(mem, desc, error)
        }
    }
}

#[cfg(test)]
mod tests;
