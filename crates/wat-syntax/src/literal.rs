//! The texts of numbers, characters, strings and tagged literals → values. Each function takes a whole token and
//! says what is wrong with it.

use bigdecimal::BigDecimal;
use num_bigint::BigInt;
use wat_source::{Code, Diagnostic, Span};

use crate::form::FormKind;
use crate::name::shortened;

/// Converting digits to a big number takes time that grows with their square.
const MAX_DIGITS: usize = 100_000;
/// A Decimal's exponent lies between this and its negative.
const MAX_EXPONENT: i64 = 1_000_000;

fn bad(title: impl Into<String>, span: Span, label: impl Into<String>) -> Diagnostic {
    Diagnostic::new(Code::BadLiteral, title).label(span, label)
}

/// A token that starts like a number.
pub fn number(text: &str, span: Span) -> Result<FormKind, Diagnostic> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if let Some(digits) = unsigned.strip_prefix("0x").or(unsigned.strip_prefix("0X")) {
        return hexadecimal(text, digits, span);
    }
    let Some(shape) = Shape::of(unsigned) else { return Err(not_a_number(text, unsigned, span)) };
    if shape.digits.len() > 1 && shape.digits.starts_with('0') {
        return Err(leading_zero(text, shape.digits, span));
    }
    if unsigned.len() > MAX_DIGITS {
        return Err(bad("this number is too long", span, format!("more than {MAX_DIGITS} digits")));
    }
    match shape.suffix {
        Suffix::None if shape.is_integer => match text.parse() {
            Ok(value) => Ok(FormKind::Int(value)),
            Err(_) => Err(out_of_range(text, span)),
        },
        Suffix::None => float(text, span),
        Suffix::BigInt => {
            let digits = &text[..text.len() - 1];
            Ok(FormKind::BigInt(digits.parse().expect("a sign and digits are an integer")))
        }
        Suffix::Decimal => decimal(&text[..text.len() - 1], span),
    }
}

/// How the text of a decimal number is put together.
struct Shape<'a> {
    digits: &'a str,
    is_integer: bool,
    suffix: Suffix,
}

#[derive(PartialEq)]
enum Suffix {
    None,
    BigInt,
    Decimal,
}

impl<'a> Shape<'a> {
    /// Digits, perhaps a point and digits, perhaps an exponent, perhaps `N` or `M`; none where it is not so.
    fn of(unsigned: &'a str) -> Option<Shape<'a>> {
        let (digits, mut rest) = leading_digits(unsigned);
        let mut is_integer = true;
        if let Some(fraction) = rest.strip_prefix('.') {
            is_integer = false;
            rest = leading_digits(fraction).1;
            if rest.len() == fraction.len() {
                return None;
            }
        }
        if let Some(exponent) = rest.strip_prefix(['e', 'E']) {
            is_integer = false;
            let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
            rest = leading_digits(exponent).1;
            if rest.len() == exponent.len() {
                return None;
            }
        }
        let suffix = match rest {
            "" => Suffix::None,
            "N" if is_integer => Suffix::BigInt,
            "M" => Suffix::Decimal,
            _ => return None,
        };
        Some(Shape { digits, is_integer, suffix })
    }
}

fn leading_digits(text: &str) -> (&str, &str) {
    let end = text.bytes().position(|b| !b.is_ascii_digit()).unwrap_or(text.len());
    text.split_at(end)
}

fn out_of_range(text: &str, span: Span) -> Diagnostic {
    bad("this integer is out of range", span, "does not fit in an i64")
        .note(format!("an i64 lies between {} and {}", i64::MIN, i64::MAX))
        .suggest("write a BigInt, which has no limit", span, format!("{text}N"))
}

fn hexadecimal(text: &str, digits: &str, span: Span) -> Result<FormKind, Diagnostic> {
    let (digits, big) = match digits.strip_suffix('N') {
        Some(digits) => (digits, true),
        None => (digits, false),
    };
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        let title = format!("`{}` is not a number", shortened(text));
        return Err(bad(title, span, "after `0x` come the digits 0-9 and a-f"));
    }
    if digits.len() > MAX_DIGITS {
        return Err(bad("this number is too long", span, format!("more than {MAX_DIGITS} digits")));
    }
    let sign = if text.starts_with('-') { "-" } else { "" };
    let signed = format!("{sign}{digits}");
    if big {
        let value =
            BigInt::parse_bytes(signed.as_bytes(), 16).expect("a sign and hexadecimal digits are an integer");
        return Ok(FormKind::BigInt(value));
    }
    i64::from_str_radix(&signed, 16).map(FormKind::Int).map_err(|_| out_of_range(text, span))
}

