//! `wat.csv`: rows of cells as RFC 4180 quotes them, by the crate csv; and rows as structs by their header.
//!
//! A cell holds what a bare text spells (`scalar.rs`); an empty one is None where the field is an Option. Lines end at LF,
//! CR or both; lines without anything are passed over.

use crate::result::refused;
use crate::scalar;
use csv::{ReaderBuilder, StringRecord, WriterBuilder};
use std::io::Read;
use wat_abi::desc::Kind;
use wat_runtime::codec::{self, ReadFault};
use wat_runtime::desc::{DescRef, VariantRef};
use wat_runtime::fail::Fail;
use wat_runtime::heap::Mem;
use wat_runtime::object::Obj;
use wat_runtime::value::cursor::Cursor;
use wat_runtime::{sum, text, value_rows, vector};

value_rows! {
    csv_read(mem, string, delimiter, result) => {
        let desc = DescRef(result as u32);
        let rows = sum::payload(desc);
        let mut records = Records::of(text::str(string), delimiter, 1)?;
        let mut all = vector::with_capacity(mem, rows, 0)?;
        loop {
            match records.next() {
                Ok(Some(_)) => all = vector::push(mem, all, row(mem, rows.arg0(), &records.record)?)?,
                Ok(None) => return sum::ok(mem, desc, all.slot()),
                Err(fault) => {
                    mem.drop(all.slot());
                    return refused(mem, desc, &fault);
                }
            }
        }
    };
    csv_next(mem, string, delimiter, from, line, result) => {
        next(mem, text::str(string), delimiter, from, line, DescRef(result as u32))
    };
    csv_decode(mem, string, delimiter, skip, result) => {
        let desc = DescRef(result as u32);
        let list = sum::payload(desc);
        match edn(text::str(string), delimiter, skip != 0, list.arg0())? {
            Ok(edn) => match codec::decode(mem, list, &edn)? {
                Ok(value) => sum::ok(mem, desc, value),
                Err(fault) => refused(mem, desc, &fault),
            },
            Err(fault) => refused(mem, desc, &fault),
        }
    };
    csv_text(mem, rows, delimiter) => {
        let cells = vector::iter(Obj::of(rows)).map(|row| {
            Ok(vector::iter(Obj::of(row)).map(|cell| text::bytes(cell).to_vec()).collect())
        });
        write(mem, delimiter, cells)
    };
    csv_encode(mem, rows, delimiter, ty) => encode(mem, Obj::of(rows), delimiter, DescRef(ty as u32));
}

fn delimiter(scalar: u64) -> Result<u8, Fail> {
    match u8::try_from(scalar) {
        Ok(byte) if byte.is_ascii() && !b"\"\r\n".contains(&byte) => Ok(byte),
        _ => Err(Fail::new(
            "invalid",
            "a delimiter is an ASCII character other than a quote or an end of line",
        )),
    }
}

/// What stands behind a text as it is read: an end of line and a cell. It is read as a row of its own unless a quote of
/// the text is open.
const MARK: &[u8] = b"\nX";

/// The rows of a text.
struct Records<'t> {
    reader: csv::Reader<std::io::Chain<&'t [u8], &'static [u8]>>,
    record: StringRecord,
    text: &'t str,
    length: u64,
    /// The line of the text's first byte, less one.
    above: u64,
}

impl<'t> Records<'t> {
    fn of(text: &'t str, separator: u64, line: u64) -> Result<Records<'t>, Fail> {
        let reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter(separator)?)
            .buffer_capacity(text.len().clamp(64, 8192))
            .from_reader(text.as_bytes().chain(MARK));
        Ok(Records { reader, record: StringRecord::new(), text, length: text.len() as u64, above: line - 1 })
    }

