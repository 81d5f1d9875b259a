//! The hash of values, unseeded: the order of map entries depends on it, so its rules bind. They rest on
//! [`wat_abi::hash`].
//!
//! - `nil`, bool, i64, char, Instant, Duration, an enum without fields: `word` of the number in the slot.
//! - f64: `word` of its bits; of `0x7ff8000000000000` for every NaN, of 0 for -0.0.
//! - String, Bytes: `bytes`. Keyword, symbol: `keyword`, `symbol`.
//! - BigInt: `bytes` of its two's complement, little-endian, as short as it can be. Decimal: `combine` of its scale
//!   and that hash of its digits, trailing zeros removed, then `word`; zero has scale 0. Uuid: `combine` of its high
//!   and low half, then `word`.
//! - A compound value is a sequence of numbers, folded with `combine` from 0 and finished with `word`: a compound
//!   opens with its *mark* and its count of parts (an enum, Option or Result: the variant's number in place of the
//!   mark's companion), then come its parts in order: a scalar as its hash, a compound as its own sequence in place.
//!   The parts of a map or set are its entries in their order, each key as its hash. Marks: vector and tuple 1, list 2,
//!   map 3, set 4, struct 5, enum, Option and Result 6, tagged value 7. A map's and set's count is of entries.
//! - A value of dynamic type hashes as what it holds.
//!
//! Values with the same place in the total order have the same hash.

use super::cursor::Cursor;
use super::{is_sum, resolve, tag_of};
use crate::desc::DescRef;
use crate::map;
use crate::number;
use crate::object::Obj;
use crate::text;
use crate::vector;
use wat_abi::desc::Kind;
use wat_abi::hash::{combine, word};
use wat_abi::layout::Repr;

/// The hash of a value; the caller keeps it.
#[inline]
pub fn hash(slot: u64, desc: DescRef) -> u64 {
    match head(slot, desc) {
        Head::Known(hash) => hash,
        Head::Parts(slot, desc) => deep(slot, desc),
    }
}

enum Head {
    Known(u64),
    Parts(u64, DescRef),
}

#[inline]
fn head(slot: u64, desc: DescRef) -> Head {
    Head::Known(match desc.repr() {
        Repr::I => word(slot),
        Repr::F => hash_f64(f64::from_bits(slot)),
        Repr::P => match desc.kind() {
            Kind::Keyword | Kind::Symbol => text::stored_hash(slot),
            Kind::Str => text::string_hash(slot),
            Kind::Bytes => wat_abi::hash::bytes(text::bytes(slot)),
            Kind::BigInt => number::hash_bigint(Obj::of(slot)),
            Kind::Decimal => number::hash_decimal(Obj::of(slot)),
            Kind::Uuid => {
                let uuid = Obj::of(slot);
                word(combine(uuid.get(0), uuid.get(1)))
            }
            Kind::Peer | Kind::Sender | Kind::Receiver | Kind::Resource => word(crate::handles::number(slot)),
            Kind::Closure | Kind::Program | Kind::Seq => word(slot),
            Kind::Edn => {
                let (slot, desc) = resolve(slot, desc);
                return head(slot, desc);
            }
            _ => return Head::Parts(slot, desc),
        },
    })
}

fn hash_f64(value: f64) -> u64 {
    word(if value.is_nan() {
        0x7ff8_0000_0000_0000
    } else if value == 0.0 {
        0
    } else {
        value.to_bits()
    })
}

/// What a compound opens with.
fn open(hash: u64, slot: u64, desc: DescRef) -> u64 {
    let kind = desc.kind();
    let (mark, companion) = match kind {
        Kind::Vector => (1, vector::count(Obj::of(slot))),
        Kind::Tuple => (1, desc.variant(0).len()),
        Kind::List => (2, vector::count(Obj::of(slot))),
        Kind::Map => (3, map::count(Obj::of(slot))),
        Kind::Set => (4, map::count(Obj::of(slot))),
        Kind::Struct => (5, desc.variant(0).len()),
        _ if is_sum(kind) => (6, tag_of(slot, desc)),
        _ => (7, 2),
    };
    combine(combine(hash, mark), companion as u64)
}

fn deep(slot: u64, desc: DescRef) -> u64 {
    let mut state = open(0, slot, desc);
    let mut trail = Vec::new();
    let mut at = Cursor::of(slot, desc);
    loop {
        let Some((slot, desc)) = at.next() else {
            match trail.pop() {
                Some(outer) => at = outer,
                None => return word(state),
            }
            continue;
        };
        if let Some(hash) = at.key_hash() {
            state = combine(state, hash);
            continue;
        }
        match head(slot, desc) {
            Head::Known(hash) => state = combine(state, hash),
            Head::Parts(slot, desc) => {
                state = open(state, slot, desc);
                let outer = std::mem::replace(&mut at, Cursor::of(slot, desc));
                if !outer.is_spent() {
                    trail.push(outer);
                }
            }
        }
    }
}
