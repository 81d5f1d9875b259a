//! Values as JSON text, compact or over indented lines. A stack of frames takes the place of recursion.

use crate::scalar;
use rustc_hash::FxHashSet;
use std::io;
use struson::writer::{JsonStreamWriter, JsonWriter, WriterSettings};
use wat_abi::desc::Kind;
use wat_runtime::codec::{self, Limit};
use wat_runtime::desc::{DescRef, VariantRef};
use wat_runtime::fail::Fail;
use wat_runtime::object::Obj;
use wat_runtime::text::str;
use wat_runtime::value::cursor::Cursor;
use wat_runtime::value::{resolve, tag_of};

/// The most levels that are written: as many as EDN reads.
const DEEPEST: usize = 256;

pub fn text(slot: u64, desc: DescRef, pretty: bool, bytes: usize) -> Result<String, Fail> {
    let settings = WriterSettings { pretty_print: pretty, ..WriterSettings::default() };
    let mut out = Vec::new();
    let mut printer = Printer {
        json: JsonStreamWriter::new_custom(Bounded { out: &mut out, left: bytes }, settings),
        frames: Vec::new(),
    };
    printer.run(slot, desc)?;
    printer.json.finish_document().map_err(|_| Limit::Bytes(bytes)).map_err(Fail::from)?;
    String::from_utf8(out).map_err(|_| Fail::new("defect", "JSON is written as UTF-8"))
}

/// What the unit has room for.
struct Bounded<'a> {
    out: &'a mut Vec<u8>,
    left: usize,
}

impl io::Write for Bounded<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.left = self.left.checked_sub(bytes.len()).ok_or(io::ErrorKind::FileTooLarge)?;
        self.out.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Printer<'a> {
    json: JsonStreamWriter<Bounded<'a>>,
    frames: Vec<Frame>,
}

/// A compound whose parts are being written.
enum Frame {
    Items(Cursor),
    Fields {
        parts: Cursor,
        fields: VariantRef,
        next: usize,
    },
    /// Keys that are written already, where different keys can be spelled alike.
    Object {
        parts: Cursor,
        written: Option<FxHashSet<Vec<u8>>>,
    },
    /// An array of arrays of a key and a value.
    Pairs(Cursor),
    Pair {
        value: Option<(u64, DescRef)>,
    },
    /// An object with one key, of which the value is written.
    Only,
    /// The same, of which the value is still to come.
    Tagged(Cursor),
}

fn full(_: io::Error) -> Fail {
    Fail::new("limit", "the JSON text is larger than what is left of the unit's memory")
}

