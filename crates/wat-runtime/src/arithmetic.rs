//! Arithmetic on BigInt and Decimal. Both operands are of one type; `num-bigint` and `bigdecimal` do the work.
//!
//! BigInt division truncates and `mod` floors, as on i64. Sums and products of Decimals are exact; a quotient is exact
//! where it ends within [`DIGITS`] significant digits and is rounded half to even where it does not.

use crate::desc::DescRef;
use crate::fail::Fail;
use crate::heap::Mem;
use crate::number::{bigint, decimal, make_bigint, make_decimal};
use crate::object::Obj;
use bigdecimal::{BigDecimal, RoundingMode, Zero};
use num_bigint::{BigInt, Sign};
use std::num::NonZeroU64;
use wat_abi::desc::Kind;

/// Significant digits of a Decimal quotient that does not end (those of IEEE 754 decimal128).
const DIGITS: u64 = 34;
/// A number of more bits than this is refused: a product would take longer than anybody waits.
const MAX_BITS: u64 = 1 << 26;

#[derive(Clone, Copy)]
pub enum Op {
    Add,
    Sub,
    Mul,
    Div,
    Rem,
    Mod,
}

/// `a op b`; the caller keeps both.
pub fn binary(mem: Mem, op: Op, a: Obj, b: Obj) -> Result<u64, Fail> {
    match a.desc().kind() {
        Kind::BigInt => make_bigint(mem, &bounded(integers(op, bigint(a), bigint(b))?)?),
        _ => {
            let (digits, scale) = decimals(op, whole(a), whole(b))?.into_bigint_and_exponent();
            make_decimal(mem, &bounded(digits)?, scale)
        }
    }
}

/// `-a`, or its absolute value; the caller keeps it.
pub fn signed(mem: Mem, a: Obj, change: impl Fn(BigInt) -> BigInt) -> Result<u64, Fail> {
    match a.desc().kind() {
        Kind::BigInt => make_bigint(mem, &change(bigint(a))),
        _ => {
            let (digits, scale) = decimal(a);
            make_decimal(mem, &change(digits), scale)
        }
    }
}

pub fn absolute(number: BigInt) -> BigInt {
    if number.sign() == Sign::Minus { -number } else { number }
}

/// The number without its fraction as an i64.
pub fn to_i64(a: Obj) -> Result<u64, Fail> {
    let number = match a.desc().kind() {
        Kind::BigInt => bigint(a),
        _ => whole(a).with_scale_round(0, RoundingMode::Down).into_bigint_and_exponent().0,
    };
    match i64::try_from(&number) {
        Ok(n) => Ok(n as u64),
        Err(_) => Err(Fail::new("overflow", "the number does not fit in an i64")),
    }
}

/// The nearest f64, infinite beyond its range.
pub fn to_f64(a: Obj) -> f64 {
    // Reading the digits back is what rounds correctly.
    let text = match a.desc().kind() {
        Kind::BigInt => bigint(a).to_string(),
        _ => {
            let (digits, scale) = decimal(a);
            format!("{digits}e{}", scale.saturating_neg())
        }
    };
    text.parse().expect("digits with an exponent are a number")
}

/// A BigInt as a Decimal of scale 0; the caller keeps it.
pub fn to_decimal(mem: Mem, a: Obj) -> Result<u64, Fail> {
    debug_assert_eq!(a.desc(), DescRef::builtin(wat_abi::desc::Builtin::BigInt));
    make_decimal(mem, &bigint(a), 0)
}

fn whole(a: Obj) -> BigDecimal {
    let (digits, scale) = decimal(a);
    BigDecimal::new(digits, scale)
}

fn by_zero() -> Fail {
    Fail::new("divide-by-zero", "division by zero")
}

fn integers(op: Op, a: BigInt, b: BigInt) -> Result<BigInt, Fail> {
    if matches!(op, Op::Div | Op::Rem | Op::Mod) && b.sign() == Sign::NoSign {
        return Err(by_zero());
    }
    Ok(match op {
        Op::Add => a + b,
        Op::Sub => a - b,
        Op::Mul => a * b,
        Op::Div => a / b,
        Op::Rem => a % b,
        Op::Mod => {
            let rest = a % &b;
            let apart = rest.sign() != Sign::NoSign && (rest.sign() != b.sign());
            if apart { rest + b } else { rest }
        }
    })
}

fn decimals(op: Op, a: BigDecimal, b: BigDecimal) -> Result<BigDecimal, Fail> {
    if matches!(op, Op::Div | Op::Rem | Op::Mod) && b.is_zero() {
        return Err(by_zero());
    }
    Ok(match op {
        Op::Add => a + b,
        Op::Sub => a - b,
        Op::Mul => a * b,
        Op::Div => quotient(&a, &b),
        Op::Rem => a % b,
        Op::Mod => {
            let rest = &a % &b;
            let apart = !rest.is_zero() && (rest.sign() != b.sign());
            if apart { rest + b } else { rest }
        }
    })
}

fn quotient(a: &BigDecimal, b: &BigDecimal) -> BigDecimal {
    let digits = NonZeroU64::new(DIGITS).expect("it is not zero");
    let rounded = (a / b).with_precision_round(digits, RoundingMode::HalfEven).normalized();
    // Digits before the point are written out, not as an exponent.
    if rounded.fractional_digit_count() < 0 { rounded.with_scale(0) } else { rounded }
}

fn bounded(number: BigInt) -> Result<BigInt, Fail> {
    if number.bits() > MAX_BITS {
        return Err(Fail::new("limit", format!("the number has more than {MAX_BITS} bits")));
    }
    Ok(number)
}
