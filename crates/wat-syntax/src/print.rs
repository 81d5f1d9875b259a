//! Forms → canonical text on one line, which reads back as the same form. Not a formatter: it has no lines and
//! knows no comments.

use std::fmt::{self, Write};

use bigdecimal::BigDecimal;
use num_bigint::Sign;

use crate::form::{Form, FormKind};
use crate::literal::CHAR_NAMES;
use crate::token::is_invisible;

/// The form on one line; the reader's sigils are written as the lists they stand for.
pub fn print(form: &Form) -> String {
    let mut out = String::new();
    write_form(&mut out, form);
    out
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&print(self))
    }
}

fn write_form(out: &mut String, form: &Form) {
    match &form.kind {
        FormKind::Nil => out.push_str("nil"),
        FormKind::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        FormKind::Int(value) => add(out, format_args!("{value}")),
        FormKind::BigInt(value) => add(out, format_args!("{value}N")),
        FormKind::Float(value) => out.push_str(&float_text(*value)),
        FormKind::Decimal(value) => write_decimal(out, value),
        FormKind::Str(text) => out.push_str(&string_text(text)),
        FormKind::Char(c) => write_char(out, *c),
        FormKind::Keyword(name) => add(out, format_args!(":{name}")),
        FormKind::Symbol(name) => out.push_str(name.as_str()),
        FormKind::List(items) => write_items(out, "(", items.iter(), ")"),
        FormKind::Vector(items) => write_items(out, "[", items.iter(), "]"),
        FormKind::Map(entries) => {
            write_items(out, "{", entries.iter().flat_map(|(key, value)| [key, value]), "}");
        }
        FormKind::Set(items) => write_items(out, "#{", items.iter(), "}"),
        FormKind::Inst(text) => add(out, format_args!("#inst \"{text}\"")),
        FormKind::Uuid(value) => write_uuid(out, *value),
        FormKind::Tagged(tag, value) => {
            add(out, format_args!("#{tag} "));
            write_form(out, value);
        }
        FormKind::Error => out.push_str("<error>"),
    }
}

fn add(out: &mut String, text: fmt::Arguments<'_>) {
    out.write_fmt(text).expect("a String takes every write");
}

fn write_items<'a>(out: &mut String, open: &str, items: impl Iterator<Item = &'a Form>, close: &str) {
    out.push_str(open);
    for (index, item) in items.enumerate() {
        if index > 0 {
            out.push(' ');
        }
        write_form(out, item);
    }
    out.push_str(close);
}

/// The fewest digits that read back as the same bits; plain in `[1e-5, 1e16)`, else `d.ddde-7`.
pub fn float_text(value: f64) -> String {
    if value.is_nan() {
        return "##NaN".to_string();
    }
    if value.is_infinite() {
        return if value > 0.0 { "##Inf" } else { "##-Inf" }.to_string();
    }
    let mut buffer = zmij::Buffer::new();
    let shortest = buffer.format_finite(value.abs());
    let (digits, exponent) = scientific(shortest);
    let sign = if value.is_sign_negative() { "-" } else { "" };
    let count = digits.len() as i32;
    match exponent {
        _ if digits == "0" => format!("{sign}0.0"),
        -5..=-1 => format!("{sign}0.{}{digits}", "0".repeat((-exponent - 1) as usize)),
        0..=15 if count <= exponent + 1 => {
            format!("{sign}{digits}{}.0", "0".repeat((exponent + 1 - count) as usize))
        }
        0..=15 => {
            let (whole, fraction) = digits.split_at(exponent as usize + 1);
            format!("{sign}{whole}.{fraction}")
        }
        _ if count == 1 => format!("{sign}{digits}e{exponent}"),
        _ => format!("{sign}{}.{}e{exponent}", &digits[..1], &digits[1..]),
    }
}

/// The significant digits of a positive number's text, and the power of ten of the first of them.
fn scientific(text: &str) -> (String, i32) {
    let (mantissa, exponent) = match text.split_once('e') {
        Some((mantissa, exponent)) => (mantissa, exponent.parse().expect("an exponent is an integer")),
        None => (text, 0),
    };
    let point = mantissa.find('.').unwrap_or(mantissa.len()) as i32;
    let digits: String = mantissa.chars().filter(|c| *c != '.').collect();
    let leading = digits.bytes().take_while(|b| *b == b'0').count();
    let digits = digits[leading..].trim_end_matches('0');
    if digits.is_empty() {
        return ("0".to_string(), 0);
    }
    (digits.to_string(), point - 1 - leading as i32 + exponent)
}

/// Plain where the zeros that takes are few, else `123e45M`; either keeps the scale.
fn write_decimal(out: &mut String, value: &BigDecimal) {
    let (int, scale) = value.as_bigint_and_exponent();
    let digits = int.magnitude().to_string();
    if int.sign() == Sign::Minus {
        out.push('-');
    }
    let padding = scale - digits.len() as i64;
    match scale {
        0 => add(out, format_args!("{digits}M")),
        1.. if padding < 0 => {
            let (whole, fraction) = digits.split_at(digits.len() - scale as usize);
            add(out, format_args!("{whole}.{fraction}M"));
        }
        1.. if padding <= 20 => add(out, format_args!("0.{}{digits}M", "0".repeat(padding as usize))),
        _ => add(out, format_args!("{digits}e{}M", -scale)),
    }
}

/// In quotes, with escapes for quotes, backslashes and control characters.
pub fn string_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => add(&mut out, format_args!("\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn write_char(out: &mut String, c: char) {
    if let Some((name, _)) = CHAR_NAMES.iter().find(|(_, named)| *named == c) {
        add(out, format_args!("\\{name}"));
    } else if (c.is_control() || c.is_whitespace() || is_invisible(c)) && (c as u32) < 0x10000 {
        add(out, format_args!("\\u{:04x}", c as u32));
    } else {
        out.push('\\');
        out.push(c);
    }
}

fn write_uuid(out: &mut String, value: u128) {
    let digits = format!("{value:032x}");
    let groups = [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]];
    add(out, format_args!("#uuid \"{}\"", groups.join("-")));
}
