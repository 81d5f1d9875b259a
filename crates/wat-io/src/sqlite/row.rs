//! Rows as wat values, by the type that the program wants: a struct by the columns' names, a tuple by their order, `Edn`
//! as a map, anything else is the only column. The counterpart of `bind.rs`.

use super::error::{Problem, Trouble};
use rusqlite::Row;
use rusqlite::types::ValueRef;
use wat_abi::desc::Kind;
use wat_edn::write;
use wat_runtime::codec;
use wat_runtime::desc::{DescRef, VariantRef};
use wat_runtime::fail::Fail;
use wat_runtime::heap::Mem;
use wat_runtime::{sum, text};

/// The row, which is the `number`th, as a value of type `desc`, and the size of its texts and blobs.
pub fn value(mem: Mem, desc: DescRef, row: &Row, number: u64) -> Result<(u64, u64), Trouble> {
    let columns: Vec<&str> = row.as_ref().column_names().collect();
    let mut size = 8 * columns.len() as u64;
    for i in 0..columns.len() {
        if let ValueRef::Text(bytes) | ValueRef::Blob(bytes) = row.get_ref(i)? {
            size += bytes.len() as u64;
        }
    }
    let mismatch = |message: String| Problem::new("mismatch", format!("row {number}: {message}"));
    let made = match desc.kind() {
        Kind::Struct | Kind::Tuple => {
            let fields = desc.variant(0);
            let places = places(desc, fields, &columns).map_err(mismatch)?;
            let mut slots = Vec::with_capacity(places.len());
            let mut failed = None;
            for (i, column) in places.into_iter().enumerate() {
                match field(mem, fields.field(i), row.get_ref(column)?)? {
                    Ok(slot) => slots.push(slot),
                    Err(why) => {
                        failed = Some(mismatch(format!("column {:?}: {why}", columns[column])));
                        break;
                    }
                }
            }
            if let Some(problem) = failed {
                slots.iter().enumerate().for_each(|(i, slot)| mem.drop_as(*slot, fields.field(i)));
                return Err(problem.into());
            }
            mem.object_of(desc, 0, &slots)?.slot()
        }
        Kind::Edn => {
            let mut out = vec![b'{'];
            for (i, name) in columns.iter().enumerate() {
                if wat_edn::is_keyword(name) {
                    write::keyword(&mut out, name);
                } else {
                    write::string(&mut out, name);
                }
                out.push(b' ');
                plain(&mut out, row.get_ref(i)?)
                    .map_err(|why| mismatch(format!("column {name:?}: {why}")))?;
                out.push(b' ');
            }
            out.push(b'}');
            codec::decode(mem, desc, &out)?
                .map_err(|_| mismatch("two columns have one name: give them others with `as`".to_string()))?
        }
        _ if columns.len() != 1 => {
            let message = format!("{} columns for one value of type {}", columns.len(), desc.describe());
            return Err(mismatch(message).into());
        }
        _ => field(mem, desc, row.get_ref(0)?)?
            .map_err(|why| mismatch(format!("column {:?}: {why}", columns[0])))?,
    };
    Ok((made, size))
}

/// The column of each field.
fn places(desc: DescRef, fields: VariantRef, columns: &[&str]) -> Result<Vec<usize>, String> {
    let count = fields.len();
    if desc.kind() == Kind::Tuple {
        if columns.len() != count {
            return Err(format!("{} columns for {}", columns.len(), desc.describe()));
        }
        return Ok((0..count).collect());
    }
    let places: Vec<usize> = (0..count)
        .map(|i| {
            let name = fields.field_name(i);
            columns.iter().position(|column| *column == name).ok_or_else(|| {
                format!("{} wants a column {name:?}; there are {}", desc.name(), columns.join(", "))
            })
        })
        .collect::<Result<_, _>>()?;
    match columns.iter().enumerate().find(|(i, _)| !places.contains(i)) {
        Some((_, extra)) => Err(format!("column {extra:?} is no field of {}, or comes twice", desc.name())),
        None => Ok(places),
    }
}

