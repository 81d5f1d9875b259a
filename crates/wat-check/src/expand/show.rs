//! An expanded program as text: canonical forms broken into lines, and names without marks. A template's locals get a
//! number where two would look alike, a definition of another namespace its full name.

use super::Program;
use super::marks::{self, is_marked};
use crate::namespace::Use;
use crate::special::Special;
use rustc_hash::{FxHashMap, FxHashSet};
use wat_source::Symbol;
use wat_syntax::{Form, FormKind};

/// Lines are no longer than this where that can be.
const WIDTH: usize = 100;

impl Program {
    /// The forms of the entry file, macros left out.
    pub fn shown(&self) -> String {
        let mut out = String::new();
        for (number, file) in self.files.iter().enumerate().filter(|(_, file)| file.is_entry) {
            if file.ns != "user" || !file.uses.is_empty() {
                let uses: Vec<String> = file.uses.iter().map(brought).collect();
                let uses =
                    if uses.is_empty() { String::new() } else { format!(" (:use {})", uses.join(" ")) };
                out.push_str(&format!("(ns {}{uses})\n\n", file.ns));
            }
            for form in &file.forms {
                let name = form.as_list().and_then(|items| items.get(1)).and_then(Form::as_symbol);
                let full = name.map(|name| crate::table::full(file.ns, name.name()));
                if full.is_some_and(|name| self.macros.contains(&name)) {
                    continue;
                }
                let mut names = Names {
                    program: self,
                    file: number,
                    taken: FxHashSet::default(),
                    given: FxHashMap::default(),
                };
                names.plain(form);
                out.push_str(&pretty(&names.form(form)));
                out.push_str("\n\n");
            }
        }
        out.truncate(out.trim_end().len());
        out.push('\n');
        out
    }
}

/// A use as the `ns` form writes it.
fn brought(used: &Use) -> String {
    let alias = used.alias.map_or(String::new(), |alias| format!(" :as {alias}"));
    let names: Vec<&str> = used.only.iter().map(|(name, _)| name.as_str()).collect();
    let only = if names.is_empty() { String::new() } else { format!(" :only [{}]", names.join(" ")) };
    format!("[{}{alias}{only}]", used.ns)
}

/// How the names of one top-level form are spelled.
struct Names<'a> {
    program: &'a Program,
    file: usize,
    /// Names that stand in the form without marks.
    taken: FxHashSet<String>,
    given: FxHashMap<Symbol, Symbol>,
}

impl Names<'_> {
    fn plain(&mut self, form: &Form) {
        if let Some(name) = form.as_symbol().filter(|name| !is_marked(*name)) {
            self.taken.insert(name.to_string());
        }
        form.children().into_iter().for_each(|child| self.plain(child));
    }

    fn form(&mut self, form: &Form) -> Form {
        let kind = match &form.kind {
            FormKind::Symbol(name) => FormKind::Symbol(self.name(*name)),
            FormKind::List(items) => FormKind::List(items.iter().map(|item| self.form(item)).collect()),
            FormKind::Vector(items) => FormKind::Vector(items.iter().map(|item| self.form(item)).collect()),
            FormKind::Set(items) => FormKind::Set(items.iter().map(|item| self.form(item)).collect()),
            FormKind::Map(entries) => {
                FormKind::Map(entries.iter().map(|(k, v)| (self.form(k), self.form(v))).collect())
            }
            FormKind::Tagged(tag, value) => FormKind::Tagged(*tag, Box::new(self.form(value))),
            other => other.clone(),
        };
        Form::new(kind, form.span)
    }

    fn name(&mut self, name: Symbol) -> Symbol {
        if let Some(short) = name.as_str().strip_prefix("wat.core/")
            && Special::by_name(short).is_some()
        {
            return Symbol::new(short);
        }
        if !is_marked(name) {
            return name;
        }
        if let Some(given) = self.given.get(&name) {
            return *given;
        }
        let spelled = if self.program.bound.contains(&name) { self.local(name) } else { self.global(name) };
        self.given.insert(name, spelled);
        spelled
    }

    fn local(&mut self, name: Symbol) -> Symbol {
        let base = marks::base(name);
        let mut spelled = base.to_string();
        let mut number = 0;
        while !self.taken.insert(spelled.clone()) {
            number += 1;
            spelled = format!("{base}-{number}");
        }
        Symbol::new(&spelled)
    }

    fn global(&self, name: Symbol) -> Symbol {
        let (file, plain) = self.program.marks.meaning(self.file, name);
        let module = &self.program.files[file];
        let (path, short) = plain.split();
        match path {
            Some(path) => match module.uses.iter().find(|used| used.alias.is_some_and(|alias| alias == path))
            {
                Some(used) => crate::table::full(used.ns, short),
                None => plain,
            },
            None => {
                let here = &self.program.files[self.file];
                let only = module.uses.iter().find(|used| used.only.iter().any(|(only, _)| *only == plain));
                let defines = |form: &Form| {
                    form.as_list()
                        .and_then(|items| items.get(1))
                        .is_some_and(|name| name.as_symbol() == Some(plain))
                };
                let ns = match only {
                    Some(used) => used.ns,
                    None if module.forms.iter().any(defines) => module.ns,
                    None => return plain,
                };
                if ns == here.ns { plain } else { crate::table::full(ns, short) }
            }
        }
    }
}

