//! The standard library, checked: its tables and bodies. Built once from its source, serialised, and loaded
//! before each check. What a program sees of it is decided by `scope.rs`.

use crate::check::{self, Input};
use crate::expand::marks::Marks;
use crate::hir::{Def, Defs, Implementation, TypeDef, Unit};
use crate::namespace;
use crate::shelf::Shelf;
use crate::table::Tables;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};
use wat_source::{Diagnostic, SourceMap, Symbol};

/// Definitions of the library by full name.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Library {
    pub(crate) tables: Tables,
    defs: Shelf<Def>,
}

impl Library {
    /// Check the library's files: paths and texts. Their places are in the map from now on.
    pub fn build(files: &[(&str, &str)], sources: &mut SourceMap) -> (Library, Vec<Diagnostic>) {
        let mut out = Vec::new();
        let mut read = Vec::new();
        for (path, text) in files {
            let (file, reading) = wat_syntax::load(sources, path, text.as_bytes().to_vec());
            read.push(namespace::open(file, reading, false, &mut out));
        }
        let empty = Library::default();
        let output = check::run(
            Input {
                files: &read,
                lib: &empty,
                in_library: true,
                marks: &Marks::default(),
                macros: &FxHashSet::default(),
                is_macro: false,
            },
            out,
        );
        let defs = output.unit.defs.into_iter().map(|def| (def.name, def)).collect();
        let mut tables = output.tables;
        tables.files = files.len() as u32;
        (Library { tables, defs }, output.diagnostics)
    }

    /// How many files it has; theirs are the first numbers in a source map.
    pub fn files(&self) -> usize {
        self.tables.files as usize
    }

    /// All definitions, in no order.
    pub fn defs(&self) -> impl Iterator<Item = &Def> {
        self.defs.values()
    }

    /// The definitions that an overloaded name chooses among.
    pub fn overloads(&self, name: Symbol) -> &[Symbol] {
        self.tables.overloads.get(&name).map_or(&[], Vec::as_slice)
    }

    /// The names that every program sees without `:use`, sorted.
    pub fn prelude(&self) -> Vec<Symbol> {
        let mut names: Vec<Symbol> = crate::scope::PRELUDE
            .iter()
            .filter_map(|ns| self.tables.names.get(&Symbol::new(ns)))
            .flatten()
            .copied()
            .collect();
        names.sort();
        names
    }
}

impl Defs for Library {
    fn def(&self, name: Symbol) -> Option<&Def> {
        self.defs.get(&name)
    }

    fn type_def(&self, name: Symbol) -> Option<&TypeDef> {
        self.tables.types.get(&name)
    }

    fn implementations(&self, protocol: Symbol) -> Vec<&Implementation> {
        self.tables.implementations.get(&protocol).into_iter().flatten().collect()
    }
}

/// A program's definitions together with the library's.
#[derive(Debug)]
pub struct Linked<'a> {
    defs: FxHashMap<Symbol, &'a Def>,
    types: FxHashMap<Symbol, &'a TypeDef>,
    implementations: FxHashMap<Symbol, Vec<&'a Implementation>>,
    lib: &'a Library,
}

impl<'a> Linked<'a> {
    pub fn new(unit: &'a Unit, lib: &'a Library) -> Linked<'a> {
        let mut implementations: FxHashMap<Symbol, Vec<&Implementation>> = FxHashMap::default();
        for implementation in &unit.implementations {
            implementations.entry(implementation.protocol).or_default().push(implementation);
        }
        Linked {
            implementations,
            defs: unit.defs.iter().map(|def| (def.name, def)).collect(),
            types: unit.types.iter().map(|def| (def.name, def)).collect(),
            lib,
        }
    }
}

impl Defs for Linked<'_> {
    fn def(&self, name: Symbol) -> Option<&Def> {
        self.defs.get(&name).copied().or_else(|| self.lib.def(name))
    }

    fn type_def(&self, name: Symbol) -> Option<&TypeDef> {
        self.types.get(&name).copied().or_else(|| self.lib.type_def(name))
    }

    fn implementations(&self, protocol: Symbol) -> Vec<&Implementation> {
        let mut all = self.lib.implementations(protocol);
        all.extend(self.implementations.get(&protocol).into_iter().flatten());
        all
    }
}
