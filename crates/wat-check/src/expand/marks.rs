//! Hygiene. Every filling-in of a template is a *scope*; each name it brings carries the scope's number as a mark:
//! `tmp @7`. A marked name and a plain one are different names, so a binder of the template captures no name of the
//! caller, nor a binder of the caller one of the template. A marked name that nothing binds under its whole spelling
//! means what the name without marks means in the file the template was written in, its privates included.
//!
//! This is the marks half of the syntax-case algorithm, and gives what sets of scopes (Flatt, POPL 2016) give as
//! long as macros are defined at the top of files alone, as they are here: no local binding then lies between a
//! template and the top of its file, so there is one place to look once the marks are taken off. A template's own
//! definitions are names of their own too (`helper-1`); macros give each other access to them by handing the name on.
//!
//! Limits: `<- -> & _` and type variables are never marked; a name built by hand (`at` 0) is the caller's own.

use crate::scope::starts_upper;
use rustc_hash::FxHashMap;
use wat_source::{FileId, Symbol};

#[derive(Debug, Default)]
pub struct Marks {
    /// By the number of the scope, which is that of its made file in the source map.
    scopes: FxHashMap<u32, Scope>,
    /// Marked names of definitions that templates made: the file they are in and their names there.
    defined: FxHashMap<Symbol, (usize, Symbol)>,
}

#[derive(Clone, Copy, Debug)]
pub struct Scope {
    /// The file the template was written in.
    pub file: usize,
    /// The macro that was called.
    pub name: Symbol,
}

/// A name's text and its marks, ` @7 @9`.
pub fn split(name: &str) -> (&str, &str) {
    match name.find(" @") {
        Some(at) => name.split_at(at),
        None => (name, ""),
    }
}

pub fn base(name: Symbol) -> Symbol {
    match split(name.as_str()) {
        (_, "") => name,
        (base, _) => Symbol::new(base),
    }
}

pub fn is_marked(name: Symbol) -> bool {
    name.as_str().contains(" @")
}

/// A text with the marks of all names in it taken off.
pub fn readable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(" @") {
        let digits = rest[at + 2..].bytes().take_while(u8::is_ascii_digit).count();
        out.push_str(&rest[..at]);
        if digits == 0 {
            out.push_str(" @");
        }
        rest = &rest[at + 2 + digits..];
    }
    out + rest
}

impl Marks {
    pub fn is_empty(&self) -> bool {
        self.scopes.is_empty()
    }

    pub fn open(&mut self, made: FileId, scope: Scope) {
        self.scopes.insert(made.0, scope);
    }

    pub fn scope(&self, made: FileId) -> Option<Scope> {
        self.scopes.get(&made.0).copied()
    }

    /// A definition that a template made under a marked name.
    pub fn define(&mut self, marked: Symbol, file: usize, short: Symbol) {
        self.defined.insert(marked, (file, short));
    }

    /// What a name that no local binds stands for: a name without marks, and the file to look for it from.
    pub fn meaning(&self, file: usize, name: Symbol) -> (usize, Symbol) {
        if self.is_empty() {
            return (file, name);
        }
        let (base, marks) = split(name.as_str());
        if marks.is_empty() {
            return (file, name);
        }
        // `Shape/Circle` may be a variant of a type that a template made.
        let (owner, part) = match base.split_once('/') {
            Some((owner, part)) if starts_upper(owner) && !part.is_empty() => (owner, Some(part)),
            _ => (base, None),
        };
        let mut left = marks;
        while !left.is_empty() {
            if let Some((file, short)) = self.defined.get(&Symbol::new(&format!("{owner}{left}"))) {
                return match part {
                    Some(part) => (*file, Symbol::new(&format!("{short}/{part}"))),
                    None => (*file, *short),
                };
            }
            left = &left[..left.rfind(" @").unwrap_or(0)];
        }
        // The first mark is that of the template whose text holds the name.
        let first = marks[2..].split(' ').next().and_then(|number| number.parse::<u32>().ok());
        let file = first.and_then(|number| self.scopes.get(&number)).map_or(file, |scope| scope.file);
        (file, Symbol::new(base))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_means_what_it_meant_where_it_was_written() {
        let mut marks = Marks::default();
        let scope = |file| Scope { file, name: Symbol::new("m") };
        marks.open(FileId(7), scope(1));
        marks.open(FileId(9), scope(2));
        let meaning = |name: &str| {
            let (file, name) = marks.meaning(0, Symbol::new(name));
            format!("{file} {name}")
        };
        assert_eq!(meaning("f"), "0 f");
        assert_eq!(meaning("f @7"), "1 f");
        assert_eq!(meaning("f @9 @7"), "2 f");
    }

    #[test]
    fn a_template_s_definition_is_found_under_all_its_marks() {
        let mut marks = Marks::default();
        marks.open(FileId(7), Scope { file: 1, name: Symbol::new("m") });
        marks.define(Symbol::new("Coin @7"), 0, Symbol::new("Coin-1"));
        assert_eq!(marks.meaning(3, Symbol::new("Coin/Eur @7 @8")), (0, Symbol::new("Coin-1/Eur")));
    }

    #[test]
    fn marks_are_not_for_readers() {
        assert_eq!(readable("unknown name `f @7 @12`, at @ home"), "unknown name `f`, at @ home");
    }
}
