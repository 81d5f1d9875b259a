//! Values into EDN text. The layout of literals is wat-edn's; which tags stand where is the language's: a struct
//! `#user/Point {:x 1.0}`, a variant `#user.Shape/Circle {…}` or `#user.Shape/Unit nil`, `Some x` as x unless x's
//! type itself admits nil, `#wat.core/Ok x`, a tuple `[a b]`.
//!
//! A stack of frames takes the place of recursion, and nesting is limited as every reader limits it.

use super::plan::{self, Plan};
use crate::desc::DescRef;
use crate::fail::Fail;
use crate::heap::Mem;
use crate::number;
use crate::object::Obj;
use crate::sum::{OK, SOME};
use crate::text;
use crate::value::cursor::Cursor;
use crate::value::{resolve, tag_of};
use num_bigint::BigInt;
use wat_abi::desc::Kind;
use wat_edn::number::{MAX_DIGITS, fits};
use wat_edn::{Instant, Limits, write};

/// A value that no reader would take back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// More than so many levels.
    Depth(usize),
    /// More than so many bytes.
    Bytes(usize),
    /// A number of more than [`MAX_DIGITS`], or as far from one.
    Digits,
}

impl std::fmt::Display for Limit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Limit::Depth(depth) => write!(f, "the value is nested deeper than {depth} levels"),
            Limit::Bytes(bytes) => write!(f, "the value is larger than {bytes} bytes"),
            Limit::Digits => write!(f, "a number has more than {MAX_DIGITS} digits"),
        }
    }
}

impl From<Limit> for Fail {
    fn from(limit: Limit) -> Fail {
        Fail::new("limit", limit.to_string())
    }
}

/// Appends a value's EDN text; the caller keeps the value. On an error `out` holds a part of it.
pub fn encode(slot: u64, desc: DescRef, out: &mut Vec<u8>) -> Result<(), Limit> {
    encode_within(slot, desc, out, Limits { bytes: usize::MAX, ..Limits::DEFAULT })
}

/// [`encode`] within limits of one's own.
pub fn encode_within(slot: u64, desc: DescRef, out: &mut Vec<u8>, limits: Limits) -> Result<(), Limit> {
    let start = out.len();
    let mut encoder = Encoder { out, limits, depth: 0, frames: Vec::new() };
    let (mut slot, mut desc) = (slot, desc);
    loop {
        encoder.value(slot, desc)?;
        if encoder.out.len() - start > limits.bytes {
            return Err(Limit::Bytes(limits.bytes));
        }
        match encoder.next() {
            Some(part) => (slot, desc) = part,
            None if encoder.out.len() - start > limits.bytes => return Err(Limit::Bytes(limits.bytes)),
            None => return Ok(()),
        }
    }
}

/// Appends the text of `(str v)`: Strings and chars bare, anything else as EDN.
pub fn show(slot: u64, desc: DescRef, out: &mut Vec<u8>, limits: Limits) -> Result<(), Limit> {
    let (slot, desc) = resolve(slot, desc);
    match desc.kind() {
        Kind::Str => out.extend_from_slice(text::bytes(slot)),
        Kind::Char => out.extend_from_slice(scalar(slot).encode_utf8(&mut [0; 4]).as_bytes()),
        _ => encode_within(slot, desc, out, limits)?,
    }
    Ok(())
}

/// `(str v)` as a String.
pub fn show_text(mem: Mem, slot: u64, desc: DescRef) -> Result<u64, Fail> {
    let mut out = Vec::new();
    show(slot, desc, &mut out, mem.room())?;
    make_text(mem, out)
}

/// A value's EDN text as a String.
pub fn text_of(mem: Mem, slot: u64, desc: DescRef) -> Result<u64, Fail> {
    let mut out = Vec::new();
    encode_within(slot, desc, &mut out, mem.room())?;
    make_text(mem, out)
}

fn make_text(mem: Mem, out: Vec<u8>) -> Result<u64, Fail> {
    text::make_string(mem, &String::from_utf8(out).expect("the encoder writes UTF-8"))
}

struct Encoder<'a> {
    out: &'a mut Vec<u8>,
    limits: Limits,
    /// Collections and tags that are open.
    depth: usize,
    frames: Vec<Frame>,
}

/// A compound whose parts are being written.
struct Frame {
    parts: Cursor,
    form: Form,
    written: usize,
    /// Levels to leave at its end.
    levels: usize,
    close: &'static [u8],
}

