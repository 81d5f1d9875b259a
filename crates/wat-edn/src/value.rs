//! Dynamic EDN, for tools, tests and crash records. The wire's own values never pass through it.

use crate::error::{LexError, ReadError};
use crate::instant::Instant;
use crate::lexer::Lexer;
use crate::limits::Limits;
use crate::{parse, write};
use bigdecimal::BigDecimal;
use num_bigint::BigInt;
use std::collections::hash_map::DefaultHasher;
use std::fmt;
use std::hash::{Hash, Hasher};

/// An EDN value. Maps and sets keep the order of the text; equality ignores it.
///
/// Equality is that of keys: of the same kind, NaN equal to itself, `0.0` to `-0.0`, `1.0M` to `1.00M`.
#[derive(Debug, Clone)]
pub enum Value {
    Nil,
    Bool(bool),
    Int(i64),
    BigInt(Box<BigInt>),
    Float(f64),
    Decimal(Box<BigDecimal>),
    Str(String),
    Char(char),
    /// Without its colon.
    Keyword(String),
    Symbol(String),
    List(Vec<Value>),
    Vector(Vec<Value>),
    Map(Vec<(Value, Value)>),
    Set(Vec<Value>),
    /// A tag without its `#`, and what it tags.
    Tagged(Box<(String, Value)>),
    Inst(Instant),
    Uuid(u128),
}

impl Value {
    /// The one value of `text`, within the default limits.
    pub fn parse(text: &[u8]) -> Result<Value, ReadError> {
        parse::one(text, Limits::DEFAULT)
    }

    pub fn parse_with(text: &[u8], limits: Limits) -> Result<Value, ReadError> {
        parse::one(text, limits)
    }

    /// All the values of `text`, each within `limits`.
    pub fn parse_all(text: &[u8], limits: Limits) -> Result<Vec<Value>, ReadError> {
        parse::all(text, limits)
    }

    /// The next value of `lexer`, or nothing at the end of its text.
    pub fn read(lexer: &mut Lexer<'_>, limits: Limits) -> Result<Option<Value>, LexError> {
        parse::value(lexer, limits)
    }

    pub fn keyword(name: impl Into<String>) -> Value {
        Value::Keyword(name.into())
    }

    pub fn string(text: impl Into<String>) -> Value {
        Value::Str(text.into())
    }

    pub fn tagged(tag: impl Into<String>, value: Value) -> Value {
        Value::Tagged(Box::new((tag.into(), value)))
    }

    /// What a map holds under the keyword `name`.
    pub fn get(&self, name: &str) -> Option<&Value> {
        let Value::Map(entries) = self else { return None };
        entries.iter().find(|(key, _)| matches!(key, Value::Keyword(k) if k == name)).map(|(_, value)| value)
    }

    pub fn as_str(&self) -> Option<&str> {
        if let Value::Str(text) = self { Some(text) } else { None }
    }

    pub fn as_int(&self) -> Option<i64> {
        if let Value::Int(n) = self { Some(*n) } else { None }
    }

    pub fn as_keyword(&self) -> Option<&str> {
        if let Value::Keyword(name) = self { Some(name) } else { None }
    }

    /// Appends the text, without raw newlines.
    pub fn write(&self, out: &mut Vec<u8>) {
        match self {
            Value::Nil => out.extend_from_slice(b"nil"),
            Value::Bool(true) => out.extend_from_slice(b"true"),
            Value::Bool(false) => out.extend_from_slice(b"false"),
            Value::Int(n) => write::int(out, *n),
            Value::BigInt(n) => write::bigint(out, n),
            Value::Float(x) => write::float(out, *x),
            Value::Decimal(d) => write::decimal(out, d),
            Value::Str(text) => write::string(out, text),
            Value::Char(c) => write::character(out, *c),
            Value::Keyword(name) => write::keyword(out, name),
            Value::Symbol(name) => write::symbol(out, name),
            Value::List(items) => sequence(out, "(", items, ")"),
            Value::Vector(items) => sequence(out, "[", items, "]"),
            Value::Set(items) => sequence(out, "#{", items, "}"),
            Value::Map(entries) => {
                out.push(b'{');
                for (i, (key, value)) in entries.iter().enumerate() {
                    if i > 0 {
                        out.push(b' ');
                    }
                    key.write(out);
                    out.push(b' ');
                    value.write(out);
                }
                out.push(b'}');
            }
            Value::Tagged(tagged) => {
                write::tag(out, &tagged.0);
                tagged.1.write(out);
            }
            Value::Inst(instant) => write::instant(out, *instant),
            Value::Uuid(value) => write::uuid(out, *value),
        }
    }

    /// Whether it holds no other values.
    pub(crate) fn is_scalar(&self) -> bool {
        Kind::of(self).is_none()
    }

    /// A number that equal values share. Its parts are computed by [`scalar_hash`] and [`Mix`], which the reader uses
    /// as it goes, so that nested keys are not hashed once a level.
    fn key_hash(&self) -> u64 {
        let Some(kind) = Kind::of(self) else { return scalar_hash(self) };
        let mut mix = Mix::new(kind);
        match self {
            Value::List(items) | Value::Vector(items) | Value::Set(items) => {
                items.iter().for_each(|item| mix.add(item.key_hash()));
            }
            Value::Map(entries) => {
                for (key, value) in entries {
                    mix.add(key.key_hash());
                    mix.add(value.key_hash());
                }
            }
            Value::Tagged(tagged) => {
                mix.add(hash(&tagged.0));
                mix.add(tagged.1.key_hash());
            }
            _ => {}
        }
        mix.finish()
    }
}

