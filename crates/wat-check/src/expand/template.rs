//! Templates: `` `(if ~test nil (do ~@body)) `` as an expression that builds the code, out of the variants of
//! `wat.core/Form`. Every node carries where it was written as one number, from which expansion takes its place
//! and the scope of its names. Not here: what a name in a template means.

use crate::head::bad_syntax;
use wat_source::{Diagnostic, FileId, Span};
use wat_syntax::{Form, FormKind};

/// The type of code as a macro sees it.
pub const FORM: &str = "wat.core/Form";

/// The names that mean the same in every scope: the punctuation of forms, and what templates themselves are made of.
const FIXED: [&str; 9] = ["<-", "->", "&", "_", "Self", "quote", "quasiquote", "unquote", "unquote-splicing"];

const FILE_BITS: u32 = 24;
const START_BITS: u32 = 27;
const LENGTH_BITS: u32 = 12;

/// Where a template's node was written, as a negative number. Spans too large for it are cut short.
pub fn place_number(span: Span) -> i64 {
    let cut = |value: u32, bits: u32| u64::from(value.min((1 << bits) - 1));
    let packed = cut(span.file.0, FILE_BITS) << (START_BITS + LENGTH_BITS)
        | cut(span.start, START_BITS) << LENGTH_BITS
        | cut(span.len(), LENGTH_BITS);
    -1 - packed as i64
}

/// The place behind a negative number.
pub fn place_of(number: i64) -> Span {
    let packed = (-1 - number) as u64;
    let take = |shift: u32, bits: u32| ((packed >> shift) & ((1 << bits) - 1)) as u32;
    let (file, start) = (take(START_BITS + LENGTH_BITS, FILE_BITS), take(LENGTH_BITS, START_BITS));
    Span::new(FileId(file), start, start + take(0, LENGTH_BITS))
}

/// `(quote form)` as code.
pub fn quoted(form: &Form) -> Form {
    Builder { is_template: false }.code(form, 1).expect("nothing in a quoted form is filled in")
}

/// `(quasiquote form)` as code.
pub fn filled(form: &Form) -> Result<Form, Diagnostic> {
    Builder { is_template: true }.code(form, 1)
}

struct Builder {
    is_template: bool,
}

fn name(text: &str, span: Span) -> Form {
    Form::symbol(text, span)
}

fn call(function: &str, mut args: Vec<Form>, span: Span) -> Form {
    args.insert(0, name(function, span));
    Form::list(args, span)
}

/// A variant of `Form` with its content and its place.
fn node(variant: &str, content: Option<Form>, span: Span) -> Form {
    let place = Form::int(place_number(span), span);
    call(&format!("wat.core.Form/{variant}"), content.into_iter().chain([place]).collect(), span)
}

impl Builder {
    fn code(&self, form: &Form, depth: usize) -> Result<Form, Diagnostic> {
        let span = form.span;
        let leaf = |variant: &str| Ok(node(variant, Some(form.clone()), span));
        match &form.kind {
            FormKind::Nil => Ok(node("Nil", None, span)),
            FormKind::Bool(_) => leaf("Bool"),
            FormKind::Int(_) => leaf("Int"),
            FormKind::BigInt(_) => leaf("BigInt"),
            FormKind::Float(_) => leaf("Float"),
            FormKind::Decimal(_) => leaf("Decimal"),
            FormKind::Str(_) => leaf("Str"),
            FormKind::Char(_) => leaf("Char"),
            FormKind::Keyword(_) => leaf("Keyword"),
            FormKind::Symbol(symbol) => Ok(node("Symbol", Some(Form::string(symbol.as_str(), span)), span)),
            FormKind::List(items) => self.list(form, items, depth),
            FormKind::Vector(items) => Ok(node("Vector", Some(self.items(items, depth, span)?), span)),
            FormKind::Set(items) => Ok(node("Set", Some(self.items(items, depth, span)?), span)),
            FormKind::Map(entries) => {
                let pairs = entries.iter().map(|(key, value)| {
                    let pair = vec![self.code(key, depth)?, self.code(value, depth)?];
                    Ok(call("wat.core/tuple", pair, key.span))
                });
                Ok(node("Map", Some(Form::vector(pairs.collect::<Result<_, _>>()?, span)), span))
            }
            FormKind::Inst(text) => {
                let value = Form::string(text.as_str(), span);
                Ok(tagged("inst", node("Str", Some(value), span), span))
            }
            FormKind::Uuid(_) => {
                let text = form.to_string();
                let text = text.trim_start_matches("#uuid ").trim_matches('"');
                Ok(tagged("uuid", node("Str", Some(Form::string(text, span)), span), span))
            }
            FormKind::Tagged(tag, value) => Ok(tagged(tag.as_str(), self.code(value, depth)?, span)),
            FormKind::Error => Ok(Form::error(span)),
        }
    }

    fn list(&self, form: &Form, items: &[Form], depth: usize) -> Result<Form, Diagnostic> {
        let span = form.span;
        if self.is_template {
            if let Some(args) = form.call("unquote") {
                let [value] = args else { return Err(bad_syntax(span, "`~` stands before one form")) };
                if depth == 1 {
                    return Ok(call("wat.form/of", vec![value.clone()], value.span));
                }
                return self.nested(items, depth - 1, span);
            }
            if form.is_call("unquote-splicing") {
                if depth == 1 {
                    return Err(bad_syntax(span, "`~@` stands inside a list, vector or set"));
                }
                return self.nested(items, depth - 1, span);
            }
            if form.is_call("quasiquote") {
                return self.nested(items, depth + 1, span);
            }
        }
        Ok(node("List", Some(self.items(items, depth, span)?), span))
    }

    fn nested(&self, items: &[Form], depth: usize, span: Span) -> Result<Form, Diagnostic> {
        Ok(node("List", Some(self.items(items, depth, span)?), span))
    }

    /// A vector of code: literal where nothing is spliced, else pieces put together.
    fn items(&self, items: &[Form], depth: usize, span: Span) -> Result<Form, Diagnostic> {
        let mut pieces: Vec<Form> = Vec::new();
        let mut run: Vec<Form> = Vec::new();
        for item in items {
            match item.call("unquote-splicing") {
                Some([value]) if self.is_template && depth == 1 => {
                    pieces.push(Form::vector(std::mem::take(&mut run), span));
                    pieces.push(call("wat.form/items", vec![value.clone()], value.span));
                }
                Some(_) if self.is_template && depth == 1 => {
                    return Err(bad_syntax(item.span, "`~@` stands before one form"));
                }
                _ => run.push(self.code(item, depth)?),
            }
        }
        if pieces.is_empty() {
            return Ok(Form::vector(run, span));
        }
        pieces.push(Form::vector(run, span));
        pieces.retain(|piece| piece.as_vector().is_none_or(|items| !items.is_empty()));
        if let [_] = &pieces[..] {
            return Ok(pieces.remove(0));
        }
        Ok(call("wat.core/flatten", vec![Form::vector(pieces, span)], span))
    }
}

fn tagged(tag: &str, value: Form, span: Span) -> Form {
    let place = Form::int(place_number(span), span);
    call("wat.core.Form/Tagged", vec![Form::string(tag, span), value, place], span)
}

/// Does a name stand for itself wherever a template is filled in?
pub fn is_fixed(name: &str) -> bool {
    FIXED.contains(&name) || crate::typeform::is_variable(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_survive_their_numbers() {
        let span = Span::new(FileId(40_000), 77, 99);
        assert_eq!(place_of(place_number(span)), span);
        assert!(place_number(Span::new(FileId(0), 0, 0)) < 0);
    }
}
