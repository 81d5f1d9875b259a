//! `wat.regex`: regular expressions in linear time, by the crate `regex`, whose syntax it is.
//!
//! A compiled pattern is a handle; searching one from several threads is what the crate is made for. Positions are in
//! Unicode scalar values, as those of `nth` and `subs`.

use crate::result;
use regex::{NoExpand, Regex, RegexBuilder};
use std::sync::Arc;
use wat_abi::desc::Builtin;
use wat_edn::write;
use wat_runtime::desc::DescRef;
use wat_runtime::fail::Fail;
use wat_runtime::handles::{self, Handle};
use wat_runtime::heap::Mem;
use wat_runtime::{sum, text, value_rows, vector};

value_rows! {
    regex_compile(mem, pattern, limit, result) => compile(mem, text::str(pattern), limit as i64, DescRef(result as u32));
    regex_matches(_mem, regex, string) => Ok(u64::from(pattern(regex)?.0.is_match(text::str(string))));
    regex_find(mem, regex, string, result) => find(mem, &pattern(regex)?.0, text::str(string), DescRef(result as u32));
    regex_find_all(mem, regex, string, result) => {
        find_all(mem, &pattern(regex)?.0, text::str(string), DescRef(result as u32))
    };
    regex_captures(mem, regex, string, result) => {
        captures(mem, &pattern(regex)?.0, text::str(string), DescRef(result as u32))
    };
    regex_captures_all(mem, regex, string, result) => {
        captures_all(mem, &pattern(regex)?.0, text::str(string), DescRef(result as u32))
    };
    regex_names(mem, regex, result) => names(mem, &pattern(regex)?.0, DescRef(result as u32));
    regex_replace(mem, regex, by, string, limit, literal) => {
        let (regex, string, by) = (pattern(regex)?, text::str(string), text::str(by));
        let limit = usize::try_from(limit as i64).unwrap_or(0);
        let replaced = match literal {
            0 => regex.0.replacen(string, limit, by),
            _ => regex.0.replacen(string, limit, NoExpand(by)),
        };
        text::make_string(mem, &replaced)
    };
    regex_split(mem, regex, string, result) => {
        let mut pieces = vector::with_capacity(mem, DescRef(result as u32), 0)?;
        for piece in pattern(regex)?.0.split(text::str(string)) {
            pieces = vector::push(mem, pieces, text::make_string(mem, piece)?)?;
        }
        Ok(pieces.slot())
    };
    regex_escape(mem, string) => text::make_string(mem, &regex::escape(text::str(string)));
}

struct Pattern(Regex);

impl Handle for Pattern {
    fn released(&self) {}
}

/// The pattern behind a cell of type `Resource`.
fn pattern(cell: u64) -> Result<Arc<Pattern>, Fail> {
    handles::get(cell)
        .downcast::<Pattern>()
        .ok_or_else(|| Fail::new("invalid", "this resource is not a compiled regular expression"))
}

/// The most levels of groups and repetitions in a pattern.
const NEST_LIMIT: u32 = 128;

fn compile(mem: Mem, source: &str, limit: i64, desc: DescRef) -> Result<u64, Fail> {
    let limit = usize::try_from(limit).unwrap_or(0);
    let built =
        RegexBuilder::new(source).size_limit(limit).dfa_size_limit(limit).nest_limit(NEST_LIMIT).build();
    match built {
        Ok(regex) => {
            let cell = handles::make(mem, Builtin::Resource, Arc::new(Pattern(regex)))?;
            sum::ok(mem, desc, cell)
        }
        Err(error) => {
            let mut out = Vec::new();
            let (message, line, column) = reason(source, &error);
            out.extend_from_slice(b"{");
            result::string_field(&mut out, "pattern", source);
            result::string_field(&mut out, "message", &message);
            out.extend_from_slice(b" :line ");
            write::int(&mut out, line as i64);
            out.extend_from_slice(b" :column ");
            write::int(&mut out, column as i64);
            out.push(b'}');
            result::err(mem, desc, &out)
        }
    }
}

