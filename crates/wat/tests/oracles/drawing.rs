//! A notation for data that says what kind each part is, in which what two readers found can be compared as text: `i5`
//! an integer, `n5` a BigInt, `f…` the bits of an f64, `d30/2` a Decimal and its scale, `s…` `k…` `y…` a string, keyword and
//! symbol as the hexadecimal digits of their UTF-8, `c…` a char's number, `@…` an instant's nanoseconds from 1970, `u…` a
//! uuid; `( )` `[ ]` `{ }` `#{ }` as EDN, what has no order sorted by its text; `#… x` a tagged value.
//!
//! The foreign readers write it too: see `tests/oracles/reader.*`.

use wat_edn::Value;

/// What a reader cannot tell apart.
#[derive(Debug, Clone, Copy, Default)]
pub struct Eyes {
    /// A BigInt is an integer.
    pub one_integer: bool,
    /// Integers and Decimals are f64.
    pub only_floats: bool,
    /// An instant and a uuid are tagged strings.
    pub plain_tags: bool,
    /// An instant is cut to so many nanoseconds.
    pub tick: i128,
}

pub fn hexed(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

pub fn float(x: f64) -> String {
    if x.is_nan() { "fnan".to_string() } else { format!("f{:016x}", x.to_bits()) }
}

/// The elements in an order that their texts give.
pub fn unordered(open: &str, parts: impl Iterator<Item = String>) -> String {
    let mut parts: Vec<String> = parts.collect();
    parts.sort();
    format!("{open}{}}}", parts.join(" "))
}

pub fn joined(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(" ")
}

/// What wat's own reader found, as a reader with such eyes sees it.
pub fn drawn(value: &Value, eyes: Eyes) -> String {
    let each = |items: &[Value]| joined(items.iter().map(|item| drawn(item, eyes)));
    match value {
        Value::Nil => "nil".to_string(),
        Value::Bool(b) => b.to_string(),
        Value::Int(n) if eyes.only_floats => float(*n as f64),
        Value::Int(n) => format!("i{n}"),
        Value::BigInt(n) if eyes.one_integer => format!("i{n}"),
        Value::BigInt(n) => format!("n{n}"),
        Value::Float(x) => float(*x),
        Value::Decimal(_) if eyes.only_floats => {
            let text = value.to_string();
            float(text.trim_end_matches('M').parse().expect("a Decimal is written as a number"))
        }
        Value::Decimal(d) => {
            let (digits, scale) = d.as_bigint_and_exponent();
            format!("d{digits}/{scale}")
        }
        Value::Str(text) => format!("s{}", hexed(text)),
        Value::Char(c) => format!("c{:x}", u32::from(*c)),
        Value::Keyword(name) => format!("k{}", hexed(name)),
        Value::Symbol(name) => format!("y{}", hexed(name)),
        Value::List(items) => format!("({})", each(items)),
        Value::Vector(items) => format!("[{}]", each(items)),
        Value::Set(items) => unordered("#{", items.iter().map(|item| drawn(item, eyes))),
        Value::Map(entries) => {
            let entry = |(key, item): &(Value, Value)| format!("{} {}", drawn(key, eyes), drawn(item, eyes));
            unordered("{", entries.iter().map(entry))
        }
        Value::Tagged(tagged) => format!("#{} {}", hexed(&tagged.0), drawn(&tagged.1, eyes)),
        Value::Inst(_) | Value::Uuid(_) if eyes.plain_tags => plain(&value.to_string()),
        Value::Inst(instant) => {
            let nanos = i128::from(instant.seconds()) * 1_000_000_000 + i128::from(instant.subsec_nanos());
            let tick = eyes.tick.max(1);
            format!("@{}", nanos.div_euclid(tick) * tick)
        }
        Value::Uuid(id) => format!("u{id:032x}"),
    }
}

/// `#tag "text"` as a tagged string.
fn plain(text: &str) -> String {
    let (tag, quoted) = text.split_once(' ').expect("a tag and a string");
    format!("#{} s{}", hexed(&tag[1..]), hexed(quoted.trim_matches('"')))
}
