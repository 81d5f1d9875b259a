//! Parameters of a statement out of wat values. Vectors and tuples are positional, structs and maps go by name, nil is
//! none. Numbers, texts, bytes and nil are SQL's own; a bool is 0 or 1, an Instant its RFC 3339 text, a Duration its
//! nanoseconds, a keyword its name; what SQL has no type for is stored as its EDN text.

use super::error::Problem;
use rusqlite::Statement;
use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use wat_abi::desc::Kind;
use wat_edn::Instant;
use wat_runtime::codec;
use wat_runtime::desc::DescRef;
use wat_runtime::object::Obj;
use wat_runtime::sum::SOME;
use wat_runtime::value::{resolve, tag_of};
use wat_runtime::{map, text, vector};

/// Binds every parameter; too few, too many and unknown ones are mistakes.
pub fn all(statement: &mut Statement, slot: u64, desc: DescRef) -> Result<(), Problem> {
    let (slot, desc) = resolve(slot, desc);
    match desc.kind() {
        Kind::Nil => positional(statement, Vec::new()),
        Kind::Vector | Kind::List => {
            let items = vector::iter(Obj::of(slot)).map(|item| (item, desc.arg0())).collect();
            positional(statement, items)
        }
        Kind::Tuple => {
            let (object, fields) = (Obj::of(slot), desc.variant(0));
            positional(statement, (0..fields.len()).map(|i| (object.get(i), fields.field(i))).collect())
        }
        Kind::Struct => {
            let (object, fields) = (Obj::of(slot), desc.variant(0));
            let named = (0..fields.len())
                .map(|i| (fields.field_name(i).to_string(), object.get(i), fields.field(i)))
                .collect();
            by_name(statement, named)
        }
        Kind::Map => {
            let mut named = Vec::new();
            for entry in map::entries(Obj::of(slot)) {
                let (key, key_type) = resolve(entry.key, desc.arg0());
                match key_type.kind() {
                    Kind::Keyword | Kind::Str => {
                        named.push((text::str(key).to_string(), entry.value, desc.arg1()));
                    }
                    _ => {
                        return Err(misuse(format!(
                            "parameters by name have keywords or Strings as keys, not {}",
                            key_type.describe()
                        )));
                    }
                }
            }
            by_name(statement, named)
        }
        _ => Err(misuse(format!(
            "parameters are a vector, a tuple, a struct, a map or nil, not {}",
            desc.describe()
        ))),
    }
}

fn misuse(message: String) -> Problem {
    Problem::new("misuse", message)
}

fn positional(statement: &mut Statement, items: Vec<(u64, DescRef)>) -> Result<(), Problem> {
    let wanted = statement.parameter_count();
    if wanted != items.len() {
        return Err(misuse(format!("the statement has {wanted} parameters, {} were given", items.len())));
    }
    for (i, (slot, desc)) in items.into_iter().enumerate() {
        one(statement, i + 1, slot, desc)?;
    }
    Ok(())
}

fn by_name(statement: &mut Statement, named: Vec<(String, u64, DescRef)>) -> Result<(), Problem> {
    let wanted: Vec<Option<String>> = (1..=statement.parameter_count())
        .map(|i| statement.parameter_name(i).map(|name| name[1..].to_string()))
        .collect();
    for (i, name) in wanted.iter().enumerate() {
        let Some(name) = name else {
            return Err(misuse(format!("parameter {} has no name: give a vector or a tuple", i + 1)));
        };
        match named.iter().find(|(given, ..)| given == name) {
            Some((_, slot, desc)) => one(statement, i + 1, *slot, *desc)?,
            None => return Err(misuse(format!("the parameter {name:?} was not given"))),
        }
    }
    match named.iter().find(|(given, ..)| !wanted.contains(&Some(given.clone()))) {
        Some((given, ..)) => Err(misuse(format!("the statement has no parameter {given:?}"))),
        None => Ok(()),
    }
}

fn one(statement: &mut Statement, at: usize, slot: u64, desc: DescRef) -> Result<(), Problem> {
    let value = value(slot, desc).map_err(|why| misuse(format!("parameter {at}: {why}")))?;
    statement.raw_bind_parameter(at, value).map_err(Problem::of)
}

/// A wat value as SQL's; borrowed where it is text or bytes, which SQLite copies.
fn value<'a>(slot: u64, desc: DescRef) -> Result<ToSqlOutput<'a>, String> {
    let owned = |value| Ok(ToSqlOutput::Owned(value));
    let (slot, desc) = resolve(slot, desc);
    match desc.kind() {
        Kind::Nil => owned(Value::Null),
        Kind::Option if tag_of(slot, desc) != usize::from(SOME) => owned(Value::Null),
        Kind::Option => value(Obj::of(slot).get(0), desc.variant(usize::from(SOME)).field(0)),
        Kind::Bool | Kind::I64 | Kind::Duration => owned(Value::Integer(slot as i64)),
        Kind::F64 if f64::from_bits(slot).is_nan() => Err("NaN is no SQL value".to_string()),
        Kind::F64 => owned(Value::Real(f64::from_bits(slot))),
        Kind::Str | Kind::Keyword | Kind::Symbol => {
            Ok(ToSqlOutput::Borrowed(ValueRef::Text(text::bytes(slot))))
        }
        Kind::Bytes => Ok(ToSqlOutput::Borrowed(ValueRef::Blob(text::bytes(slot)))),
        Kind::Instant => {
            let mut out = Vec::new();
            Instant::from_nanos(slot as i64).format(&mut out);
            owned(Value::Text(String::from_utf8_lossy(&out).into_owned()))
        }
        Kind::Char => owned(Value::Text(char::from_u32(slot as u32).map(String::from).unwrap_or_default())),
        kind => {
            let mut out = Vec::new();
            codec::encode(slot, desc, &mut out).map_err(|limit| limit.to_string())?;
            let text = String::from_utf8_lossy(&out).into_owned();
            owned(match kind {
                Kind::BigInt => {
                    let digits = text.trim_end_matches('N');
                    digits.parse().map_or_else(|_| Value::Text(digits.to_string()), Value::Integer)
                }
                Kind::Decimal => Value::Text(text.trim_end_matches('M').to_string()),
                Kind::Uuid => Value::Text(text.trim_start_matches("#uuid ").trim_matches('"').to_string()),
                _ => Value::Text(text),
            })
        }
    }
}
