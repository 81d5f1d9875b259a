//! What is known of every definition by its full name: signatures, types, aliases, overloads. The library's
//! table is serialised with it; a program's lives as long as its check. Not bodies, which are HIR.

use crate::hir::{Contract, Implementation, TypeDef};
use crate::protocol::Protocol;
use crate::shelf::Shelf;
use crate::ty::Ty;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use wat_source::{Span, Symbol};

/// A function's or value's signature.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Sig {
    pub name: Symbol,
    pub generics: Vec<Symbol>,
    /// Protocol and variable.
    pub bounds: Vec<(Symbol, Symbol)>,
    pub params: Vec<(Symbol, Ty)>,
    pub has_rest: bool,
    pub result: Ty,
    /// Of a `def`; its type is found by inference.
    pub is_value: bool,
    pub contract: Option<Contract>,
    pub variadic: Option<Variadic>,
    /// The overloaded name that this implements, and the arguments that decide.
    pub overload: Option<Symbol>,
    pub on: Vec<u32>,
    pub intrinsic: Option<Symbol>,
    pub private: bool,
    pub stdio: Stdio,
    pub span: Span,
}

impl Sig {
    /// Of a function that takes these and gives this, and of which nothing else is said.
    pub fn new(name: Symbol, span: Span, params: Vec<(Symbol, Ty)>, result: Ty) -> Sig {
        Sig {
            name,
            generics: Vec::new(),
            bounds: Vec::new(),
            params,
            has_rest: false,
            result,
            is_value: false,
            contract: None,
            variadic: None,
            overload: None,
            on: Vec::new(),
            intrinsic: None,
            private: false,
            stdio: Stdio::default(),
            span,
        }
    }
}

/// What a two-argument function means with more or fewer arguments (library only).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Variadic {
    /// `(f a b c)` = `(f (f a b) c)`
    Fold,
    /// `(f a b c)` = `(f a b)` and `(f b c)`
    Chain,
}

/// The types a definition reads from and writes to the ambient stdio, itself or through what it mentions, in
/// terms of its type variables.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stdio {
    pub reads: Vec<Ty>,
    pub writes: Vec<Ty>,
}

impl Stdio {
    pub fn add(&mut self, input: bool, ty: Ty) {
        let side = if input { &mut self.reads } else { &mut self.writes };
        if !side.contains(&ty) {
            side.push(ty);
        }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Alias {
    pub params: Vec<Symbol>,
    /// None until its right side has been read.
    pub ty: Option<Ty>,
    pub private: bool,
    pub span: Span,
}

/// Everything is keyed by full name; `names` lists the visible short names of each namespace.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Tables {
    pub sigs: Shelf<Sig>,
    pub overloads: FxHashMap<Symbol, Vec<Symbol>>,
    pub types: Shelf<TypeDef>,
    pub aliases: FxHashMap<Symbol, Alias>,
    pub names: FxHashMap<Symbol, Vec<Symbol>>,
    pub protocols: FxHashMap<Symbol, Protocol>,
    /// The protocol of each method.
    pub methods: FxHashMap<Symbol, Symbol>,
    /// By protocol.
    pub implementations: FxHashMap<Symbol, Vec<Implementation>>,
    /// The definition of each runtime function or primitive operation.
    pub intrinsics: FxHashMap<Symbol, Symbol>,
    /// How many files the library has: theirs are the first numbers.
    pub files: u32,
}

/// `ns/name` as one symbol.
pub fn full(namespace: Symbol, name: &str) -> Symbol {
    Symbol::new(&format!("{namespace}/{name}"))
}