/// Heads whose first arguments stay on their line; the rest is a body.
fn heading(head: &str) -> usize {
    match head {
        "defn" | "defmacro" | "extend" => 1,
        "def" | "defstruct" | "defenum" | "defprotocol" | "let" | "loop" | "fn" | "if" | "when" | "match"
        | "doseq" | "for" | "if-let" | "when-let" | "with-peers" | "case" => 1,
        _ => 0,
    }
}

/// A form as text of several lines where one would be too long.
fn pretty(form: &Form) -> String {
    let mut out = String::new();
    write(&mut out, form, 0);
    out
}

fn write(out: &mut String, form: &Form, column: usize) {
    let line = sigils(form);
    let (open, items, close): (&str, Vec<&Form>, &str) = match &form.kind {
        FormKind::List(items) => ("(", items.iter().collect(), ")"),
        FormKind::Vector(items) => ("[", items.iter().collect(), "]"),
        FormKind::Set(items) => ("#{", items.iter().collect(), "}"),
        FormKind::Map(entries) => ("{", entries.iter().flat_map(|(k, v)| [k, v]).collect(), "}"),
        _ => return out.push_str(&line),
    };
    let is_defn = form.head().is_some_and(|head| head == "defn");
    if (line.chars().count() + column <= WIDTH && !is_defn) || items.is_empty() {
        return out.push_str(&line);
    }
    out.push_str(open);
    let indent = column + if form.as_list().is_some() { 2 } else { open.len() };
    let head = form.head().map_or("", |head| head.as_str());
    // A definition's head line: name, text, parameters and result.
    let together = if is_defn {
        let arrow = items.iter().position(|item| item.is_symbol("->"));
        arrow.map_or(2, |at| at + 2)
    } else if form.as_list().is_some() {
        1 + heading(head)
    } else {
        1
    };
    let step =
        if matches!(form.kind, FormKind::Map(_)) || (form.as_vector().is_some() && items.len() % 2 == 0) {
            2
        } else {
            1
        };
    let mut at = 0;
    while at < items.len() {
        let count = if at == 0 { together.max(step) } else { step };
        if at > 0 {
            out.push('\n');
            out.extend(std::iter::repeat_n(' ', indent));
        }
        for (number, item) in items[at..items.len().min(at + count)].iter().enumerate() {
            if number > 0 {
                out.push(' ');
            }
            let start = out.rfind('\n').map_or(0, |at| at + 1);
            write(out, item, out[start..].chars().count().max(if out.contains('\n') { 0 } else { column }));
        }
        at += count;
    }
    out.push_str(close);
}

/// The form on one line, templates with the reader's signs.
fn sigils(form: &Form) -> String {
    let join = |items: &mut dyn Iterator<Item = &Form>| items.map(sigils).collect::<Vec<_>>().join(" ");
    match &form.kind {
        FormKind::List(items) => {
            let sign = match (form.head().map(|head| head.as_str()), items.len()) {
                (Some("quote"), 2) => Some("'"),
                (Some("quasiquote"), 2) => Some("`"),
                (Some("unquote"), 2) => Some("~"),
                (Some("unquote-splicing"), 2) => Some("~@"),
                _ => None,
            };
            match sign {
                Some(sign) => format!("{sign}{}", sigils(&items[1])),
                None => format!("({})", join(&mut items.iter())),
            }
        }
        FormKind::Vector(items) => format!("[{}]", join(&mut items.iter())),
        FormKind::Set(items) => format!("#{{{}}}", join(&mut items.iter())),
        FormKind::Map(entries) => format!("{{{}}}", join(&mut entries.iter().flat_map(|(k, v)| [k, v]))),
        _ => form.to_string(),
    }
}
