//! The foreign readers of EDN: what each finds in a text, in the notation of `drawing`, and how it prints what it read.

use crate::batch::{fed, has, page};
use crate::drawing::{Eyes, float, hexed, joined, unordered};
use clojure_reader::edn::Edn;
use std::process::Command;
use wat_edn::Value;

#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    Read { seen: String, printed: String },
    Refused(String),
}

pub struct Reader {
    /// The head of its column in the table.
    pub name: &'static str,
    pub eyes: Eyes,
    /// None where the reader is not installed.
    pub ask: fn(&[String]) -> Option<Vec<Answer>>,
}

const EXACT: Eyes = Eyes { one_integer: false, only_floats: false, plain_tags: false, tick: 1 };

pub const READERS: [Reader; 5] = [
    Reader {
        name: "clojure-reader",
        eyes: Eyes { plain_tags: true, ..EXACT },
        ask: |texts| Some(texts.iter().map(|text| clojure_reader(text)).collect()),
    },
    Reader {
        name: "edn-format",
        eyes: EXACT,
        ask: |texts| Some(texts.iter().map(|text| edn_format(text)).collect()),
    },
    Reader {
        name: "edn_format",
        eyes: Eyes { one_integer: true, tick: 1_000, ..EXACT },
        ask: |texts| foreign("edn_format of Python", &mut python(), "reader.py", texts),
    },
    Reader {
        name: "edn-data",
        eyes: Eyes { only_floats: true, tick: 1_000_000, ..EXACT },
        ask: |texts| foreign("edn-data of JavaScript", &mut node(), "reader.js", texts),
    },
    Reader {
        name: "Clojure",
        eyes: EXACT,
        ask: |texts| foreign("Clojure", &mut Command::new("clojure"), "reader.clj", texts),
    },
];