/// What is wrong with a pattern, and at which line and column of it.
fn reason(source: &str, error: &regex::Error) -> (String, usize, usize) {
    use regex_syntax::Error as E;
    match regex_syntax::ParserBuilder::new().nest_limit(NEST_LIMIT).build().parse(source) {
        Err(E::Parse(error)) => {
            let start = error.span().start;
            (error.kind().to_string(), start.line, start.column)
        }
        Err(E::Translate(error)) => {
            let start = error.span().start;
            (error.kind().to_string(), start.line, start.column)
        }
        _ => (error.to_string().trim_end_matches('.').to_lowercase(), 1, 1),
    }
}

/// Scalar positions of byte positions that only grow.
struct Positions<'t> {
    text: &'t str,
    byte: usize,
    scalar: i64,
}

impl<'t> Positions<'t> {
    fn of(text: &'t str) -> Positions<'t> {
        Positions { text, byte: 0, scalar: 0 }
    }

    fn at(&mut self, byte: usize) -> i64 {
        if byte < self.byte {
            (self.byte, self.scalar) = (0, 0);
        }
        self.scalar += self.text[self.byte..byte].chars().count() as i64;
        self.byte = byte;
        self.scalar
    }
}

/// A `wat.regex/Match`: text, start, end.
fn found(mem: Mem, desc: DescRef, at: &mut Positions<'_>, m: &regex::Match<'_>) -> Result<u64, Fail> {
    let (start, end) = (at.at(m.start()), at.at(m.end()));
    let text = text::make_string(mem, m.as_str())?;
    Ok(mem.object_of(desc, 0, &[text, start as u64, end as u64])?.slot())
}

fn find(mem: Mem, regex: &Regex, string: &str, desc: DescRef) -> Result<u64, Fail> {
    let mut at = Positions::of(string);
    let value = regex.find(string).map(|m| found(mem, sum::payload(desc), &mut at, &m)).transpose()?;
    sum::option(mem, desc, value)
}

fn find_all(mem: Mem, regex: &Regex, string: &str, desc: DescRef) -> Result<u64, Fail> {
    let mut at = Positions::of(string);
    let mut all = vector::with_capacity(mem, desc, 0)?;
    for m in regex.find_iter(string) {
        all = vector::push(mem, all, found(mem, desc.arg0(), &mut at, &m)?)?;
    }
    Ok(all.slot())
}

/// The groups of a match as a vector of `(Option Match)`; the first is the whole.
fn groups(
    mem: Mem,
    desc: DescRef,
    at: &mut Positions<'_>,
    captures: &regex::Captures<'_>,
) -> Result<u64, Fail> {
    let mut all = vector::with_capacity(mem, desc, captures.len())?;
    for group in captures.iter() {
        let group = group.map(|m| found(mem, sum::payload(desc.arg0()), at, &m)).transpose()?;
        all = vector::push(mem, all, sum::option(mem, desc.arg0(), group)?)?;
    }
    Ok(all.slot())
}

fn captures(mem: Mem, regex: &Regex, string: &str, desc: DescRef) -> Result<u64, Fail> {
    let mut at = Positions::of(string);
    let value = regex.captures(string).map(|c| groups(mem, sum::payload(desc), &mut at, &c)).transpose()?;
    sum::option(mem, desc, value)
}

fn captures_all(mem: Mem, regex: &Regex, string: &str, desc: DescRef) -> Result<u64, Fail> {
    let mut at = Positions::of(string);
    let mut all = vector::with_capacity(mem, desc, 0)?;
    for c in regex.captures_iter(string) {
        all = vector::push(mem, all, groups(mem, desc.arg0(), &mut at, &c)?)?;
    }
    Ok(all.slot())
}

/// The names of the groups, `(Vector (Option String))`; the whole match has none.
fn names(mem: Mem, regex: &Regex, desc: DescRef) -> Result<u64, Fail> {
    let mut all = vector::with_capacity(mem, desc, 0)?;
    for name in regex.capture_names() {
        let name = name.map(|name| text::make_string(mem, name)).transpose()?;
        all = vector::push(mem, all, sum::option(mem, desc.arg0(), name)?)?;
    }
    Ok(all.slot())
}