    /// Reads the next row into `record`: its line; None at the end.
    fn next(&mut self) -> Result<Option<u64>, ReadFault> {
        let begun = self.reader.position().line();
        let read = self.reader.read_record(&mut self.record);
        let (start, line) = match self.record.position() {
            Some(at) => (at.byte(), at.line()),
            None => (self.length, begun),
        };
        // The crate counts from where the last row ended: lines without anything come first.
        let empty = self.text.bytes().skip(start as usize).take_while(|b| b"\r\n".contains(b));
        let line = line + self.above + empty.filter(|&b| b == b'\n').count() as u64;
        match read {
            Err(error) => Err(fault("malformed", Vec::new(), "CSV".to_string(), error.to_string(), line)),
            Ok(false) => Ok(None),
            Ok(true) if start >= self.length => Ok(None),
            Ok(true) if self.reader.position().byte() > self.length + 1 => {
                let found = "a quote without an end".to_string();
                Err(fault("malformed", Vec::new(), "CSV".to_string(), found, line))
            }
            Ok(true) => Ok(Some(line)),
        }
    }
}

fn fault(kind: &'static str, at: Vec<String>, expected: String, found: String, line: u64) -> ReadFault {
    ReadFault { kind, at, expected, found, line, column: 1, offset: 0, unfinished: false }
}

/// A `(Vector String)`.
fn row(mem: Mem, desc: DescRef, record: &StringRecord) -> Result<u64, Fail> {
    let mut cells = vector::with_capacity(mem, desc, record.len())?;
    for cell in record {
        cells = vector::push(mem, cells, text::make_string(mem, cell)?)?;
    }
    Ok(cells.slot())
}

/// The row at a byte of the text, with the byte and the line behind it:
/// `(Option (Tuple (Result (Vector String) ReadError) i64 i64))`.
fn next(mem: Mem, string: &str, separator: u64, from: u64, line: u64, desc: DescRef) -> Result<u64, Fail> {
    let rest = string.get(from as usize..).unwrap_or_default();
    let mut records = Records::of(rest, separator, line)?;
    let (tuple, result) = (sum::payload(desc), sum::payload(desc).variant(0).field(0));
    let (value, behind) = match records.next() {
        Ok(None) => return sum::option(mem, desc, None),
        Ok(Some(_)) => {
            let value = row(mem, sum::payload(result), &records.record)?;
            (sum::ok(mem, result, value)?, from + records.reader.position().byte().min(records.length))
        }
        Err(fault) => (refused(mem, result, &fault)?, from + records.length),
    };
    let below = records.reader.position().line() + line - 1;
    let pair = sum::tuple(mem, tuple, &[value, behind, below])?;
    sum::option(mem, desc, Some(pair))
}

/// The struct type of the rows: a crash where a cell cannot hold a field.
fn fields(desc: DescRef) -> Result<VariantRef, Fail> {
    let no = |what: String| Fail::new("invalid", format!("a row of CSV cannot be {what}"));
    if desc.kind() != Kind::Struct {
        return Err(no(format!("a {}: it must be a struct", desc.describe())));
    }
    let fields = desc.variant(0);
    for i in 0..fields.len() {
        let (inner, _) = inner(fields.field(i));
        if !scalar::is_spelled(inner) {
            let (name, of) = (fields.field_name(i), fields.field(i).describe());
            return Err(no(format!("a {}: no cell holds its field {name}, {of}", desc.describe())));
        }
    }
    Ok(fields)
}

/// What an Option holds, and whether it is one.
fn inner(desc: DescRef) -> (DescRef, bool) {
    if desc.kind() == Kind::Option { (sum::payload(desc), true) } else { (desc, false) }
}

/// The EDN text of a vector of structs.
fn edn(
    string: &str,
    separator: u64,
    skip_unknown: bool,
    desc: DescRef,
) -> Result<Result<Vec<u8>, ReadFault>, Fail> {
    let fields = fields(desc)?;
    let mut records = Records::of(string, separator, 1)?;
    Ok(structs(&mut records, fields, skip_unknown))
}

