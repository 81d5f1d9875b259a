//! `wat.edn`: texts of many values, pretty text, and the parts of an EDN value whose type nobody knows.

use crate::result::refused;
use wat_abi::desc::Kind;
use wat_edn::{Lexer, Limits, Position, Token, Value};
use wat_runtime::codec::{self, ReadFault};
use wat_runtime::desc::DescRef;
use wat_runtime::fail::Fail;
use wat_runtime::heap::Mem;
use wat_runtime::object::{Obj, retain};
use wat_runtime::value::cursor::Cursor;
use wat_runtime::value::resolve;
use wat_runtime::{map, sum, text, value_rows, vector};

value_rows! {
    edn_read_all(mem, string, result) => {
        let desc = DescRef(result as u32);
        match all(mem, text::bytes(string), sum::payload(desc))? {
            Ok(values) => sum::ok(mem, desc, values),
            Err(fault) => refused(mem, desc, &fault),
        }
    };
    edn_pretty(mem, value, width, ty) => {
        let mut bytes = Vec::new();
        codec::encode_within(value, DescRef(ty as u32), &mut bytes, mem.room())?;
        let limits = Limits { bytes: usize::MAX, ..Limits::DEFAULT };
        let value = Value::parse_with(&bytes, limits)
            .map_err(|error| Fail::new("limit", format!("this value cannot be read back as EDN: {error}")))?;
        let mut out = String::new();
        pretty(&value, 0, 0, usize::try_from(width as i64).unwrap_or(0), &mut out);
        text::make_string(mem, &out)
    };
    edn_kind(mem, value) => {
        let (slot, desc) = resolve(value, DescRef::EDN);
        let _ = slot;
        text::make_keyword(mem, kind(desc.kind()))
    };
    edn_get(mem, value, key, result) => get(mem, value, key, DescRef(result as u32));
    edn_items(mem, value, result) => {
        let desc = DescRef(result as u32);
        let (slot, own) = resolve(value, DescRef::EDN);
        if !matches!(own.kind(), Kind::Vector | Kind::List | Kind::Set) {
            return sum::option(mem, desc, None);
        }
        let mut items = vector::with_capacity(mem, sum::payload(desc), 0)?;
        for (item, _) in Cursor::of(slot, own) {
            retain(item);
            items = vector::push(mem, items, item)?;
        }
        sum::option(mem, desc, Some(items.slot()))
    };
    edn_entries(mem, value, result) => {
        let desc = DescRef(result as u32);
        let (slot, own) = resolve(value, DescRef::EDN);
        if own.kind() != Kind::Map {
            return sum::option(mem, desc, None);
        }
        let list = sum::payload(desc);
        let mut entries = vector::with_capacity(mem, list, 0)?;
        let mut parts = Cursor::of(slot, own);
        while let (Some((key, _)), Some((value, _))) = (parts.next(), parts.next()) {
            retain(key);
            retain(value);
            entries = vector::push(mem, entries, sum::tuple(mem, list.arg0(), &[key, value])?)?;
        }
        sum::option(mem, desc, Some(entries.slot()))
    };
    edn_tag(mem, value, result) => {
        let (slot, own) = resolve(value, DescRef::EDN);
        let tag = match own.kind() {
            Kind::Tagged => Some(text::make_string(mem, text::str(Obj::of(slot).get(0)))?),
            _ => None,
        };
        sum::option(mem, DescRef(result as u32), tag)
    };
    edn_untagged(mem, value, result) => {
        let (slot, own) = resolve(value, DescRef::EDN);
        let inner = (own.kind() == Kind::Tagged).then(|| Obj::of(slot).get(1));
        inner.into_iter().for_each(retain);
        sum::option(mem, DescRef(result as u32), inner)
    };
}

/// All the values of a text as a vector of type `list`.
fn all(mem: Mem, bytes: &[u8], list: DescRef) -> Result<Result<u64, ReadFault>, Fail> {
    let mut values = vector::with_capacity(mem, list, 0)?;
    let mut from = 0;
    let mut place = Position::START;
    loop {
        let rest = &bytes[from..];
        if let Ok(Token::Eof) = Lexer::new(rest).next_token() {
            return Ok(Ok(values.slot()));
        }
        match codec::decode_prefix(mem, list.arg0(), rest, place)? {
            Ok((value, length)) => {
                values = vector::push(mem, values, value)?;
                place = place.advance(&rest[..length]);
                from += length;
            }
            Err(mut fault) => {
                fault.at.insert(0, vector::count(values).to_string());
                mem.drop(values.slot());
                return Ok(Err(fault));
            }
        }
    }
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Nil => "nil",
        Kind::Bool => "bool",
        Kind::I64 => "i64",
        Kind::F64 => "f64",
        Kind::Char => "char",
        Kind::Keyword => "keyword",
        Kind::Symbol => "symbol",
        Kind::Str => "string",
        Kind::Bytes => "bytes",
        Kind::BigInt => "bigint",
        Kind::Decimal => "decimal",
        Kind::Instant => "instant",
        Kind::Duration => "duration",
        Kind::Uuid => "uuid",
        Kind::Vector => "vector",
        Kind::List => "list",
        Kind::Map => "map",
        Kind::Set => "set",
        _ => "tagged",
    }
}

