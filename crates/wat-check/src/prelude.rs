//! The prelude's macros. They travel as text and join a program as one of its files, because macros are compiled where
//! they are called; a file that mentions none of them is left as it is.

use crate::namespace::{SourceFile, Use};
use crate::special::Special;
use rustc_hash::FxHashSet;
use wat_source::{Span, Symbol};
use wat_syntax::{Form, FormKind};

pub const NAMESPACE: &str = "wat.control";
/// Path as diagnostics show it.
pub const PATH: &str = "wat/control.wat";
pub const TEXT: &str = include_str!("../../../lib/macros/control.wat");

/// The macros of [`TEXT`]; a test compares.
pub const NAMES: &[&str] = &[
    "if-not",
    "when-not",
    "dotimes",
    "as->",
    "cond->",
    "cond->>",
    "some->",
    "some->>",
    "doto",
    "condp",
    "comment",
    "with-deadline",
    "with-log",
    "log-debug",
    "log-info",
    "log-warn",
    "log-error",
];

/// What the file mentions of them and neither defines nor brings from elsewhere, as a `:use`.
pub fn used(file: &SourceFile) -> Option<Use> {
    if file.ns == NAMESPACE {
        return None;
    }
    let mut found = FxHashSet::default();
    file.forms.iter().for_each(|form| heads(form, &mut found));
    if found.is_empty() {
        return None;
    }
    for form in &file.forms {
        if form.head().is_some_and(|head| Special::definition(head.as_str()).is_some())
            && let Some(name) = form.as_list().and_then(|items| items.get(1)).and_then(Form::as_symbol)
        {
            found.remove(&Symbol::new(name.name()));
        }
    }
    for (name, _) in file.uses.iter().flat_map(|used| &used.only) {
        found.remove(name);
    }
    let mut only: Vec<(Symbol, Span)> = found.into_iter().map(|name| (name, Span::NONE)).collect();
    only.sort();
    (!only.is_empty()).then(|| Use { ns: Symbol::new(NAMESPACE), span: Span::NONE, alias: None, only })
}

fn heads(form: &Form, found: &mut FxHashSet<Symbol>) {
    match &form.kind {
        FormKind::List(items) => {
            if let Some(head) = form.head()
                && NAMES.contains(&head.as_str())
            {
                found.insert(head);
            }
            items.iter().for_each(|item| heads(item, found));
        }
        FormKind::Vector(items) | FormKind::Set(items) => items.iter().for_each(|item| heads(item, found)),
        FormKind::Map(entries) => {
            for (key, value) in entries {
                heads(key, found);
                heads(value, found);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wat_source::FileId;

    #[test]
    fn the_names_are_those_of_the_text() {
        let reading = wat_syntax::read(FileId::NONE, TEXT);
        let defined: Vec<String> = reading
            .forms
            .iter()
            .filter(|form| form.head().is_some_and(|head| head == "defmacro"))
            .filter_map(|form| form.as_list()?.get(1)?.as_symbol())
            .map(|name| name.to_string())
            .collect();
        assert_eq!(defined, NAMES);
    }
}