fn structs(records: &mut Records<'_>, fields: VariantRef, skip_unknown: bool) -> Result<Vec<u8>, ReadFault> {
    let mut out = b"[".to_vec();
    let names = (0..fields.len()).map(|i| fields.field_name(i)).collect::<Vec<_>>().join(",");
    let Some(line) = records.next()? else {
        let found = "nothing".to_string();
        return Err(fault("missing-key", Vec::new(), format!("the header {names}"), found, 1));
    };
    let mut columns = Vec::new();
    for name in &records.record {
        let field = fields.find(name, columns.len());
        if field.is_none() && !skip_unknown {
            let expected = format!("columns of {names}");
            return Err(fault("unknown-key", Vec::new(), expected, format!("the column {name}"), line));
        }
        if field.is_some() && columns.contains(&field) {
            let expected = "each column once".to_string();
            return Err(fault("duplicate-key", Vec::new(), expected, format!("the column {name}"), line));
        }
        columns.push(field);
    }
    for i in 0..fields.len() {
        if !columns.contains(&Some(i)) && !inner(fields.field(i)).1 {
            let expected = format!("the column {}", fields.field_name(i));
            return Err(fault("missing-key", Vec::new(), expected, "none".to_string(), line));
        }
    }
    let mut at = 0;
    while let Some(line) = records.next()? {
        if records.record.len() != columns.len() {
            let (expected, found) = (columns.len(), records.record.len());
            let at = vec![at.to_string()];
            return Err(fault("wrong-length", at, format!("{expected} cells"), found.to_string(), line));
        }
        out.extend_from_slice(b" {");
        for i in 0..fields.len() {
            out.extend_from_slice(format!(" :{} ", fields.field_name(i)).as_bytes());
            let (desc, optional) = inner(fields.field(i));
            let cell = columns.iter().position(|c| *c == Some(i)).and_then(|c| records.record.get(c));
            match cell {
                None => out.extend_from_slice(b"nil"),
                Some("") if optional => out.extend_from_slice(b"nil"),
                Some(cell) => scalar::read(desc, cell, &mut out).map_err(|kind| {
                    let path = vec![at.to_string(), format!(":{}", fields.field_name(i))];
                    fault(kind, path, scalar::expected(desc), format!("{cell:?}"), line)
                })?,
            }
        }
        out.push(b'}');
        at += 1;
    }
    out.push(b']');
    Ok(out)
}

fn write(
    mem: Mem,
    separator: u64,
    rows: impl Iterator<Item = Result<Vec<Vec<u8>>, Fail>>,
) -> Result<u64, Fail> {
    let full = |error: csv::Error| Fail::new("defect", format!("CSV is written to memory: {error}"));
    let mut writer =
        WriterBuilder::new().flexible(true).delimiter(delimiter(separator)?).from_writer(Vec::new());
    for row in rows {
        writer.write_record(&row?).map_err(full)?;
    }
    let out = writer.into_inner().map_err(|error| Fail::new("defect", error.to_string()))?;
    let out = String::from_utf8(out).map_err(|_| Fail::new("defect", "cells are UTF-8"))?;
    text::make_string(mem, &out)
}

/// A header of the fields, then a row for each struct.
fn encode(mem: Mem, rows: Obj, separator: u64, list: DescRef) -> Result<u64, Fail> {
    let desc = list.arg0();
    let fields = fields(desc)?;
    let header = (0..fields.len()).map(|i| fields.field_name(i).as_bytes().to_vec()).collect();
    let body = vector::iter(rows).map(|row| {
        Cursor::of(row, desc)
            .map(|(slot, desc)| {
                let (inner, optional) = inner(desc);
                let mut out = Vec::new();
                match Obj::maybe(slot) {
                    _ if !optional => _ = scalar::show(slot, inner, &mut out)?,
                    Some(some) => _ = scalar::show(some.get(0), inner, &mut out)?,
                    None => {}
                }
                Ok(out)
            })
            .collect()
    });
    write(mem, separator, std::iter::once(Ok(header)).chain(body))
}