fn float(text: &str, span: Span) -> Result<FormKind, Diagnostic> {
    let value: f64 = text.parse().expect("Rust reads every decimal number");
    if value.is_infinite() {
        return Err(bad("this number is out of range", span, "does not fit in an f64")
            .note(format!("the largest f64 is {}", crate::float_text(f64::MAX)))
            .help("infinity is written `##Inf`"));
    }
    let mantissa = text.split(['e', 'E']).next().expect("splitting gives at least one piece");
    if value == 0.0 && mantissa.bytes().any(|b| matches!(b, b'1'..=b'9')) {
        return Err(bad("this number is out of range", span, "too close to zero for an f64"));
    }
    Ok(FormKind::Float(value))
}

fn decimal(text: &str, span: Span) -> Result<FormKind, Diagnostic> {
    let exponent = text.find(['e', 'E']).map_or(Some(0), |at| text[at + 1..].parse::<i64>().ok());
    match exponent {
        Some(exponent) if exponent.abs() <= MAX_EXPONENT => {
            let value: BigDecimal = text.parse().expect("digits with point and exponent are a Decimal");
            Ok(FormKind::Decimal(value))
        }
        _ => {
            Err(bad("this number is out of range", span, "the exponent of a Decimal has at most six digits"))
        }
    }
}

fn leading_zero(text: &str, digits: &str, span: Span) -> Diagnostic {
    let found = bad(
        format!("`{}` starts with a zero", shortened(text)),
        span,
        "octal and padded numbers are not numbers here",
    );
    if text.bytes().all(|b| b.is_ascii_digit()) {
        let plain = digits.trim_start_matches('0');
        let plain = if plain.is_empty() { "0" } else { plain };
        found.suggest(format!("write `{plain}`"), span, plain)
    } else {
        found
    }
}

fn not_a_number(text: &str, unsigned: &str, span: Span) -> Diagnostic {
    let title = format!("`{}` is not a number", shortened(text));
    let rest = unsigned.trim_start_matches(|c: char| c.is_ascii_digit());
    if let Some(below) = rest.strip_prefix('/')
        && below.bytes().all(|b| b.is_ascii_digit())
    {
        return bad(title, span, "there are no ratios")
            .help("divide with `(/ a b)`, or write a decimal number");
    }
    if unsigned.contains('_') && Shape::of(&unsigned.replace('_', "")).is_some() {
        let plain = text.replace('_', "");
        return bad(title, span, "digits are not grouped").suggest(format!("write `{plain}`"), span, plain);
    }
    if rest == "." || rest == ".M" {
        let fixed = text.replacen('.', ".0", 1);
        return bad(title, span, "a digit is needed after the point").suggest(
            format!("write `{fixed}`"),
            span,
            fixed,
        );
    }
    if rest.ends_with('N') && Shape::of(&unsigned[..unsigned.len() - 1]).is_some() {
        return bad(title, span, "`N` makes a BigInt, which is an integer; a Decimal ends with `M`");
    }
    bad(title, span, "names do not start with a digit, and numbers hold nothing else")
}

