//! The total order of values of one type: what `compare` and `sort` use, and what makes keys the same (the order's
//! equality). NaN stands last and equals itself; 0.0 equals -0.0; Decimals compare as numbers. Sequences, structs
//! and tuples compare part by part, then by length; enums by variant, then part by part.
//!
//! Values of dynamic type compare by kind first, in the order of [`Kind`].

use super::cursor::Cursor;
use super::{is_sum, resolve, tag_of};
use crate::desc::DescRef;
use crate::number;
use crate::object::Obj;
use crate::text;
use std::cmp::Ordering;
use wat_abi::desc::Kind;
use wat_abi::layout::Repr;

/// Compares two values of one type; the caller keeps both.
#[inline]
pub fn compare(a: u64, b: u64, desc: DescRef) -> Ordering {
    match head(a, b, desc) {
        Head::Order(order) => order,
        Head::Parts(a, b, desc) => deep(a, b, desc),
    }
}

/// Floats, as bits, in their total order.
pub fn compare_f64(a: u64, b: u64) -> Ordering {
    let (a, b) = (f64::from_bits(a), f64::from_bits(b));
    a.partial_cmp(&b).unwrap_or_else(|| a.is_nan().cmp(&b.is_nan()))
}

enum Head {
    Order(Ordering),
    /// So far equal: the parts decide.
    Parts(u64, u64, DescRef),
}

#[inline]
fn head(a: u64, b: u64, desc: DescRef) -> Head {
    match desc.repr() {
        Repr::I => return Head::Order((a as i64).cmp(&(b as i64))),
        Repr::F => return Head::Order(compare_f64(a, b)),
        Repr::P => {}
    }
    let kind = desc.kind();
    match kind {
        Kind::Keyword | Kind::Symbol | Kind::Str | Kind::Bytes => {
            Head::Order(if a == b { Ordering::Equal } else { text::bytes(a).cmp(text::bytes(b)) })
        }
        Kind::BigInt => Head::Order(number::compare_bigint(Obj::of(a), Obj::of(b))),
        Kind::Decimal => Head::Order(number::compare_decimal(Obj::of(a), Obj::of(b))),
        Kind::Uuid => Head::Order(number::uuid(Obj::of(a)).cmp(&number::uuid(Obj::of(b)))),
        Kind::Edn => {
            let ((a, kind_a), (b, kind_b)) = (resolve(a, desc), resolve(b, desc));
            match (kind_a.kind() as u8).cmp(&(kind_b.kind() as u8)) {
                Ordering::Equal => head(a, b, kind_a),
                order => Head::Order(order),
            }
        }
        Kind::Peer | Kind::Sender | Kind::Receiver | Kind::Resource => {
            Head::Order(crate::handles::number(a).cmp(&crate::handles::number(b)))
        }
        Kind::Closure | Kind::Program | Kind::Seq => Head::Order(a.cmp(&b)),
        _ if is_sum(kind) => match tag_of(a, desc).cmp(&tag_of(b, desc)) {
            Ordering::Equal => Head::Parts(a, b, desc),
            order => Head::Order(order),
        },
        _ => Head::Parts(a, b, desc),
    }
}

fn deep(a: u64, b: u64, desc: DescRef) -> Ordering {
    let mut trail = Vec::new();
    let mut at = (Cursor::of(a, desc), Cursor::of(b, desc));
    loop {
        let ((a, desc), (b, _)) = match (at.0.next(), at.1.next()) {
            (Some(a), Some(b)) => (a, b),
            (Some(_), None) => return Ordering::Greater,
            (None, Some(_)) => return Ordering::Less,
            (None, None) => match trail.pop() {
                Some(outer) => {
                    at = outer;
                    continue;
                }
                None => return Ordering::Equal,
            },
        };
        match head(a, b, desc) {
            Head::Order(Ordering::Equal) => {}
            Head::Order(order) => return order,
            Head::Parts(a, b, desc) => {
                let inner = (Cursor::of(a, desc), Cursor::of(b, desc));
                let outer = std::mem::replace(&mut at, inner);
                if !(outer.0.is_spent() && outer.1.is_spent()) {
                    trail.push(outer);
                }
            }
        }
    }
}
