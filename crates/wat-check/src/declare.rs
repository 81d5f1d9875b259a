//! From the forms of all files to their definitions: names, types, signatures. Bodies are left as forms; so are
//! the values of `def`s, whose types inference finds.

use crate::head::bad_syntax;
use crate::hir::Def;
use crate::namespace::SourceFile;
use crate::scope::{Env, FileScope};
use crate::special::Special;
use crate::testing;
use crate::ty::Ty;
use crate::typeform::{TypeReader, Variables};
use crate::unify::wrong;
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;
use wat_source::{Code, Diagnostic, Span, Symbol};
use wat_syntax::Form;

mod function;
mod names;
mod protocol;
mod signature;
mod types;

pub use names::check_uses;

/// The protocols of the language.
pub const PROTOCOLS: [&str; 6] = ["Eq", "Ord", "Hash", "Show", "Num", "Wire"];
/// More parameters or fields than this are an error.
const MOST_PARAMS: usize = 255;
/// Tags of variants without fields lie below the first page.
const MOST_VARIANTS: usize = 4000;
/// The tag of an object is one byte.
const MOST_TAGS: usize = 255;

/// A `defn` whose signature is in the tables.
#[derive(Debug)]
pub struct FnDecl<'a> {
    pub file: usize,
    pub name: Symbol,
    pub name_span: Span,
    pub patterns: Vec<&'a Form>,
    pub result_span: Span,
    /// Empty where the definition is an intrinsic.
    pub body: &'a [Form],
    pub form: &'a Form,
    pub doc: Option<Arc<str>>,
    /// What `Self` stands for, in an `extend`.
    pub self_type: Option<Ty>,
}

/// A `def`.
#[derive(Debug)]
pub struct ValueDecl<'a> {
    pub file: usize,
    pub name: Symbol,
    pub name_span: Span,
    pub value: &'a Form,
    pub private: bool,
    pub doc: Option<Arc<str>>,
}

/// A `deftest`.
#[derive(Debug)]
pub struct TestDecl<'a> {
    pub file: usize,
    pub name: Symbol,
    pub title: Arc<str>,
    /// The title's place.
    pub span: Span,
    pub body: Vec<&'a Form>,
}

#[derive(Debug, Default)]
pub struct Decls<'a> {
    pub functions: Vec<FnDecl<'a>>,
    pub values: Vec<ValueDecl<'a>>,
    /// Protocols' methods, whose definitions are complete.
    pub methods: Vec<Def>,
    /// Top-level expressions of the entry, in order.
    pub script: Vec<&'a Form>,
    /// Is there text of another language, of which nothing is known?
    pub foreign: bool,
    pub tests: Vec<TestDecl<'a>>,
    /// The types in contracts, which must be data.
    pub contracts: Vec<(Ty, Span)>,
}

/// Declare everything in the files into `env.own`.
pub fn declare<'a>(files: &'a [SourceFile], env: &mut Env<'_>, out: &mut Vec<Diagnostic>) -> Decls<'a> {
    env.scopes = files.iter().map(FileScope::of).collect();
    for file in files {
        env.own.names.entry(file.ns).or_default();
    }
    let mut declarer = Declarer {
        env,
        out,
        seen: FxHashMap::default(),
        listed: FxHashSet::default(),
        decls: Decls::default(),
    };
    let mut items = Vec::new();
    for (number, file) in files.iter().enumerate() {
        let prose = crate::foreign::prose(&file.forms);
        if let Some(prose) = &prose {
            declarer.foreign_text(number, prose);
        }
        for (at, form) in file.forms.iter().enumerate() {
            match form.head().and_then(|head| Special::definition(head.as_str())) {
                Some(special) => items.push((number, special, form)),
                None if form.is_error() || prose.as_ref().is_some_and(|prose| at >= prose.at) => {}
                None if file.is_entry => declarer.decls.script.push(form),
                None => declarer.out.push(
                    Diagnostic::new(
                        Code::StrayExpression,
                        "an expression at the top of a file that is used by others",
                    )
                    .at(form.span)
                    .help("only the entry file may be a script"),
                ),
            }
        }
    }
    declarer.foreign_definitions(files);
    declarer.type_names(&items);
    declarer.protocol_names(&items);
    declarer.aliases(&items);
    for (file, special, form) in &items {
        match special {
            Special::Defstruct => declarer.structure(*file, form),
            Special::Defenum => declarer.enumeration(*file, form),
            _ => {}
        }
    }
    for (file, special, form) in &items {
        if *special == Special::Defprotocol {
            declarer.protocol(*file, form);
        }
    }
    declarer.derived();
    declarer.bring_methods(files);
    let mut titles = FxHashMap::default();
    for (file, special, form) in &items {
        match special {
            Special::Defn => declarer.function(*file, form),
            Special::Def => declarer.value(*file, form),
            Special::Extend => declarer.extension(*file, form),
            Special::Deftest => {
                let (ns, number) = (declarer.namespace(*file), declarer.decls.tests.len());
                let test = testing::declare(*file, ns, number, form, &mut titles, declarer.out);
                declarer.decls.tests.extend(test);
            }
            Special::Defstruct | Special::Defenum | Special::Defalias | Special::Defprotocol => {}
            Special::Ns => declarer.out.push(bad_syntax(form.span, "`ns` is the first form of a file")),
            other => declarer.out.push(
                Diagnostic::new(Code::UnsupportedForm, format!("`{}` is not available", other.name()))
                    .at(form.span),
            ),
        }
    }
    declarer.decls
}

/// The field or variant of a type whose fields or variants could not be read.
pub const UNKNOWN: &str = "?";

fn unknown_fields() -> Vec<(Symbol, Ty)> {
    vec![(Symbol::new(UNKNOWN), wrong())]
}

struct Declarer<'a, 'e, 'l> {
    env: &'e mut Env<'l>,
    out: &'e mut Vec<Diagnostic>,
    /// Where each full name was defined.
    seen: FxHashMap<Symbol, Span>,
    /// Namespaces with the names listed for them.
    listed: FxHashSet<(Symbol, Symbol)>,
    decls: Decls<'a>,
}

impl<'a> Declarer<'a, '_, '_> {
    fn namespace(&self, file: usize) -> Symbol {
        self.env.scopes[file].namespace()
    }

    fn ty(&mut self, file: usize, form: &Form, variables: Variables<'_>) -> Ty {
        TypeReader { env: self.env, file, variables, out: self.out, waits: false }.read(form)
    }
}