/// `##Inf`, `##-Inf`, `##NaN`.
pub fn symbolic(text: &str, span: Span) -> Result<FormKind, Diagnostic> {
    match text {
        "##Inf" => Ok(FormKind::Float(f64::INFINITY)),
        "##-Inf" => Ok(FormKind::Float(f64::NEG_INFINITY)),
        "##NaN" => Ok(FormKind::Float(f64::NAN)),
        _ => Err(bad(
            format!("`{}` is not a number", shortened(text)),
            span,
            "only `##Inf`, `##-Inf` and `##NaN` start with `##`",
        )),
    }
}

/// Names of characters, for reading and writing.
pub const CHAR_NAMES: [(&str, char); 6] = [
    ("newline", '\n'),
    ("space", ' '),
    ("tab", '\t'),
    ("return", '\r'),
    ("backspace", '\u{8}'),
    ("formfeed", '\u{c}'),
];

/// A character token, backslash included.
pub fn character(text: &str, span: Span) -> Result<FormKind, Diagnostic> {
    let name = &text[1..];
    let mut chars = name.chars();
    if let (Some(only), None) = (chars.next(), chars.next()) {
        return Ok(FormKind::Char(only));
    }
    if let Some((_, c)) = CHAR_NAMES.iter().find(|(known, _)| *known == name) {
        return Ok(FormKind::Char(*c));
    }
    if let Some(digits) = name.strip_prefix('u')
        && digits.len() >= 4
        && let Some(unit) = hex4(digits)
    {
        if digits.len() == 4 {
            return char::from_u32(u32::from(unit)).map(FormKind::Char).ok_or_else(|| {
                Diagnostic::new(Code::BadEscape, format!("`{text}` is not a character"))
                    .label(span, "half of a surrogate pair")
                    .help("write the character itself after the backslash")
            });
        }
        return Err(Diagnostic::new(Code::BadEscape, format!("`{}` is not a character", shortened(text)))
            .label(span, "`\\u` takes four hexadecimal digits"));
    }
    let found = bad(format!("`{}` is not a character", shortened(text)), span, "no character has this name");
    let names = CHAR_NAMES.iter().map(|(name, _)| *name);
    Err(match wat_source::suggest(name, names) {
        Some(near) => found.suggest(format!("did you mean `\\{near}`?"), span, format!("\\{near}")),
        None => found.note("characters are `\\a`, `\\newline`, `\\space`, `\\tab`, `\\return` and `\\u0041`"),
    })
}

fn hex4(text: &str) -> Option<u16> {
    let digits = text.get(..4)?;
    if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    u16::from_str_radix(digits, 16).ok()
}

/// The text between the quotes of a string. A bad escape is reported and left out.
pub fn string(inner: &str, start: Span, report: &mut dyn FnMut(Diagnostic)) -> String {
    let mut out = String::with_capacity(inner.len());
    let (mut at, mut told) = (0, false);
    while let Some(n) = memchr::memchr(b'\\', &inner.as_bytes()[at..]) {
        out.push_str(&inner[at..at + n]);
        at += n;
        match escape(&inner[at..]) {
            Ok((c, len)) => {
                out.push(c);
                at += len;
            }
            Err((label, len)) => {
                let from = start.start + 1 + at as u32;
                let span = Span::new(start.file, from, from + len as u32);
                let title = format!("`{}` is not an escape", inner[at..at + len].escape_debug());
                let title = title.replace("\\\\", "\\");
                let diagnostic = Diagnostic::new(Code::BadEscape, title)
                    .label(span, label)
                    .note("escapes are `\\\"` `\\\\` `\\n` `\\r` `\\t` `\\b` `\\f` and `\\u0041`");
                // Whoever writes a path or a pattern has written all its backslashes so.
                if label != NO_ESCAPE {
                    report(diagnostic);
                } else if !told {
                    let backslash = Span::new(start.file, from, from);
                    report(diagnostic.suggest("a backslash of the text is written twice", backslash, "\\"));
                    told = true;
                }
                at += len;
            }
        }
    }
    out.push_str(&inner[at..]);
    out
}

