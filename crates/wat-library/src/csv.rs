//! `wat.csv`: rows of cells as RFC 4180 quotes them, by the crate csv; and rows as structs by their header.
//!
//! A cell holds what a bare text spells (`scalar.rs`); an empty one is None where the field is an Option. Lines end at LF,
//! CR or both; lines without anything are passed over.

mod place;

use crate::result::refused;
use crate::scalar;
use csv::{ReaderBuilder, StringRecord, WriterBuilder};
use place::Part;
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
                Ok(true) => all = vector::push(mem, all, row(mem, rows.arg0(), &records.record)?)?,
                Ok(false) => return sum::ok(mem, desc, all.slot()),
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
    delimiter: u8,
    /// The byte at which the row last read begins.
    start: u64,
}

impl<'t> Records<'t> {
    fn of(text: &'t str, separator: u64, line: u64) -> Result<Records<'t>, Fail> {
        let delimiter = delimiter(separator)?;
        let reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .buffer_capacity(text.len().clamp(64, 8192))
            .from_reader(text.as_bytes().chain(MARK));
        let (length, above) = (text.len() as u64, line - 1);
        Ok(Records { reader, record: StringRecord::new(), text, length, above, delimiter, start: 0 })
    }

    /// Reads the next row into `record`; whether there was one.
    fn next(&mut self) -> Result<bool, ReadFault> {
        let read = self.reader.read_record(&mut self.record);
        let from = self.record.position().map_or(self.length, csv::Position::byte);
        // The crate counts from where the last row ended: the LF of its CRLF and lines without anything come first.
        let empty = self.text.bytes().skip(from as usize).take_while(|b| b"\r\n".contains(b)).count();
        self.start = from + empty as u64;
        let malformed = |found: String, part| self.fault("malformed", Vec::new(), "CSV", found, part);
        match read {
            Err(error) => Err(malformed(error.to_string(), Part::Cell(0))),
            Ok(false) => Ok(false),
            Ok(true) if self.start >= self.length => Ok(false),
            Ok(true) if self.reader.position().byte() > self.length + 1 => {
                Err(malformed("a quote without an end".to_string(), Part::OpenQuote))
            }
            Ok(true) => Ok(true),
        }
    }

    /// What is wrong with a part of the row last read.
    fn fault(
        &self,
        kind: &'static str,
        at: Vec<String>,
        expected: impl Into<String>,
        found: impl Into<String>,
        part: Part,
    ) -> ReadFault {
        let place = place::of(self.text.as_bytes(), self.start as usize, self.delimiter, part);
        let (line, column) = (place.line + self.above, place.column);
        let (expected, found) = (expected.into(), found.into());
        ReadFault { kind, at, expected, found, line, column, offset: 0, unfinished: false }
    }
}

/// A `(Vector String)`.
fn row(mem: Mem, desc: DescRef, record: &StringRecord) -> Result<u64, Fail> {
    let mut cells = vector::with_capacity(mem, desc, record.len())?;
    for cell in record {
        cells = vector::push(mem, cells, text::make_string(mem, cell)?)?;
    }
    Ok(cells.slot())
}

/// Rows that are read at once, a reader being dear to make; fewer where they are long.
const ROWS: usize = 256;
const ROWS_BYTES: u64 = 64 << 10;

/// The rows from a byte of the text on, at least one where there is one, with the byte and the line behind them:
/// `(Option (Tuple (Vector (Result (Vector String) ReadError)) i64 i64))`.
fn next(mem: Mem, string: &str, separator: u64, from: u64, line: u64, desc: DescRef) -> Result<u64, Fail> {
    if from as usize >= string.len() {
        return sum::option(mem, desc, None);
    }
    // From the end of the row before, which is read as a line without anything: at the very beginning of what it reads,
    // the crate takes U+FEFF for a byte-order mark.
    let begin = from.saturating_sub(1);
    let rest = string.get(begin as usize..).unwrap_or_default();
    let line = line - u64::from(from > 0 && rest.starts_with('\n'));
    let mut records = Records::of(rest, separator, line)?;
    let tuple = sum::payload(desc);
    let list = tuple.variant(0).field(0);
    let result = list.arg0();
    let mut rows = vector::with_capacity(mem, list, 0)?;
    let mut behind = 0;
    while behind < records.length && behind < ROWS_BYTES && vector::count(rows) < ROWS {
        let value = match records.next() {
            Ok(false) => {
                behind = records.length;
                break;
            }
            Ok(true) => {
                behind = records.reader.position().byte().min(records.length);
                sum::ok(mem, result, row(mem, sum::payload(result), &records.record)?)?
            }
            Err(fault) => {
                behind = records.length;
                refused(mem, result, &fault)?
            }
        };
        rows = vector::push(mem, rows, value)?;
    }
    if vector::count(rows) == 0 {
        mem.drop(rows.slot());
        return sum::option(mem, desc, None);
    }
    let below = records.reader.position().line() + line - 1;
    let found = sum::tuple(mem, tuple, &[rows.slot(), begin + behind, below])?;
    sum::option(mem, desc, Some(found))
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
    if !records.next()? {
        records.start = 0;
        let expected = format!("the header {names}");
        return Err(records.fault("missing-key", Vec::new(), expected, "nothing", Part::Cell(0)));
    }
    let mut columns = Vec::new();
    for (i, name) in records.record.iter().enumerate() {
        let field = fields.find(name, columns.len());
        let fault = |kind, expected: String| {
            records.fault(kind, Vec::new(), expected, format!("the column {name}"), Part::Cell(i))
        };
        if field.is_none() && !skip_unknown {
            return Err(fault("unknown-key", format!("columns of {names}")));
        }
        if field.is_some() && columns.contains(&field) {
            return Err(fault("duplicate-key", "each column once".to_string()));
        }
        columns.push(field);
    }
    for i in 0..fields.len() {
        if !columns.contains(&Some(i)) && !inner(fields.field(i)).1 {
            let expected = format!("the column {}", fields.field_name(i));
            return Err(records.fault(
                "missing-key",
                Vec::new(),
                expected,
                "none",
                Part::Cell(columns.len()),
            ));
        }
    }
    let mut at = 0;
    while records.next()? {
        if records.record.len() != columns.len() {
            let (expected, found) = (columns.len(), records.record.len());
            let (at, part) = (vec![at.to_string()], Part::Cell(expected.min(found)));
            return Err(records.fault(
                "wrong-length",
                at,
                format!("{expected} cells"),
                found.to_string(),
                part,
            ));
        }
        out.extend_from_slice(b" {");
        for i in 0..fields.len() {
            out.extend_from_slice(format!(" :{} ", fields.field_name(i)).as_bytes());
            let (desc, optional) = inner(fields.field(i));
            let column = columns.iter().position(|c| *c == Some(i)).unwrap_or(columns.len());
            match records.record.get(column) {
                None => out.extend_from_slice(b"nil"),
                Some("") if optional => out.extend_from_slice(b"nil"),
                Some(cell) => scalar::read(desc, cell, &mut out).map_err(|kind| {
                    let path = vec![at.to_string(), format!(":{}", fields.field_name(i))];
                    records.fault(kind, path, scalar::expected(desc), format!("{cell:?}"), Part::Cell(column))
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
