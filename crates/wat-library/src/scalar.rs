//! Values that a bare text spells: what a string or a key of JSON, or a cell of CSV, holds. The text of a keyword is
//! without its colon, that of a variant without fields its name, that of an instant as in RFC 3339, that of bytes base64.

use wat_abi::desc::Kind;
use wat_edn::number::{parse_bigint, parse_decimal};
use wat_edn::{Instant, base64, duration, uuid, write};
use wat_runtime::codec;
use wat_runtime::desc::DescRef;
use wat_runtime::fail::Fail;
use wat_runtime::number;
use wat_runtime::object::Obj;
use wat_runtime::text;
use wat_runtime::value::{resolve, tag_of};

/// Why a text spells no value of a type: a kind of `ReadError`.
pub type Refused = &'static str;

const WRONG: Refused = "wrong-type";
const RANGE: Refused = "out-of-range";

/// Whether a bare text can spell each value of the type.
pub fn is_spelled(desc: DescRef) -> bool {
    match desc.kind() {
        Kind::Bool
        | Kind::I64
        | Kind::F64
        | Kind::Char
        | Kind::Keyword
        | Kind::Symbol
        | Kind::Str
        | Kind::Bytes
        | Kind::BigInt
        | Kind::Decimal
        | Kind::Instant
        | Kind::Duration
        | Kind::Uuid => true,
        Kind::Enum => (0..desc.variant_count()).all(|i| desc.variant(i).is_empty()),
        _ => false,
    }
}

/// Whether JSON writes the type as a string, or has to where only strings stand.
pub fn is_string(desc: DescRef) -> bool {
    is_spelled(desc)
        && !matches!(desc.kind(), Kind::Bool | Kind::I64 | Kind::F64 | Kind::BigInt | Kind::Decimal)
}

/// Appends the EDN text of the value of type `desc` that `text` spells.
pub fn read(desc: DescRef, text: &str, out: &mut Vec<u8>) -> Result<(), Refused> {
    match desc.kind() {
        Kind::Str => write::string(out, text),
        Kind::Bool => match text {
            "true" | "false" => out.extend_from_slice(text.as_bytes()),
            _ => return Err(WRONG),
        },
        Kind::I64 => write::int(out, integer(text)?),
        Kind::F64 => write::float(out, float(text)?),
        Kind::BigInt => {
            is_integer(text).then_some(()).ok_or(WRONG)?;
            write::bigint(out, &parse_bigint(text).map_err(|_| RANGE)?);
        }
        Kind::Decimal => {
            is_number(text).then_some(()).ok_or(WRONG)?;
            write::decimal(out, &parse_decimal(text).map_err(|_| RANGE)?);
        }
        Kind::Char => {
            let mut chars = text.chars();
            match (chars.next(), chars.next()) {
                (Some(c), None) => write::character(out, c),
                _ => return Err(WRONG),
            }
        }
        Kind::Keyword if wat_edn::is_keyword(text) => write::keyword(out, text),
        Kind::Symbol if wat_edn::is_symbol(text) => write::symbol(out, text),
        Kind::Bytes => write::bytes(out, &base64::decode(text).map_err(|_| WRONG)?),
        Kind::Duration => write::duration(out, duration::parse(text).map_err(|_| WRONG)?),
        Kind::Uuid => write::uuid(out, uuid::parse(text).map_err(|_| WRONG)?),
        Kind::Instant => {
            let instant = Instant::parse(text).map_err(|_| WRONG)?;
            instant.to_nanos().ok_or(RANGE)?;
            write::instant(out, instant);
        }
        Kind::Enum => {
            let variant = (0..desc.variant_count()).map(|i| desc.variant(i));
            let named = |v: &wat_runtime::desc::VariantRef| v.is_empty() && v.name() == text;
            variant.into_iter().find(named).ok_or("wrong-tag")?;
            out.extend_from_slice(format!("{}nil", variant_tag(desc, text)).as_bytes());
        }
        _ => return Err(WRONG),
    }
    Ok(())
}