/// The name of a row, and whether a value is so.
pub type Trait = (&'static str, fn(&Value) -> bool);

/// What the corpus can hold that a reader may lack or lose, by the name of its row.
pub const TRAITS: [Trait; 17] = [
    ("an infinite or undefined f64", |v| matches!(v, Value::Float(x) if !x.is_finite())),
    ("minus zero", |v| matches!(v, Value::Float(x) if *x == 0.0 && x.is_sign_negative())),
    ("a whole f64", |v| matches!(v, Value::Float(x) if x.fract() == 0.0)),
    ("an f64 written with an exponent", |v| matches!(v, Value::Float(_)) && v.to_string().contains('e')),
    ("an integer beyond 53 bits", |v| matches!(v, Value::Int(n) if n.unsigned_abs() > 1 << 53)),
    ("a BigInt", |v| matches!(v, Value::BigInt(_))),
    ("a Decimal", |v| matches!(v, Value::Decimal(_))),
    (
        "a Decimal of more than 28 digits",
        |v| matches!(v, Value::Decimal(d) if d.as_bigint_and_exponent().0.magnitude().to_string().len() > 28),
    ),
    ("a Decimal with an exponent", |v| matches!(v, Value::Decimal(_)) && v.to_string().contains('e')),
    ("a control in a string", |v| {
        let is = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
        matches!(v, Value::Str(text) if text.contains(is))
    }),
    ("a control as a char", |v| matches!(v, Value::Char(c) if c.is_control() && !"\n\r\t".contains(*c))),
    ("a char beyond U+FFFF", |v| matches!(v, Value::Char(c) if u32::from(*c) > 0xffff)),
    ("a mark of EDN as a char", |v| matches!(v, Value::Char(c) if "\"()[]{};,".contains(*c))),
    ("a char with a name", |v| matches!(v, Value::Char(c) if " \n\r\t".contains(*c))),
    ("a char beyond ASCII", |v| matches!(v, Value::Char(c) if !c.is_ascii() && !c.is_control())),
    (
        "a fraction of a second below a millisecond",
        |v| matches!(v, Value::Inst(at) if at.subsec_nanos() % 1_000_000 != 0),
    ),
    ("a name with marks", |v| {
        let is = |name: &str| name.contains(|c: char| !c.is_ascii_alphanumeric() && !"-_/.".contains(c));
        matches!(v, Value::Keyword(name) | Value::Symbol(name) if is(name))
    }),
];

/// Python where .ci/run has put the package, else the machine's.
fn python() -> Command {
    let own = page("python/bin/python");
    if own.exists() { Command::new(own) } else { Command::new("python3") }
}

fn node() -> Command {
    Command::new("node")
}

/// Asks one process all texts. `script` tells by its answer to one text whether what it needs is there.
fn foreign(tool: &str, command: &mut Command, script: &str, texts: &[String]) -> Option<Vec<Answer>> {
    let command = command.arg(page(script));
    if !has(tool, command) {
        return None;
    }
    let lines = fed(command, texts);
    assert_eq!(lines.len(), texts.len(), "{tool} answers each text");
    Some(lines.iter().map(|line| answer(line)).collect())
}

fn answer(line: &str) -> Answer {
    let mut fields = line.split('\t').map(unescaped);
    let mut field = || fields.next().unwrap_or_else(|| panic!("too few fields: {line}"));
    match field().as_str() {
        "ok" => Answer::Read { seen: field(), printed: field() },
        _ => Answer::Refused(field()),
    }
}

fn unescaped(field: &str) -> String {
    let mut out = String::new();
    let mut letters = field.chars();
    while let Some(letter) = letters.next() {
        out.push(match letter {
            '\\' => match letters.next() {
                Some('n') => '\n',
                Some('r') => '\r',
                Some('t') => '\t',
                other => other.unwrap_or('\\'),
            },
            other => other,
        });
    }
    out
}

fn clojure_reader(text: &str) -> Answer {
    match clojure_reader::edn::read_string(text) {
        Ok(edn) => Answer::Read { seen: drawn_edn(&edn), printed: edn.to_string() },
        Err(error) => Answer::Refused(error.to_string()),
    }
}

fn drawn_edn(edn: &Edn<'_>) -> String {
    match edn {
        Edn::Nil => "nil".to_string(),
        Edn::Bool(b) => b.to_string(),
        Edn::Int(n) => format!("i{n}"),
        Edn::BigInt(n) => format!("n{n}"),
        Edn::Double(x) => float(x.into_inner()),
        Edn::BigDec(d) => {
            let (digits, scale) = d.as_bigint_and_exponent();
            format!("d{digits}/{scale}")
        }
        Edn::Rational((over, under)) => format!("r{over}/{under}"),
        Edn::Char(c) => format!("c{:x}", u32::from(*c)),
        Edn::Str(text) => format!("s{}", hexed(text)),
        Edn::Key(name) => format!("k{}", hexed(name)),
        Edn::Symbol(name) => format!("y{}", hexed(name)),
        Edn::List(items) => format!("({})", joined(items.iter().map(drawn_edn))),
        Edn::Vector(items) => format!("[{}]", joined(items.iter().map(drawn_edn))),
        Edn::Set(items) => unordered("#{", items.iter().map(drawn_edn)),
        Edn::Map(entries) => {
            let entry = |(key, item): (&Edn<'_>, &Edn<'_>)| format!("{} {}", drawn_edn(key), drawn_edn(item));
            unordered("{", entries.iter().map(entry))
        }
        Edn::Tagged(tag, inner) => format!("#{} {}", hexed(tag), drawn_edn(inner)),
        other => panic!("a kind that this test does not know: {other}"),
    }
}

fn edn_format(text: &str) -> Answer {
    match edn_format::parse_str(text) {
        Ok(value) => Answer::Read { seen: drawn_value(&value), printed: edn_format::emit_str(&value) },
        Err(error) => Answer::Refused(error.to_string()),
    }
}

fn drawn_value(value: &edn_format::Value) -> String {
    use edn_format::Value;
    match value {
        Value::Nil => "nil".to_string(),
        Value::Boolean(b) => b.to_string(),
        Value::Integer(n) => format!("i{n}"),
        Value::BigInt(n) => format!("n{n}"),
        Value::Float(x) => float(x.into_inner()),
        Value::BigDec(d) => {
            let (digits, scale) = d.as_bigint_and_exponent();
            format!("d{digits}/{scale}")
        }
        Value::Character(c) => format!("c{:x}", u32::from(*c)),
        Value::String(text) => format!("s{}", hexed(text)),
        Value::Keyword(name) => format!("k{}", hexed(&name.to_string()[1..])),
        Value::Symbol(name) => format!("y{}", hexed(&name.to_string())),
        Value::List(items) => format!("({})", joined(items.iter().map(drawn_value))),
        Value::Vector(items) => format!("[{}]", joined(items.iter().map(drawn_value))),
        Value::Set(items) => unordered("#{", items.iter().map(drawn_value)),
        Value::Map(entries) => {
            let entry = |(key, item)| format!("{} {}", drawn_value(key), drawn_value(item));
            unordered("{", entries.iter().map(entry))
        }
        Value::Inst(at) => {
            let nanos = i128::from(at.timestamp()) * 1_000_000_000 + i128::from(at.timestamp_subsec_nanos());
            format!("@{nanos}")
        }
        Value::Uuid(id) => format!("u{}", id.to_simple()),
        Value::TaggedElement(tag, inner) => format!("#{} {}", hexed(&tag.to_string()), drawn_value(inner)),
    }
}
