//! Constants as immortal objects of the image. Code offsets of closures are filled in by the linker.

use crate::data::Data;
use crate::describe::Types;
use num_bigint::{BigInt, Sign};
use wat_abi::desc::Builtin;
use wat_abi::hash;
use wat_abi::layout::{IMMORTAL, word};
use wat_mir::mir::{Const, FuncId, Module};

pub struct Constants {
    /// Region offset of each constant's object, by `ConstId`.
    pub offsets: Vec<u32>,
    /// Where the code offset of a function belongs.
    pub code: Vec<(u32, FuncId)>,
}

pub fn constants(module: &Module, types: &Types, data: &mut Data) -> Result<Constants, String> {
    let mut out = Constants { offsets: Vec::with_capacity(module.consts.len()), code: Vec::new() };
    for c in &module.consts {
        data.align(16);
        out.offsets.push(data.offset());
        match c {
            // A constant String's hash is computed here: its object is read-only at run time.
            Const::Str(text) => string(data, Builtin::Str, text, hash::bytes(text.as_bytes())),
            Const::Keyword(name) => {
                string(data, Builtin::Keyword, name.as_str(), hash::keyword(name.as_str()));
            }
            Const::Symbol(name) => string(data, Builtin::Symbol, name.as_str(), hash::symbol(name.as_str())),
            Const::BigInt(digits) => {
                let n = digits.strip_suffix('N').unwrap_or(digits);
                header(data, word(Builtin::BigInt.offset(), 0));
                limbs(data, &parse(n)?);
            }
            Const::Decimal(digits) => {
                let (unscaled, scale) = decimal(digits)?;
                header(data, word(Builtin::Decimal.offset(), 0));
                data.push(&scale.to_le_bytes());
                limbs(data, &unscaled);
            }
            Const::Uuid(bits) => {
                header(data, word(Builtin::Uuid.offset(), 0));
                data.push(&((bits >> 64) as u64).to_le_bytes());
                data.push(&(*bits as u64).to_le_bytes());
            }
            Const::Func(func, ty) => {
                header(data, types.word(*ty, 0));
                out.code.push((data.offset(), *func));
                data.push(&[0; 8]);
            }
            Const::Program(program, ty) => {
                header(data, types.word(*ty, 0));
                data.push(&u64::from(program.0).to_le_bytes());
            }
            Const::Empty(ty) => header(data, types.word(*ty, 0)),
        }
    }
    Ok(out)
}

fn header(data: &mut Data, word: u32) {
    data.push(&IMMORTAL.to_le_bytes());
    data.push(&word.to_le_bytes());
}

fn string(data: &mut Data, ty: Builtin, text: &str, hash: u64) {
    header(data, word(ty.offset(), 0));
    data.push(&(text.len() as u64).to_le_bytes());
    data.push(&hash.to_le_bytes());
    data.push(text.as_bytes());
    data.align(8);
}

fn limbs(data: &mut Data, n: &BigInt) {
    let (sign, limbs) = n.to_u64_digits();
    let len = limbs.len() as i64;
    data.push(&(if sign == Sign::Minus { -len } else { len }).to_le_bytes());
    for limb in limbs {
        data.push(&limb.to_le_bytes());
    }
}

fn parse(digits: &str) -> Result<BigInt, String> {
    digits.parse().map_err(|_| format!("the constant {digits} is no integer"))
}

/// `-12.50e3M` as its unscaled digits and scale (digits right of the point).
fn decimal(text: &str) -> Result<(BigInt, i64), String> {
    let wrong = || format!("the constant {text} is no decimal");
    let text = text.strip_suffix('M').unwrap_or(text);
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((m, e)) => (m, e.parse::<i64>().map_err(|_| wrong())?),
        None => (text, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let unscaled = parse(&format!("{whole}{fraction}"))?;
    let scale = (fraction.len() as i64).checked_sub(exponent).ok_or_else(wrong)?;
    Ok((unscaled, scale))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_keep_their_scale() {
        let d = |t| decimal(t).map(|(n, s)| (n.to_string(), s));
        assert_eq!(d("1.50M"), Ok(("150".into(), 2)));
        assert_eq!(d("-12.5e3M"), Ok(("-125".into(), -2)));
        assert_eq!(d("7"), Ok(("7".into(), 0)));
        assert!(d("1.x").is_err());
    }
}
