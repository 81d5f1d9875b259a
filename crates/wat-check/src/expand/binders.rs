//! The names that patterns and parameters bind, and patterns put into the spelling that checking expects: marks
//! where a name is bound, none where a word or a field is meant.

use super::marks;
use crate::scope::starts_upper;
use wat_source::Symbol;
use wat_syntax::{Form, FormKind};

/// Words at the head of a pattern.
const WORDS: [&str; 4] = ["tuple", "or", "as", "quote"];

/// A pattern as checking reads it; its names are added to the locals.
pub fn pattern(form: &Form, locals: &mut Vec<Symbol>) -> Form {
    let span = form.span;
    match &form.kind {
        FormKind::Symbol(name) => {
            let text = name.as_str();
            if name.namespace().is_none() && !starts_upper(text) && !matches!(text, "_" | "&" | "<-") {
                locals.push(*name);
            }
            form.clone()
        }
        FormKind::Vector(items) => Form::vector(patterns(items, locals), span),
        FormKind::List(items) => {
            let Some((head, rest)) = items.split_first() else { return form.clone() };
            let mut made = vec![head.clone()];
            if let Some(name) = head.as_symbol()
                && WORDS.contains(&marks::base(name).as_str())
            {
                made[0] = Form::symbol(marks::base(name), head.span);
            }
            if made[0].is_symbol("quote") {
                made.extend_from_slice(rest);
            } else {
                made.extend(patterns(rest, locals));
            }
            Form::list(made, span)
        }
        FormKind::Map(entries) => {
            let mut made = Vec::new();
            for (key, value) in entries {
                match value.as_vector() {
                    // A field's name is plain, and the local has its marks.
                    Some(fields) if key.is_keyword("keys") => {
                        for field in fields {
                            match field.as_symbol() {
                                Some(name) => {
                                    let key = Form::keyword(marks::base(name), field.span);
                                    made.push((key, pattern(field, locals)));
                                }
                                None => {
                                    made.push((key.clone(), Form::vector(vec![field.clone()], field.span)))
                                }
                            }
                        }
                    }
                    _ => made.push((key.clone(), pattern(value, locals))),
                }
            }
            Form::new(FormKind::Map(made), span)
        }
        _ => form.clone(),
    }
}

pub fn patterns(items: &[Form], locals: &mut Vec<Symbol>) -> Vec<Form> {
    items.iter().map(|item| pattern(item, locals)).collect()
}

/// Parameters: `[x <- i64  & rest <- T]`. Types are left as they are.
pub fn params(form: &Form, locals: &mut Vec<Symbol>) -> Form {
    let items = form.as_vector().unwrap_or(&[]);
    let mut made = Vec::new();
    let mut is_type = false;
    for item in items {
        made.push(if is_type { item.clone() } else { pattern(item, locals) });
        is_type = item.is_symbol("<-");
    }
    Form::vector(made, form.span)
}

/// Fields of a definition: names without marks, types as they are.
pub fn fields(form: &Form) -> Form {
    let items = form.as_vector().unwrap_or(&[]);
    let mut is_type = false;
    let made = items.iter().map(|item| {
        let field = match item.as_symbol() {
            Some(name) if !is_type => Form::symbol(marks::base(name), item.span),
            _ => item.clone(),
        };
        is_type = item.is_symbol("<-");
        field
    });
    Form::vector(made.collect(), form.span)
}