/// What a map holds under the key, a sequence at the position, a set of the element.
fn get(mem: Mem, value: u64, key: u64, desc: DescRef) -> Result<u64, Fail> {
    let (slot, own) = resolve(value, DescRef::EDN);
    let found = match own.kind() {
        Kind::Map => map::get(Obj::of(slot), key).map(|entry| entry.value),
        Kind::Set => map::get(Obj::of(slot), key).map(|entry| entry.key),
        Kind::Vector | Kind::List => {
            let (index, key) = resolve(key, DescRef::EDN);
            let index = (key.kind() == Kind::I64).then(|| usize::try_from(index as i64).ok()).flatten();
            index.filter(|&i| i < vector::count(Obj::of(slot))).map(|i| vector::get(Obj::of(slot), i))
        }
        _ => None,
    };
    found.into_iter().for_each(retain);
    sum::option(mem, desc, found)
}

/// Writes a value from column `column` on: on one line where it fits before `width` with `closing` brackets behind it,
/// else its parts below each other. Nesting is bounded by the reader's limit on depth.
fn pretty(value: &Value, column: usize, closing: usize, width: usize, out: &mut String) {
    if measure(value, width.saturating_sub(column + closing)).is_some() {
        return out.push_str(&value.to_string());
    }
    let (open, items, close): (&str, &[Value], char) = match value {
        Value::Vector(items) => ("[", items, ']'),
        Value::List(items) => ("(", items, ')'),
        Value::Set(items) => ("#{", items, '}'),
        Value::Map(entries) if !entries.is_empty() => {
            return pretty_map(entries, column, closing, width, out);
        }
        Value::Tagged(tagged) => {
            out.push_str(&format!("#{} ", tagged.0));
            return pretty(&tagged.1, column + tagged.0.chars().count() + 2, closing, width, out);
        }
        _ => return out.push_str(&value.to_string()),
    };
    out.push_str(open);
    let column = column + open.len();
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            new_line(column, out);
        }
        pretty(item, column, if i + 1 == items.len() { closing + 1 } else { 0 }, width, out);
    }
    out.push(close);
}

fn pretty_map(entries: &[(Value, Value)], column: usize, closing: usize, width: usize, out: &mut String) {
    out.push('{');
    let column = column + 1;
    for (i, (key, value)) in entries.iter().enumerate() {
        if i > 0 {
            new_line(column, out);
        }
        let from = out.len();
        pretty(key, column, 0, width, out);
        let last = out[from..].rsplit('\n').next().unwrap_or_default().chars().count();
        let after = if out[from..].contains('\n') { last } else { column + last };
        out.push(' ');
        pretty(value, after + 1, if i + 1 == entries.len() { closing + 1 } else { 0 }, width, out);
    }
    out.push('}');
}

/// The length of a value's text, where it is at most `room`: nothing longer is looked at.
fn measure(value: &Value, room: usize) -> Option<usize> {
    let all = |parts: &mut dyn Iterator<Item = &Value>, brackets: usize| {
        let mut length = brackets;
        for (i, part) in parts.enumerate() {
            length += usize::from(i > 0) + measure(part, room.checked_sub(length)?)?;
        }
        Some(length)
    };
    let length = match value {
        Value::Vector(items) | Value::List(items) => all(&mut items.iter(), 2)?,
        Value::Set(items) => all(&mut items.iter(), 3)?,
        Value::Map(entries) => all(&mut entries.iter().flat_map(|(key, value)| [key, value]), 2)?,
        Value::Tagged(tagged) => tagged.0.chars().count() + 2 + measure(&tagged.1, room)?,
        scalar => scalar.to_string().chars().count(),
    };
    (length <= room).then_some(length)
}

fn new_line(column: usize, out: &mut String) {
    out.push('\n');
    out.extend(std::iter::repeat_n(' ', column));
}