/// One value of type `desc`, or why it is none.
fn field(mem: Mem, desc: DescRef, value: ValueRef) -> Result<Result<u64, String>, Fail> {
    let wrong = || Ok(Err(format!("expected {}, found {}", desc.describe(), found(value))));
    let decoded = |text: &[u8]| {
        Ok(match codec::decode(mem, desc, text)? {
            Ok(slot) => Ok(slot),
            Err(fault) if fault.at.is_empty() => {
                Err(format!("expected {}, found {}", desc.describe(), found(value)))
            }
            Err(fault) => Err(fault.to_string()),
        })
    };
    let mut out = Vec::new();
    match (desc.kind(), value) {
        (Kind::Option, ValueRef::Null) => Ok(Ok(sum::option(mem, desc, None)?)),
        (Kind::Option, _) => Ok(match field(mem, sum::payload(desc), value)? {
            Ok(slot) => Ok(sum::option(mem, desc, Some(slot))?),
            Err(why) => Err(why),
        }),
        (Kind::Nil, ValueRef::Null) => Ok(Ok(0)),
        (Kind::Bool, ValueRef::Integer(n @ (0 | 1))) => Ok(Ok(n as u64)),
        (Kind::I64 | Kind::Duration, ValueRef::Integer(n)) => Ok(Ok(n as u64)),
        (Kind::F64, ValueRef::Real(x)) => Ok(Ok(x.to_bits())),
        // Exact, as everywhere where an integer stands for a float.
        (Kind::F64, ValueRef::Integer(n)) if (n as f64) as i128 == i128::from(n) => {
            Ok(Ok((n as f64).to_bits()))
        }
        (Kind::Bytes, ValueRef::Blob(bytes)) => Ok(Ok(text::make_bytes(mem, bytes)?)),
        (Kind::BigInt, ValueRef::Integer(n)) => decoded(format!("{n}N").as_bytes()),
        (Kind::Edn, ValueRef::Null | ValueRef::Integer(_) | ValueRef::Real(_) | ValueRef::Blob(_)) => {
            match plain(&mut out, value) {
                Ok(()) => decoded(&out),
                Err(why) => Ok(Err(why)),
            }
        }
        (kind, ValueRef::Text(bytes)) => {
            let Ok(string) = std::str::from_utf8(bytes) else {
                return Ok(Err("the text is not UTF-8".into()));
            };
            match kind {
                Kind::Str => Ok(Ok(text::make_string(mem, string)?)),
                Kind::Keyword if wat_edn::is_keyword(string) => Ok(Ok(text::make_keyword(mem, string)?)),
                Kind::Symbol if wat_edn::is_symbol(string) => Ok(Ok(text::make_symbol(mem, string)?)),
                Kind::Instant => {
                    out.extend_from_slice(b"#inst ");
                    // SQLite's own functions put a space where RFC 3339 has a T.
                    write::string(&mut out, &string.replacen(' ', "T", 1));
                    decoded(&out)
                }
                Kind::Uuid => {
                    out.extend_from_slice(b"#uuid ");
                    write::string(&mut out, string);
                    decoded(&out)
                }
                Kind::BigInt => decoded(format!("{string}N").as_bytes()),
                Kind::Decimal => decoded(format!("{string}M").as_bytes()),
                Kind::Char => {
                    let mut letters = string.chars();
                    match (letters.next(), letters.next()) {
                        (Some(c), None) => Ok(Ok(u64::from(u32::from(c)))),
                        _ => wrong(),
                    }
                }
                Kind::Bool | Kind::I64 | Kind::F64 | Kind::Bytes | Kind::Duration | Kind::Nil => wrong(),
                _ => decoded(bytes),
            }
        }
        _ => wrong(),
    }
}

/// The value as SQL has it, in EDN.
fn plain(out: &mut Vec<u8>, value: ValueRef) -> Result<(), String> {
    match value {
        ValueRef::Null => out.extend_from_slice(b"nil"),
        ValueRef::Integer(n) => write::int(out, n),
        ValueRef::Real(x) => write::float(out, x),
        ValueRef::Text(bytes) => {
            write::string(out, std::str::from_utf8(bytes).map_err(|_| "the text is not UTF-8".to_string())?);
        }
        ValueRef::Blob(bytes) => write::bytes(out, bytes),
    }
    Ok(())
}

fn found(value: ValueRef) -> String {
    const SHOWN: usize = 40;
    match value {
        ValueRef::Null => "NULL".to_string(),
        ValueRef::Integer(n) => n.to_string(),
        ValueRef::Real(x) => x.to_string(),
        ValueRef::Text(bytes) => {
            let text = String::from_utf8_lossy(bytes);
            let shown: String = text.chars().take(SHOWN).collect();
            let dots = if text.chars().count() > SHOWN { "…" } else { "" };
            format!("the text {shown:?}{dots}")
        }
        ValueRef::Blob(bytes) => format!("a blob of {} bytes", bytes.len()),
    }
}
