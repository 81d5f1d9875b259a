//! Macros: from the forms of all files to forms without macro calls. What runs a macro's body is a [`MacroRunner`];
//! what its result means is decided by marks (`marks.rs`), so checking sees ordinary forms.
//!
//! Files come in the order of their use and their forms from the top, so a macro's body may call whatever stands
//! before the call: at its first call, what the body reaches is checked and compiled (`stage.rs`). `walk.rs` finds
//! the calls, `call.rs` answers one, `template.rs` says what a template is as an expression.

mod binders;
mod call;
mod define;
pub mod marks;
pub mod places;
mod runner;
mod show;
mod stage;
pub mod template;
mod walk;

pub use runner::{Code, Fault, MacroRunner, NoMacros, Node};

use crate::library::Library;
use crate::namespace::SourceFile;
use crate::special::Special;
use crate::table::full;
use marks::Marks;
use rustc_hash::{FxHashMap, FxHashSet};
use wat_source::{Diagnostic, SourceMap, Span, Symbol};
use wat_syntax::Form;

/// A program without macro calls.
#[derive(Debug, Default)]
pub struct Program {
    /// Each macro's body stands there as a function of its name, from a vector of forms to a form.
    pub files: Vec<SourceFile>,
    pub marks: Marks,
    /// The macros by full name.
    pub macros: FxHashSet<Symbol>,
    /// Calls in the text of files, with their macros.
    pub calls: Vec<(Span, Symbol)>,
    /// Marked names that are bound as locals somewhere.
    bound: FxHashSet<Symbol>,
}

/// A macro as calls see it.
#[derive(Clone, Debug)]
struct Macro {
    file: usize,
    span: Span,
    /// How many arguments come before the rest.
    fixed: usize,
    has_rest: bool,
    private: bool,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    /// Not called yet.
    Fresh,
    /// Compiled, under the runner's number.
    Ready(usize),
    /// What is wrong with it has been reported.
    Broken,
}

/// The names at the top of a file.
#[derive(Debug, Default)]
struct Names {
    /// All that are defined, wherever in the file.
    all: FxHashSet<Symbol>,
    /// Macros whose definition has not been reached.
    later: FxHashMap<Symbol, Span>,
}

struct Expander<'a> {
    lib: &'a Library,
    sources: &'a mut SourceMap,
    runner: &'a mut dyn MacroRunner,
    out: &'a mut Vec<Diagnostic>,
    program: Program,
    names: Vec<Names>,
    macros: FxHashMap<Symbol, Macro>,
    /// Functions and values so far: file and index of the form.
    defs: FxHashMap<Symbol, (usize, usize)>,
    /// Implementations so far by the names of their methods.
    methods: FxHashMap<Symbol, Vec<(usize, usize)>>,
    /// Calls around the one being expanded, and all calls so far.
    depth: usize,
    count: usize,
    /// A call around the one being expanded has been given up.
    endless: bool,
    /// Definitions that templates named themselves.
    own_names: usize,
}

/// All files without macro calls. Costs nothing where no file defines a macro.
pub fn expand(
    files: Vec<SourceFile>,
    lib: &Library,
    sources: &mut SourceMap,
    runner: &mut dyn MacroRunner,
    out: &mut Vec<Diagnostic>,
) -> Program {
    let special = |form: &Form| form.head().and_then(|head| Special::definition(head.as_str()));
    let defines = |file: &SourceFile| file.forms.iter().any(|form| special(form) == Some(Special::Defmacro));
    if !files.iter().any(defines) {
        return Program { files, ..Program::default() };
    }
    crate::check::on_deep_thread(move || {
        let names = files.iter().map(Names::of).collect();
        let mut expander = Expander {
            lib,
            sources,
            runner,
            out,
            program: Program { files, ..Program::default() },
            names,
            macros: FxHashMap::default(),
            defs: FxHashMap::default(),
            methods: FxHashMap::default(),
            depth: 0,
            count: 0,
            endless: false,
            own_names: 0,
        };
        for file in 0..expander.program.files.len() {
            for form in std::mem::take(&mut expander.program.files[file].forms) {
                expander.top(form, file, false);
            }
        }
        expander.program.macros = expander.macros.keys().copied().collect();
        expander.program
    })
}

impl Names {
    fn of(file: &SourceFile) -> Names {
        let mut names = Names::default();
        for form in &file.forms {
            let Some(special) = form.head().and_then(|head| Special::definition(head.as_str())) else {
                continue;
            };
            let name = form.as_list().and_then(|items| items.get(1)).and_then(|name| match name.as_list() {
                Some(items) => items.first().and_then(Form::as_symbol),
                None => name.as_symbol(),
            });
            let Some(name) = name else { continue };
            let short = Symbol::new(name.name());
            names.all.insert(short);
            if special == Special::Defmacro {
                names.later.entry(short).or_insert(form.span);
            }
        }
        names
    }
}

/// What the head of a list is to expansion.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Head {
    Special(Special),
    Macro(Symbol),
    /// A macro of another file that keeps it to itself.
    Private(Symbol),
    /// A macro that is defined further down, there.
    Later(Span),
    Other,
}

impl Expander<'_> {
    fn ns(&self, file: usize) -> Symbol {
        self.program.files[file].ns
    }

    /// What a name means at the head of a list in a file.
    fn head(&self, file: usize, name: Symbol, locals: &[Symbol]) -> Head {
        if name.namespace().is_none() && locals.contains(&name) {
            return Head::Other;
        }
        let (file, name) = self.program.marks.meaning(file, name);
        let module = &self.program.files[file];
        let (path, short) = name.split();
        let key = Symbol::new(short);
        match path {
            None => {
                if self.names[file].all.contains(&key) {
                    return self.member(file, module.ns, key);
                }
                let brought = module.uses.iter().find(|u| u.only.iter().any(|(name, _)| *name == key));
                match brought {
                    Some(used) => self.member(file, used.ns, key),
                    None => Special::by_name(short).map_or(Head::Other, Head::Special),
                }
            }
            Some("wat.core") => Special::by_name(short).map_or(Head::Other, Head::Special),
            Some(path) => {
                let alias = module.uses.iter().find(|used| used.alias.is_some_and(|alias| alias == path));
                let whole = || module.uses.iter().find(|used| used.ns == path);
                match alias.or_else(whole) {
                    Some(used) => self.member(file, used.ns, key),
                    None if module.ns == path => self.member(file, module.ns, key),
                    None => Head::Other,
                }
            }
        }
    }

    /// A definition of a namespace as a file sees it.
    fn member(&self, file: usize, ns: Symbol, short: Symbol) -> Head {
        let name = full(ns, short.as_str());
        match self.macros.get(&name) {
            Some(found) if found.private && self.ns(file) != ns => Head::Private(name),
            Some(_) => Head::Macro(name),
            None if self.ns(file) == ns => {
                self.names[file].later.get(&short).map_or(Head::Other, |span| Head::Later(*span))
            }
            None => Head::Other,
        }
    }
}