#[derive(Clone, Copy)]
enum Form {
    /// Parts behind their names.
    Fields(&'static Plan),
    Items,
}

fn scalar(slot: u64) -> char {
    char::from_u32(slot as u32).expect("a char slot holds a scalar value")
}

/// Every reader of ours refuses a longer number, so it is not written.
pub fn exact(digits: &BigInt, scale: i64) -> Result<(), Limit> {
    if fits(digits, scale) { Ok(()) } else { Err(Limit::Digits) }
}

impl Encoder<'_> {
    /// Writes a scalar, or the opening of a compound.
    #[inline]
    fn value(&mut self, slot: u64, desc: DescRef) -> Result<(), Limit> {
        let (mut slot, mut desc) = resolve(slot, desc);
        if desc.kind() == Kind::Option {
            loop {
                if tag_of(slot, desc) != usize::from(SOME) {
                    self.out.extend_from_slice(b"nil");
                    return Ok(());
                }
                let inner = desc.variant(usize::from(SOME)).field(0);
                if inner.admits_nil() {
                    self.tag("wat.core/Some")?;
                    self.frames.push(Frame::of(slot, desc, Form::Items, 1, b""));
                    return Ok(());
                }
                (slot, desc) = resolve(Obj::of(slot).get(0), inner);
                if desc.kind() != Kind::Option {
                    break;
                }
            }
        }
        let out = &mut *self.out;
        match desc.kind() {
            Kind::Nil => out.extend_from_slice(b"nil"),
            Kind::Bool => out.extend_from_slice(if slot != 0 { b"true" } else { b"false" }),
            Kind::I64 => write::int(out, slot as i64),
            Kind::F64 => write::float(out, f64::from_bits(slot)),
            Kind::Char => write::character(out, scalar(slot)),
            Kind::Keyword => write::keyword(out, text::str(slot)),
            Kind::Symbol => write::symbol(out, text::str(slot)),
            Kind::Str => write::string(out, text::str(slot)),
            Kind::BigInt => {
                let digits = number::bigint(Obj::of(slot));
                exact(&digits, 0)?;
                write::bigint(out, &digits);
            }
            Kind::Decimal => {
                let (digits, scale) = number::decimal(Obj::of(slot));
                exact(&digits, scale)?;
                write::decimal_parts(out, &digits.to_str_radix(10), scale);
            }
            Kind::Bytes | Kind::Instant | Kind::Duration | Kind::Uuid => {
                self.room(1)?;
                self.tagged_scalar(slot, desc.kind());
            }
            Kind::Vector => self.open(slot, desc, b"[", b"]")?,
            Kind::Tuple => self.open(slot, desc, b"[", b"]")?,
            Kind::List => self.open(slot, desc, b"(", b")")?,
            Kind::Map => self.open(slot, desc, b"{", b"}")?,
            Kind::Set => self.open(slot, desc, b"#{", b"}")?,
            Kind::Struct => self.fields(slot, desc, plan::of(desc, 0))?,
            Kind::Enum => self.variant(slot, desc)?,
            Kind::Result => {
                let ok = tag_of(slot, desc) == usize::from(OK);
                self.tag(if ok { "wat.core/Ok" } else { "wat.core/Err" })?;
                self.frames.push(Frame::of(slot, desc, Form::Items, 1, b""));
            }
            Kind::Tagged => {
                self.tag(text::str(Obj::of(slot).get(0)))?;
                let mut frame = Frame::of(slot, desc, Form::Items, 1, b"");
                frame.parts.next();
                self.frames.push(frame);
            }
            // Not wire types: only `str` meets them, in a message for a person.
            Kind::Closure
            | Kind::Program
            | Kind::Seq
            | Kind::Peer
            | Kind::Sender
            | Kind::Receiver
            | Kind::Resource => {
                self.tag("wat/opaque")?;
                self.depth -= 1;
                write::string(self.out, desc.name());
            }
            Kind::Edn | Kind::Option | Kind::Box => unreachable!("resolved above"),
        }
        Ok(())
    }

    fn tagged_scalar(&mut self, slot: u64, kind: Kind) {
        match kind {
            Kind::Bytes => write::bytes(self.out, text::bytes(slot)),
            Kind::Instant => write::instant(self.out, Instant::from_nanos(slot as i64)),
            Kind::Duration => write::duration(self.out, slot as i64),
            _ => write::uuid(self.out, number::uuid(Obj::of(slot))),
        }
    }

    fn variant(&mut self, slot: u64, desc: DescRef) -> Result<(), Limit> {
        let plan = plan::of(desc, tag_of(slot, desc));
        if plan.fields.is_empty() {
            self.room(1)?;
            self.out.extend_from_slice(&plan.open);
            return Ok(());
        }
        self.fields(slot, desc, plan)
    }

    /// A tag and the map behind it.
    fn fields(&mut self, slot: u64, desc: DescRef, plan: &'static Plan) -> Result<(), Limit> {
        self.room(2)?;
        self.depth += 2;
        self.out.extend_from_slice(&plan.open);
        self.frames.push(Frame::of(slot, desc, Form::Fields(plan), 2, b"}"));
        Ok(())
    }

    fn open(&mut self, slot: u64, desc: DescRef, open: &[u8], close: &'static [u8]) -> Result<(), Limit> {
        self.room(1)?;
        self.depth += 1;
        self.out.extend_from_slice(open);
        self.frames.push(Frame::of(slot, desc, Form::Items, 1, close));
        Ok(())
    }

    fn tag(&mut self, name: &str) -> Result<(), Limit> {
        self.room(1)?;
        self.depth += 1;
        write::tag(self.out, name);
        Ok(())
    }

    fn room(&self, levels: usize) -> Result<(), Limit> {
        if self.depth + levels > self.limits.depth { Err(Limit::Depth(self.limits.depth)) } else { Ok(()) }
    }

    /// The next part to write, after what stands between it and the last one; nothing at the end.
    #[inline]
    fn next(&mut self) -> Option<(u64, DescRef)> {
        loop {
            let frame = self.frames.last_mut()?;
            if let Some(part) = frame.parts.next() {
                match frame.form {
                    Form::Fields(plan) => self.out.extend_from_slice(&plan.leads[frame.written]),
                    Form::Items if frame.written > 0 => self.out.push(b' '),
                    Form::Items => {}
                }
                frame.written += 1;
                return Some(part);
            }
            self.out.extend_from_slice(frame.close);
            self.depth -= frame.levels;
            self.frames.pop();
        }
    }
}

impl Frame {
    fn of(slot: u64, desc: DescRef, form: Form, levels: usize, close: &'static [u8]) -> Frame {
        Frame { parts: Cursor::of(slot, desc), form, written: 0, levels, close }
    }
}