impl Printer<'_> {
    fn run(&mut self, slot: u64, desc: DescRef) -> Result<(), Fail> {
        self.value(slot, desc)?;
        while !self.frames.is_empty() {
            if let Some((slot, desc)) = self.next()? {
                self.value(slot, desc)?;
            }
        }
        Ok(())
    }

    fn push(&mut self, frame: Frame) -> Result<(), Fail> {
        if self.frames.len() >= DEEPEST {
            return Err(Limit::Depth(DEEPEST).into());
        }
        self.frames.push(frame);
        Ok(())
    }

    /// Writes a scalar, or opens a compound.
    fn value(&mut self, slot: u64, desc: DescRef) -> Result<(), Fail> {
        let (mut slot, mut desc) = resolve(slot, desc);
        while matches!(desc.kind(), Kind::Option | Kind::Result) {
            let tag = tag_of(slot, desc);
            let Some(object) = Obj::maybe(slot) else { return self.json.null_value().map_err(full) };
            let inner = desc.variant(tag).field(0);
            if desc.kind() == Kind::Result {
                self.only(if tag == 0 { "Ok" } else { "Err" })?;
            } else if inner.admits_nil() && inner.kind() != Kind::Edn {
                self.only("Some")?;
            }
            (slot, desc) = resolve(object.get(0), inner);
        }
        match desc.kind() {
            Kind::Nil => self.json.null_value().map_err(full),
            Kind::Bool => self.json.bool_value(slot != 0).map_err(full),
            Kind::F64 if !f64::from_bits(slot).is_finite() => self.string(slot, desc),
            Kind::I64 | Kind::F64 | Kind::BigInt | Kind::Decimal => {
                let mut out = Vec::new();
                scalar::show(slot, desc, &mut out)?;
                let number = String::from_utf8_lossy(&out);
                self.json
                    .number_value_from_string(&number)
                    .map_err(|error| Fail::new("limit", format!("a number cannot be written: {error}")))
            }
            Kind::Vector | Kind::List | Kind::Set | Kind::Tuple => {
                self.json.begin_array().map_err(full)?;
                self.push(Frame::Items(Cursor::of(slot, desc)))
            }
            Kind::Map if scalar::is_spelled(desc.arg0()) || desc.arg0().kind() == Kind::Edn => {
                self.json.begin_object().map_err(full)?;
                let written = (desc.arg0().kind() == Kind::Edn).then(FxHashSet::default);
                self.push(Frame::Object { parts: Cursor::of(slot, desc), written })
            }
            Kind::Map => {
                self.json.begin_array().map_err(full)?;
                self.push(Frame::Pairs(Cursor::of(slot, desc)))
            }
            Kind::Struct => self.fields(slot, desc),
            Kind::Enum => {
                let variant = desc.variant(tag_of(slot, desc));
                if variant.is_empty() {
                    return self.string(slot, desc);
                }
                self.only(variant.name())?;
                self.fields(slot, desc)
            }
            Kind::Tagged => {
                let object = Obj::of(slot);
                self.json.begin_object().map_err(full)?;
                self.json.name(&format!("#{}", str(object.get(0)))).map_err(full)?;
                let mut parts = Cursor::of(slot, desc);
                parts.next();
                self.push(Frame::Tagged(parts))
            }
            _ => self.string(slot, desc),
        }
    }

    fn string(&mut self, slot: u64, desc: DescRef) -> Result<(), Fail> {
        let mut out = Vec::new();
        if !scalar::show(slot, desc, &mut out)? {
            return Err(Fail::new("malformed-output", format!("JSON has no text for {}", desc.describe())));
        }
        self.json.string_value(&String::from_utf8_lossy(&out)).map_err(full)
    }

    fn fields(&mut self, slot: u64, desc: DescRef) -> Result<(), Fail> {
        let fields = desc.variant(tag_of(slot, desc));
        self.json.begin_object().map_err(full)?;
        self.push(Frame::Fields { parts: Cursor::of(slot, desc), fields, next: 0 })
    }

    fn only(&mut self, name: &str) -> Result<(), Fail> {
        self.json.begin_object().map_err(full)?;
        self.json.name(name).map_err(full)?;
        self.push(Frame::Only)
    }

    /// The next value to write; nothing where a compound ended or began.
    fn next(&mut self) -> Result<Option<(u64, DescRef)>, Fail> {
        let Some(frame) = self.frames.last_mut() else { return Ok(None) };
        match frame {
            Frame::Items(parts) => {
                if let Some(part) = parts.next() {
                    return Ok(Some(part));
                }
                self.json.end_array().map_err(full)?;
            }
            Frame::Fields { parts, fields, next } => {
                for (slot, desc) in parts.by_ref() {
                    let name = fields.field_name(*next);
                    *next += 1;
                    if desc.kind() == Kind::Option && Obj::maybe(slot).is_none() {
                        continue;
                    }
                    self.json.name(name).map_err(full)?;
                    return Ok(Some((slot, desc)));
                }
                self.json.end_object().map_err(full)?;
            }
            Frame::Object { parts, written } => {
                if let (Some((key, key_type)), Some(value)) = (parts.next(), parts.next()) {
                    let mut name = Vec::new();
                    if !scalar::show(key, key_type, &mut name)? {
                        codec::encode(key, key_type, &mut name)?;
                    }
                    let text = String::from_utf8_lossy(&name).into_owned();
                    if written.as_mut().is_some_and(|written| !written.insert(name)) {
                        let message = format!("two keys of a map are both \"{text}\" in JSON");
                        return Err(Fail::new("malformed-output", message));
                    }
                    self.json.name(&text).map_err(full)?;
                    return Ok(Some(value));
                }
                self.json.end_object().map_err(full)?;
            }
            Frame::Pairs(parts) => {
                if let (Some(key), Some(value)) = (parts.next(), parts.next()) {
                    self.json.begin_array().map_err(full)?;
                    self.push(Frame::Pair { value: Some(value) })?;
                    return Ok(Some(key));
                }
                self.json.end_array().map_err(full)?;
            }
            Frame::Pair { value } => {
                if let Some(value) = value.take() {
                    return Ok(Some(value));
                }
                self.json.end_array().map_err(full)?;
            }
            Frame::Only => self.json.end_object().map_err(full)?,
            Frame::Tagged(parts) => {
                if let Some(part) = parts.next() {
                    return Ok(Some(part));
                }
                self.json.end_object().map_err(full)?;
            }
        }
        self.frames.pop();
        Ok(None)
    }
}