/// `#user.Shape/Circle ` of a variant of an enum.
pub fn variant_tag(desc: DescRef, variant: &str) -> String {
    format!("#{}/{variant} ", desc.name().replace('/', "."))
}

/// What is expected where a value of the type is spelled.
pub fn expected(desc: DescRef) -> String {
    match desc.kind() {
        Kind::Enum => {
            let names = (0..desc.variant_count()).map(|i| desc.variant(i)).filter(|v| v.is_empty());
            let names: Vec<String> = names.map(|v| format!("\"{}\"", v.name())).collect();
            format!("one of {}", names.join(" "))
        }
        Kind::Char => "a char: a string of one".to_string(),
        Kind::Keyword => "the name of a keyword".to_string(),
        Kind::Bytes => "Bytes: base64".to_string(),
        Kind::Instant => "an Instant: 2026-01-31T12:00:00Z".to_string(),
        Kind::Duration => "a Duration: 1.5s".to_string(),
        _ => desc.describe(),
    }
}

/// Appends the bare text of a value; false where the type has none.
pub fn show(slot: u64, desc: DescRef, out: &mut Vec<u8>) -> Result<bool, Fail> {
    let (slot, desc) = resolve(slot, desc);
    match desc.kind() {
        Kind::Str | Kind::Keyword | Kind::Symbol => out.extend_from_slice(text::bytes(slot)),
        Kind::Char => codec::show(slot, desc, out, wat_edn::Limits::DEFAULT)?,
        Kind::Bool => out.extend_from_slice(if slot != 0 { b"true" } else { b"false" }),
        Kind::I64 => write::int(out, slot as i64),
        Kind::F64 => match f64::from_bits(slot) {
            x if x.is_nan() => out.extend_from_slice(b"NaN"),
            f64::INFINITY => out.extend_from_slice(b"Infinity"),
            f64::NEG_INFINITY => out.extend_from_slice(b"-Infinity"),
            x => write::float(out, x),
        },
        Kind::BigInt => {
            let digits = number::bigint(Obj::of(slot));
            codec::exact(&digits, 0)?;
            out.extend_from_slice(digits.to_string().as_bytes());
        }
        Kind::Decimal => {
            let (digits, scale) = number::decimal(Obj::of(slot));
            codec::exact(&digits, scale)?;
            write::decimal_parts(out, &digits.to_string(), scale);
            out.pop();
        }
        Kind::Bytes => base64::encode(text::bytes(slot), out),
        Kind::Instant => Instant::from_nanos(slot as i64).format(out),
        Kind::Duration => duration::format(slot as i64, out),
        Kind::Uuid => uuid::format(number::uuid(Obj::of(slot)), out),
        Kind::Enum if desc.variant(tag_of(slot, desc)).is_empty() => {
            out.extend_from_slice(desc.variant(tag_of(slot, desc)).name().as_bytes());
        }
        _ => return Ok(false),
    }
    Ok(true)
}

/// `-`, digits.
pub fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
}

/// As JSON has it, but that zeros may lead.
fn is_number(text: &str) -> bool {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix('+').unwrap_or(exponent))),
        None => (text, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    let digits = !fraction.is_empty() && fraction.bytes().all(|b| b.is_ascii_digit());
    digits && is_integer(whole) && exponent.is_none_or(is_integer)
}

/// The i64 that the whole text is.
pub fn integer(text: &str) -> Result<i64, Refused> {
    if !is_integer(text) {
        return Err(WRONG);
    }
    text.parse().map_err(|_| RANGE)
}

/// The f64 that the whole text is; beyond its range is no infinity.
pub fn float(text: &str) -> Result<f64, Refused> {
    match text {
        "NaN" => return Ok(f64::NAN),
        "Infinity" => return Ok(f64::INFINITY),
        "-Infinity" => return Ok(f64::NEG_INFINITY),
        _ if !is_number(text) => return Err(WRONG),
        _ => {}
    }
    let value: f64 = text.parse().map_err(|_| WRONG)?;
    if value.is_finite() { Ok(value) } else { Err(RANGE) }
}