fn sequence(out: &mut Vec<u8>, open: &str, items: &[Value], close: &str) {
    out.extend_from_slice(open.as_bytes());
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            out.push(b' ');
        }
        item.write(out);
    }
    out.extend_from_slice(close.as_bytes());
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = Vec::new();
        self.write(&mut out);
        f.write_str(std::str::from_utf8(&out).expect("every literal is written as UTF-8"))
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Value) -> bool {
        match (self, other) {
            (Value::Nil, Value::Nil) => true,
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::Int(a), Value::Int(b)) => a == b,
            (Value::BigInt(a), Value::BigInt(b)) => a == b,
            (Value::Float(a), Value::Float(b)) => a == b || a.is_nan() && b.is_nan(),
            (Value::Decimal(a), Value::Decimal(b)) => plain_decimal(a) == plain_decimal(b),
            (Value::Str(a), Value::Str(b)) => a == b,
            (Value::Char(a), Value::Char(b)) => a == b,
            (Value::Keyword(a), Value::Keyword(b)) | (Value::Symbol(a), Value::Symbol(b)) => a == b,
            (Value::List(a), Value::List(b)) | (Value::Vector(a), Value::Vector(b)) => a == b,
            (Value::Map(a), Value::Map(b)) => same_members(a, b, |entry| entry.0.key_hash()),
            (Value::Set(a), Value::Set(b)) => same_members(a, b, Value::key_hash),
            (Value::Tagged(a), Value::Tagged(b)) => a == b,
            (Value::Inst(a), Value::Inst(b)) => a == b,
            (Value::Uuid(a), Value::Uuid(b)) => a == b,
            _ => false,
        }
    }
}

impl Eq for Value {}

/// Whether two collections without duplicates have the same members, in linear time but for colliding hashes.
fn same_members<T: PartialEq>(a: &[T], b: &[T], hash: impl Fn(&T) -> u64) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut by_hash: std::collections::HashMap<u64, Vec<&T>> = Default::default();
    for item in b {
        by_hash.entry(hash(item)).or_default().push(item);
    }
    a.iter().all(|item| by_hash.get(&hash(item)).is_some_and(|found| found.contains(&item)))
}

/// The collections that hash differently, and what their hash depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    List,
    Vector,
    Map,
    Set,
    Tagged,
}

impl Kind {
    fn of(value: &Value) -> Option<Kind> {
        match value {
            Value::List(_) => Some(Kind::List),
            Value::Vector(_) => Some(Kind::Vector),
            Value::Map(_) => Some(Kind::Map),
            Value::Set(_) => Some(Kind::Set),
            Value::Tagged(_) => Some(Kind::Tagged),
            _ => None,
        }
    }
}

/// The hash of a collection from its members' hashes: in order for sequences, a sum for sets and for entries.
#[derive(Debug)]
pub(crate) struct Mix {
    kind: Kind,
    sum: u64,
    count: u64,
    key: u64,
}

impl Mix {
    pub(crate) fn new(kind: Kind) -> Mix {
        Mix { kind, sum: 0, count: 0, key: 0 }
    }

    pub(crate) fn add(&mut self, member: u64) {
        self.count += 1;
        match self.kind {
            Kind::Set => self.sum = self.sum.wrapping_add(hash(&member)),
            Kind::Map if self.count % 2 == 1 => self.key = member,
            Kind::Map => self.sum = self.sum.wrapping_add(hash(&(self.key, member))),
            Kind::List | Kind::Vector | Kind::Tagged => self.sum = hash(&(self.sum, member)),
        }
    }

    pub(crate) fn finish(&self) -> u64 {
        hash(&(self.kind, self.count, self.sum))
    }
}

/// The hash of a value that is no collection and no tagged value.
pub(crate) fn scalar_hash(value: &Value) -> u64 {
    match value {
        Value::Bool(b) => hash(&(1u8, b)),
        Value::Int(n) => hash(&(2u8, n)),
        Value::BigInt(n) => hash(&(3u8, n)),
        Value::Float(x) if x.is_nan() => hash(&4u8),
        // Adding zero makes -0.0 positive.
        Value::Float(x) => hash(&(5u8, (x + 0.0).to_bits())),
        Value::Decimal(d) => hash(&(6u8, plain_decimal(d))),
        Value::Str(text) => hash(&(7u8, text)),
        Value::Char(c) => hash(&(8u8, c)),
        Value::Keyword(name) => hash(&(9u8, name)),
        Value::Symbol(name) => hash(&(10u8, name)),
        Value::Inst(instant) => hash(&(11u8, instant)),
        Value::Uuid(value) => hash(&(12u8, value)),
        _ => hash(&0u8),
    }
}

/// Digits without zeros at the end, and the scale that remains.
fn plain_decimal(decimal: &BigDecimal) -> (String, i64) {
    let (digits, scale) = decimal.as_bigint_and_exponent();
    let digits = digits.to_str_radix(10);
    let plain = digits.trim_end_matches('0');
    match plain {
        "" | "-" => (String::new(), 0),
        _ => (plain.to_string(), scale - (digits.len() - plain.len()) as i64),
    }
}

pub(crate) fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
