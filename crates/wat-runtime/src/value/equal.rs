//! `=`: deep, between values of one type, IEEE for floats wherever they stand but in keys: those are the same when
//! the total order says so.

use super::compare::compare;
use super::cursor::Cursor;
use super::{is_sum, resolve, tag_of};
use crate::desc::DescRef;
use crate::map;
use crate::object::Obj;
use crate::vector;
use std::cmp::Ordering;
use wat_abi::desc::Kind;
use wat_abi::layout::Repr;

/// Whether two `P` slots of one type, whose objects say which, hold equal values; the caller keeps both.
#[inline]
pub fn equal_objects(a: u64, b: u64) -> bool {
    let (Some(left), Some(right)) = (Obj::maybe(a), Obj::maybe(b)) else { return a == b };
    let (desc, other) = (left.desc(), right.desc());
    match (desc.kind(), other.kind()) {
        (Kind::Box, Kind::Box) => {
            desc.arg0().kind() == other.arg0().kind() && equal(left.get(0), right.get(0), desc.arg0())
        }
        (kind, other) => kind == other && equal(a, b, desc),
    }
}

/// Whether two values of one type are equal; the caller keeps both.
pub fn equal(a: u64, b: u64, desc: DescRef) -> bool {
    match head(a, b, desc) {
        Head::Known(equal) => equal,
        Head::Parts(a, b, desc) => deep(a, b, desc),
    }
}

enum Head {
    Known(bool),
    Parts(u64, u64, DescRef),
}

#[inline]
fn head(a: u64, b: u64, desc: DescRef) -> Head {
    match desc.repr() {
        Repr::I => return Head::Known(a == b),
        Repr::F => return Head::Known(f64::from_bits(a) == f64::from_bits(b)),
        Repr::P => {}
    }
    let kind = desc.kind();
    let same_count = match kind {
        Kind::Edn => {
            let ((a, of_a), (b, of_b)) = (resolve(a, desc), resolve(b, desc));
            return if of_a.kind() == of_b.kind() { head(a, b, of_a) } else { Head::Known(false) };
        }
        Kind::Vector | Kind::List => vector::count(Obj::of(a)) == vector::count(Obj::of(b)),
        Kind::Map | Kind::Set => map::count(Obj::of(a)) == map::count(Obj::of(b)),
        Kind::Struct | Kind::Tuple | Kind::Tagged => true,
        _ if is_sum(kind) => tag_of(a, desc) == tag_of(b, desc),
        _ => return Head::Known(compare(a, b, desc) == Ordering::Equal),
    };
    if same_count { Head::Parts(a, b, desc) } else { Head::Known(false) }
}

fn deep(a: u64, b: u64, desc: DescRef) -> bool {
    let mut trail = Vec::new();
    let mut at = (Cursor::of(a, desc), Cursor::of(b, desc));
    loop {
        let (Some((a, desc)), Some((b, _))) = (at.0.next(), at.1.next()) else {
            match trail.pop() {
                Some(outer) => at = outer,
                None => return true,
            }
            continue;
        };
        if at.0.at_key() {
            if compare(a, b, desc) != Ordering::Equal {
                return false;
            }
            continue;
        }
        match head(a, b, desc) {
            Head::Known(true) => {}
            Head::Known(false) => return false,
            Head::Parts(a, b, desc) => {
                let inner = (Cursor::of(a, desc), Cursor::of(b, desc));
                let outer = std::mem::replace(&mut at, inner);
                if !outer.0.is_spent() {
                    trail.push(outer);
                }
            }
        }
    }
}
