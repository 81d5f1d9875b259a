//! Which forms have a body, and how the parts of a group belong together. A macro of the text whose rest parameter
//! is called `body` has one too.

use crate::tree::{Group, Item};
use std::collections::HashMap;

/// How a group is indented and broken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shape {
    /// So many forms after the head, then a body two columns in.
    Body(usize),
    /// As `Body`, and the body is pairs.
    PairBody(usize),
    /// A head, then arguments below the first.
    Call,
    /// As `Call`, with as many on a line as have room.
    Fill,
    /// A head, then keywords with their values below the first keyword.
    Keyed,
    /// A match arm or a list whose first form is no name: all in one column.
    Plain,
    /// Names, or keys, with their values.
    Pairs,
    /// Names with types.
    Params,
    /// One form for a sigil.
    Prefix,
}

/// What a group is for, known from the one around it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    Other,
    /// The vector of a `let`.
    Bindings,
    /// A method of `extend` or `defprotocol`.
    Method,
}

/// Heads with a body, and how many forms stand before it.
const BODIES: &[(&str, usize)] = &[
    ("ns", 1),
    ("def", 1),
    ("defn", 1),
    ("defmacro", 1),
    ("defstruct", 1),
    ("defenum", 1),
    ("defalias", 1),
    ("defprotocol", 1),
    ("deftest", 1),
    ("extend", 2),
    ("fn", 1),
    ("let", 1),
    ("loop", 1),
    ("match", 1),
    ("if", 1),
    ("with-peers", 1),
    ("with-deadline", 1),
    ("with-log", 1),
    ("when", 1),
    ("when-not", 1),
    ("if-let", 1),
    ("when-let", 1),
    ("for", 1),
    ("doseq", 1),
    ("dotimes", 1),
    ("doto", 1),
    ("do", 0),
    ("select", 0),
    ("comment", 0),
];

const PAIR_BODIES: &[(&str, usize)] =
    &[("cond", 0), ("case", 1), ("condp", 2), ("cond->", 1), ("cond->>", 1)];

/// Heads whose arguments are pieces of one text.
const FILLED: &[&str] = &["str"];

const BINDERS: &[&str] = &["let", "loop", "with-peers", "if-let", "when-let", "for", "doseq"];

/// What is known of the text's own macros.
pub struct Style {
    macros: HashMap<String, usize>,
}

impl Style {
    pub fn of(items: &[Item]) -> Style {
        Style { macros: items.iter().filter_map(body_macro).collect() }
    }

    pub fn shape(&self, group: &Group, role: Role) -> Shape {
        if group.is_prefix() {
            return Shape::Prefix;
        }
        match group.open.as_str() {
            "{" => return Shape::Pairs,
            "[" if role == Role::Bindings => return Shape::Pairs,
            "[" if group.items.iter().any(|item| item.atom() == Some("<-")) => return Shape::Params,
            "[" | "#{" => return Shape::Plain,
            _ => {}
        }
        if role == Role::Method {
            return Shape::Body(1);
        }
        let Some(head) = head(group) else { return Shape::Plain };
        let find = |table: &[(&str, usize)]| table.iter().find(|row| row.0 == head).map(|row| row.1);
        if let Some(before) = find(BODIES).or_else(|| self.macros.get(head).copied()) {
            return Shape::Body(before);
        }
        if let Some(before) = find(PAIR_BODIES) {
            return Shape::PairBody(before);
        }
        if FILLED.contains(&head) || is_many_small(group) {
            return Shape::Fill;
        }
        if is_keyed(group) { Shape::Keyed } else { Shape::Call }
    }

    /// The role of the form `at` of a group.
    pub fn role(&self, group: &Group, at: usize) -> Role {
        match head(group) {
            Some(head) if at == 1 && BINDERS.contains(&head) => Role::Bindings,
            Some("extend" | "defprotocol") if at > 1 => Role::Method,
            _ => Role::Other,
        }
    }
}

/// The name a list begins with, without the prelude's namespaces.
pub fn head(group: &Group) -> Option<&str> {
    if !group.open.ends_with('(') {
        return None;
    }
    let text = group.forms().next()?.atom()?;
    if text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '"' | '\\')) {
        return None;
    }
    let prelude = ["wat.core/", "wat.kernel/", ":wat::core::", ":wat::kernel::"];
    Some(prelude.iter().find_map(|prefix| text.strip_prefix(prefix)).unwrap_or(text))
}

/// Are all its arguments keywords with values?
fn is_keyed(group: &Group) -> bool {
    let count = group.forms().count();
    count > 3
        && count % 2 == 1
        && group.forms().skip(1).step_by(2).all(|item| item.atom().is_some_and(|text| text.starts_with(':')))
}

/// Are its arguments so many, and each so small, that a line for each would be a waste?
fn is_many_small(group: &Group) -> bool {
    group.forms().count() > 6 && group.forms().skip(1).all(|item| size(item) <= 20)
}

/// The characters of a form, spaces aside.
fn size(item: &Item) -> usize {
    match item.group() {
        Some(group) => group.open.len() + group.close.len() + group.items.iter().map(size).sum::<usize>(),
        None => item.atom().map_or(usize::MAX / 1024, str::len),
    }
}

/// A `defmacro` with `& body`: its name, and how many parameters come first.
fn body_macro(item: &Item) -> Option<(String, usize)> {
    let group = item.group()?;
    if head(group) != Some("defmacro") {
        return None;
    }
    let name = group.forms().nth(1)?.atom()?;
    let params = group.forms().filter_map(Item::group).find(|inner| inner.open == "[")?;
    let names: Vec<Option<&str>> = params.forms().map(Item::atom).collect();
    let before = names.iter().position(|name| *name == Some("&"))?;
    (names.get(before + 1)? == &Some("body")).then(|| (name.to_string(), before))
}
