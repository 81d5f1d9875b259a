//! `wat.json`: JSON text to values of a type and back.
//!
//! A struct is an object of its fields, a variant without fields its name, one with fields an object of its name and its
//! fields, as in `{"Add": {"n": 5}}`; `Ok` and `Err` alike. A map whose keys a text spells is an object, another an array
//! of pairs. Texts, instants, durations, uuids, bytes, keywords and chars are strings (`scalar.rs`); so are the three
//! f64 that JSON has no number for. `None` is null or, in an object, nothing.

mod print;
mod read;

use crate::result;
use wat_runtime::codec::{self, ReadFault};
use wat_runtime::desc::DescRef;
use wat_runtime::fail::Fail;
use wat_runtime::heap::Mem;
use wat_runtime::{sum, text, value_rows};

value_rows! {
    json_read(mem, text, skip, depth, bytes, result) => {
        let limits = read::Limits { skip_unknown: skip != 0, depth: depth as i64, bytes: bytes as i64 };
        read(mem, text, limits, DescRef(result as u32))
    };
    json_text(mem, value, pretty, ty) => {
        let out = print::text(value, DescRef(ty as u32), pretty != 0, mem.room().bytes)?;
        text::make_string(mem, &out)
    };
}

/// The value of type `desc` that the text holds, for whoever reads JSON off a stream; unknown keys are an error.
pub fn decode(mem: Mem, desc: DescRef, text: &[u8]) -> Result<Result<u64, ReadFault>, Fail> {
    let limits = read::Limits { skip_unknown: false, depth: 128, bytes: i64::MAX };
    let (edn, places) = match read::edn(text, desc, limits) {
        Ok(read) => read,
        Err(fault) => return Ok(Err(fault)),
    };
    Ok(codec::decode(mem, desc, &edn)?.map_err(|fault| places.of(text, fault)))
}

/// Appends a value's text on one line, of so many bytes at most.
pub fn encode(out: &mut Vec<u8>, value: u64, desc: DescRef, limit: usize) -> Result<(), Fail> {
    out.extend_from_slice(print::text(value, desc, false, limit)?.as_bytes());
    Ok(())
}

fn read(mem: Mem, string: u64, limits: read::Limits, desc: DescRef) -> Result<u64, Fail> {
    let (edn, places) = match read::edn(text::bytes(string), sum::payload(desc), limits) {
        Ok(read) => read,
        Err(fault) => return result::refused(mem, desc, &fault),
    };
    match codec::decode(mem, sum::payload(desc), &edn)? {
        Ok(value) => sum::ok(mem, desc, value),
        // What only the finished collections show: equal keys and elements.
        Err(fault) => result::refused(mem, desc, &places.of(text::bytes(string), fault)),
    }
}