const NO_ESCAPE: &str = "strings have no such escape";

/// The character and length of the escape at the start of `text`, or what is wrong with how much of it.
fn escape(text: &str) -> Result<(char, usize), (&'static str, usize)> {
    let Some(letter) = text[1..].chars().next() else { return Err(("nothing follows the backslash", 1)) };
    let c = match letter {
        '"' | '\\' => letter,
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'b' => '\u{8}',
        'f' => '\u{c}',
        'u' => return unicode(text),
        _ => return Err((NO_ESCAPE, 1 + letter.len_utf8())),
    };
    Ok((c, 2))
}

fn unicode(text: &str) -> Result<(char, usize), (&'static str, usize)> {
    let Some(unit) = hex4(&text[2..]) else {
        let digits = text[2..].bytes().take(4).take_while(u8::is_ascii_hexdigit).count();
        return Err(("`\\u` takes four hexadecimal digits", 2 + digits));
    };
    let second = text[6..].strip_prefix("\\u").and_then(hex4);
    if let (0xd800..=0xdbff, Some(low @ 0xdc00..=0xdfff)) = (unit, second) {
        let both = char::decode_utf16([unit, low]).next().and_then(Result::ok);
        return Ok((both.expect("a high and a low surrogate are a character"), 12));
    }
    match char::from_u32(u32::from(unit)) {
        Some(c) => Ok((c, 6)),
        None => Err(("half of a surrogate pair", 6)),
    }
}

/// The text of `#inst`: `2024-02-29` or `2024-02-29T12:30:00.5Z`, also with an offset like `+02:00`.
pub fn is_instant(text: &str) -> bool {
    let (date, time) = match text.split_once('T') {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    is_date(date) && time.is_none_or(is_time)
}

fn is_date(text: &str) -> bool {
    let Some([year, month, day]) = fields(text, "####-##-##") else { return false };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return false,
    };
    (1..=days).contains(&day)
}

fn is_time(text: &str) -> bool {
    let Some(clock) = text.get(..8) else { return false };
    let rest = match text[8..].strip_prefix('.') {
        Some(fraction) => {
            let (digits, rest) = leading_digits(fraction);
            if !(1..=9).contains(&digits.len()) {
                return false;
            }
            rest
        }
        None => &text[8..],
    };
    let offset = match rest.strip_prefix(['+', '-']) {
        Some(offset) => matches!(fields(offset, "##:##"), Some([0..=23, 0..=59])),
        None => rest == "Z",
    };
    offset && matches!(fields(clock, "##:##:##"), Some([0..=23, 0..=59, 0..=59]))
}

/// The numbers of a text of this shape, where `#` is a digit.
fn fields<const N: usize>(text: &str, shape: &str) -> Option<[u32; N]> {
    if text.len() != shape.len() {
        return None;
    }
    let mut values = [0; N];
    let mut field = 0;
    for (b, expected) in text.bytes().zip(shape.bytes()) {
        if expected == b'#' && b.is_ascii_digit() {
            values[field] = values[field] * 10 + u32::from(b - b'0');
        } else if b == expected && expected != b'#' {
            field += 1;
        } else {
            return None;
        }
    }
    Some(values)
}

/// The text of `#uuid`: 8-4-4-4-12 hexadecimal digits.
pub fn uuid(text: &str) -> Option<u128> {
    if text.len() != 36 {
        return None;
    }
    let mut value = 0;
    for (at, b) in text.bytes().enumerate() {
        if matches!(at, 8 | 13 | 18 | 23) {
            if b != b'-' {
                return None;
            }
        } else {
            value = value << 4 | u128::from((b as char).to_digit(16)?);
        }
    }
    Some(value)
}
