//! Sorting by the total order of elements or of keys beside them; both are stable.

use super::{count, elements_mut, flatten, iter};
use crate::fail::Fail;
use crate::heap::Mem;
use crate::object::Obj;
use crate::value::compare::{compare, compare_f64};
use wat_abi::desc::Kind;

/// The elements in their order. Consumes the vector.
pub fn sort(mem: Mem, vector: Obj) -> Result<Obj, Fail> {
    let flat = flatten(mem, vector)?;
    let element = flat.desc().arg0();
    let elements = elements_mut(flat);
    match element.kind() {
        Kind::I64 | Kind::Char | Kind::Bool | Kind::Instant | Kind::Duration => {
            elements.sort_by_key(|&slot| slot as i64);
        }
        Kind::F64 => elements.sort_by(|&a, &b| compare_f64(a, b)),
        _ => elements.sort_by(|&a, &b| compare(a, b, element)),
    }
    Ok(flat)
}

/// The elements in the order of the keys, which stand in a vector of the same length. Consumes the first, keeps
/// the second.
pub fn sort_by(mem: Mem, vector: Obj, keys: Obj) -> Result<Obj, Fail> {
    if count(vector) != count(keys) {
        return Err(Fail::index(count(keys) as i64, count(vector)));
    }
    let flat = flatten(mem, vector)?;
    let key = keys.desc().arg0();
    let keys: Vec<u64> = iter(keys).collect();
    let mut order: Vec<u32> = (0..keys.len() as u32).collect();
    order.sort_by(|&a, &b| compare(keys[a as usize], keys[b as usize], key));
    let elements = elements_mut(flat);
    let before = elements.to_vec();
    for (place, &from) in elements.iter_mut().zip(&order) {
        *place = before[from as usize];
    }
    Ok(flat)
}
