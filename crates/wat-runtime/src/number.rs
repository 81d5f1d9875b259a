//! BigInt, Decimal and Uuid objects: from and to the numbers of `num-bigint`, order and hash. Arithmetic is in `arithmetic.rs`.
//!
//! A BigInt has no leading zero limbs and zero has none at all, so equal numbers have equal objects. A Decimal keeps
//! its scale: `0.30M` and `0.3M` are equal, hash alike and print differently.

use crate::desc::DescRef;
use crate::fail::Fail;
use crate::heap::Mem;
use crate::object::Obj;
use num_bigint::{BigInt, Sign};
use std::cmp::Ordering;
use wat_abi::desc::Builtin;
use wat_abi::hash::{combine, word};

/// A unique BigInt.
pub fn make_bigint(mem: Mem, value: &BigInt) -> Result<u64, Fail> {
    let limbs = value.magnitude().to_u64_digits();
    let object = mem.object(DescRef::builtin(Builtin::BigInt), 0, 1 + limbs.len())?;
    write_limbs(object, 0, value.sign(), &limbs);
    Ok(object.slot())
}

/// A unique Decimal of `digits` times ten to the power `-scale`.
pub fn make_decimal(mem: Mem, digits: &BigInt, scale: i64) -> Result<u64, Fail> {
    let limbs = digits.magnitude().to_u64_digits();
    let object = mem.object(DescRef::builtin(Builtin::Decimal), 0, 2 + limbs.len())?;
    object.set(0, scale as u64);
    write_limbs(object, 1, digits.sign(), &limbs);
    Ok(object.slot())
}

pub fn make_uuid(mem: Mem, value: u128) -> Result<u64, Fail> {
    Ok(mem.object_of(DescRef::builtin(Builtin::Uuid), 0, &[(value >> 64) as u64, value as u64])?.slot())
}

pub fn uuid(object: Obj) -> u128 {
    u128::from(object.get(0)) << 64 | u128::from(object.get(1))
}

fn write_limbs(object: Obj, at: usize, sign: Sign, limbs: &[u64]) {
    let length = limbs.len() as i64;
    object.set(at, if sign == Sign::Minus { -length } else { length } as u64);
    object.slots_mut(at + 1, limbs.len()).copy_from_slice(limbs);
}

/// The number of a BigInt.
pub fn bigint(object: Obj) -> BigInt {
    read_limbs(object, 0)
}

/// Digits and scale of a Decimal.
pub fn decimal(object: Obj) -> (BigInt, i64) {
    (read_limbs(object, 1), object.get(0) as i64)
}

fn read_limbs(object: Obj, at: usize) -> BigInt {
    let length = object.get(at) as i64;
    let limbs = object.slots(at + 1, length.unsigned_abs() as usize);
    let halves = limbs.iter().flat_map(|&limb| [limb as u32, (limb >> 32) as u32]).collect();
    BigInt::new(if length < 0 { Sign::Minus } else { Sign::Plus }, halves)
}

pub fn compare_bigint(a: Obj, b: Obj) -> Ordering {
    let (length_a, length_b) = (a.get(0) as i64, b.get(0) as i64);
    length_a.cmp(&length_b).then_with(|| {
        let limbs = |object: Obj| object.slots(1, length_a.unsigned_abs() as usize).iter().rev();
        let order = limbs(a).cmp(limbs(b));
        if length_a < 0 { order.reverse() } else { order }
    })
}

/// As numbers, whatever their scales.
pub fn compare_decimal(a: Obj, b: Obj) -> Ordering {
    let (digits_a, scale_a) = decimal(a);
    let (digits_b, scale_b) = decimal(b);
    let order = digits_a.sign().cmp(&digits_b.sign());
    if order != Ordering::Equal || digits_a.sign() == Sign::NoSign {
        return order;
    }
    // The place of the first digit decides unless it is the same, so a huge scale is never multiplied out.
    let first =
        |digits: &BigInt, scale: i64| digits.magnitude().to_str_radix(10).len() as i128 - i128::from(scale);
    let order = first(&digits_a, scale_a).cmp(&first(&digits_b, scale_b)).then_with(|| {
        let scale = scale_a.max(scale_b);
        let raise = |digits: &BigInt, from: i64| {
            digits.magnitude()
                * num_bigint::BigUint::from(10u32).pow((i128::from(scale) - i128::from(from)) as u32)
        };
        raise(&digits_a, scale_a).cmp(&raise(&digits_b, scale_b))
    });
    if digits_a.sign() == Sign::Minus { order.reverse() } else { order }
}

pub fn hash_bigint(object: Obj) -> u64 {
    hash_digits(&bigint(object))
}

fn hash_digits(digits: &BigInt) -> u64 {
    wat_abi::hash::bytes(&digits.to_signed_bytes_le())
}

/// Of the number without trailing zeros; zero has scale 0.
pub fn hash_decimal(object: Obj) -> u64 {
    let (digits, scale) = decimal(object);
    let text = digits.to_str_radix(10);
    if digits.sign() == Sign::NoSign {
        return word(combine(0, hash_digits(&digits)));
    }
    let zeros = text.len() - text.trim_end_matches('0').len();
    let shortest = digits / BigInt::from(10u32).pow(zeros as u32);
    word(combine((scale - zeros as i64) as u64, hash_digits(&shortest)))
}
