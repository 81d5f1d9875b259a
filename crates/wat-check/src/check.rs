//! The order of checking: declarations, bodies in two rounds, then the passes over the finished HIR.

use crate::declare::{self, Decls};
use crate::expand::marks::Marks;
use crate::expand::{self, MacroRunner, NoMacros, Program, places};
use crate::hir::{Body, Defs, Unit};
use crate::infer::{self, Cx, a};
use crate::library::{Library, Linked};
use crate::namespace::{self, Entry, SourceFile, World};
use crate::scope::{Env, Lookup};
use crate::special::Special;
use crate::table::{Sig, Tables, full};
use crate::testing::Test;
use crate::ty::Ty;
use crate::{contract, effects, exhaust, recursion, stdio, wire};
use rustc_hash::{FxHashMap, FxHashSet};
use wat_source::{Code, Diagnostic, FileId, SourceMap, Span, Symbol};
use wat_syntax::{Form, FormKind};

/// A program after checking.
#[derive(Debug)]
pub struct Checked {
    pub unit: Unit,
    /// The definition to start with, where there is one.
    pub main: Option<Symbol>,
    /// Those of the entry file, in its order; they are not part of `main`.
    pub tests: Vec<Test>,
    /// The entry file's namespace.
    pub namespace: Symbol,
    /// In the order of their places; a program with errors among them is not to be compiled.
    pub diagnostics: Vec<Diagnostic>,
}

/// Check the entry and all it uses, with nothing to run macros with.
pub fn check(entry: Entry, world: &mut dyn World, lib: &Library, sources: &mut SourceMap) -> Checked {
    check_with_macros(entry, world, lib, sources, &mut NoMacros)
}

/// Check the entry and all it uses.
pub fn check_with_macros(
    entry: Entry,
    world: &mut dyn World,
    lib: &Library,
    sources: &mut SourceMap,
    runner: &mut dyn MacroRunner,
) -> Checked {
    let mut out = Vec::new();
    let program = expanded(entry, world, lib, sources, runner, &mut out);
    let Program { files, marks, macros, .. } = &program;
    let output = run(Input { files, lib, in_library: false, marks, macros, is_macro: false }, out);
    let mut diagnostics = places::relocate(output.diagnostics, &program, sources);
    places::name_cases(&mut diagnostics, sources);
    let entry = program.files.iter().find(|file| file.is_entry);
    let namespace = entry.map_or_else(|| Symbol::new("user"), |file| file.ns);
    Checked { unit: output.unit, main: output.main, tests: output.tests, namespace, diagnostics }
}

/// The entry's forms after expansion, as text, and what is wrong with its macros and their calls.
pub fn expand(
    entry: Entry,
    world: &mut dyn World,
    lib: &Library,
    sources: &mut SourceMap,
    runner: &mut dyn MacroRunner,
) -> (String, Vec<Diagnostic>) {
    let mut out = Vec::new();
    let program = expanded(entry, world, lib, sources, runner, &mut out);
    (program.shown(), places::relocate(sorted(out), &program, sources))
}

fn expanded(
    entry: Entry,
    world: &mut dyn World,
    lib: &Library,
    sources: &mut SourceMap,
    runner: &mut dyn MacroRunner,
    out: &mut Vec<Diagnostic>,
) -> Program {
    let files = namespace::load(entry, world, &lib.tables, sources, out);
    expand::expand(files, lib, sources, runner, out)
}

#[derive(Clone, Copy)]
pub struct Input<'a> {
    pub files: &'a [SourceFile],
    pub lib: &'a Library,
    pub in_library: bool,
    /// What the names mean that templates brought.
    pub marks: &'a Marks,
    /// The functions that are macros' bodies.
    pub macros: &'a FxHashSet<Symbol>,
    /// The program is a macro with what it needs: code is data to it.
    pub is_macro: bool,
}

pub struct Output {
    pub unit: Unit,
    pub tables: Tables,
    pub main: Option<Symbol>,
    pub tests: Vec<Test>,
    pub diagnostics: Vec<Diagnostic>,
}

/// Forms are deep where programs are: the work runs on a stack of its own that is large enough for any that the
/// reader lets through, threading macros included.
const STACK_BYTES: usize = 256 << 20;

pub fn run(input: Input<'_>, out: Vec<Diagnostic>) -> Output {
    on_deep_thread(move || on_deep_stack(input, out))
}

/// Does the work in a thread with such a stack.
pub fn on_deep_thread<R: Send>(work: impl FnOnce() -> R + Send) -> R {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name("check".to_string()).stack_size(STACK_BYTES);
        let handle = thread.spawn_scoped(scope, work).expect("a thread can be started");
        match handle.join() {
            Ok(output) => output,
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

/// As [`run`], for callers on such a stack.
pub fn on_deep_stack(input: Input<'_>, mut out: Vec<Diagnostic>) -> Output {
    let Input { files, lib, in_library, marks, macros, is_macro } = input;
    let mut env =
        Env { lib: &lib.tables, own: Tables::default(), scopes: Vec::new(), in_library, marks, is_macro };
    let unreadable = out.iter().any(Diagnostic::is_error);
    // From the quote on that has no other, text and code are the wrong way round.
    let torn: FxHashSet<FileId> =
        out.iter().filter(|d| d.code == Code::UnterminatedString).map(|d| d.span().file).collect();
    let read = out.len();
    let decls = declare::declare(files, &mut env, &mut out);
    if !is_macro {
        // A macro's program has of each file what the macro reaches.
        declare::check_uses(files, &env, &mut out);
    }
    recursion::types(env.own.types.values(), &mut out);
    let mut unwired = Vec::new();
    for (ty, span) in &decls.contracts {
        if let Err(part) = wire::wire(ty, &env)
            && !matches!(part, Ty::Var(_))
        {
            let title = format!("a contract is about data, and {} is not", a(&part.to_string()));
            let label =
                if part == *ty { "this is no data".into() } else { format!("a part of {ty} is no data") };
            let diagnostic = Diagnostic::new(Code::NotWire, title).label(*span, label);
            out.push(match part {
                Ty::Fn(..) => {
                    diagnostic.help("send what says which function is meant: a variant, say, or a keyword")
                }
                _ => diagnostic,
            });
            unwired.push(ty.clone());
        }
    }
    let entry = if in_library { None } else { entry_point(files, &env, &decls, unreadable, &mut out) };

    let mut cx = Cx::new(&env, &decls.values);
    cx.unwired = unwired;
    let cx = cx;
    cx.done.borrow_mut().extend(decls.methods.iter().cloned());
    for decl in &decls.values {
        cx.value_type(decl.name, decl.name_span);
    }
    // First what sets no contract, because contracts flow into types through what it reads and writes.
    let (programs, plain): (Vec<_>, Vec<_>) =
        decls.functions.iter().partition(|decl| has_contract(decl.form));
    for decl in &plain {
        infer::function(&cx, decl);
    }
    summarise(&cx);
    for decl in &programs {
        infer::function(&cx, decl);
    }
    if let Some((file, name, true)) = entry {
        infer::script(&cx, file, name, &decls.script);
    }
    for test in &decls.tests {
        infer::script(&cx, test.file, test.name, &test.body);
    }
    summarise(&cx);
    let values: Vec<(Symbol, Ty)> =
        decls.values.iter().map(|decl| (decl.name, cx.value_type(decl.name, decl.name_span))).collect();
    let Cx { done, stdio, out: found, .. } = cx;
    out.extend(found.into_inner());
    let mut tables = env.own;
    for (name, ty) in values {
        if let Some(sig) = tables.sigs.get_mut(&name) {
            sig.result = ty;
        }
    }
    for (name, stdio) in stdio.into_inner() {
        if let Some(sig) = tables.sigs.get_mut(&name) {
            sig.stdio = stdio;
        }
    }
    let mut unit = Unit {
        types: tables.types.values().cloned().collect(),
        defs: done.into_inner(),
        implementations: tables.implementations.values().flatten().cloned().collect(),
    };
    unit.implementations.sort_by_key(|implementation| implementation.span);
    unit.types.sort_by_key(|def| def.name);
    unit.defs.sort_by_key(|def| def.name);
    passes(&unit, lib, macros, &mut out);
    // What a macro that failed would have defined is not there, and missed by all that names it.
    let lost = !macros.is_empty() && files.iter().any(|file| file.forms.iter().any(Form::is_error));
    // A list whose end is a guess has as many parts as the guess gives it.
    let guessed: FxHashSet<(FileId, u32)> = out
        .iter()
        .filter(|d| d.code == Code::UnbalancedBracket)
        .map(|d| (d.span().file, d.span().start))
        .collect();
    let follows = |d: &Diagnostic| guessed.contains(&(d.span().file, d.span().start));
    let misses = |d: &Diagnostic| lost && matches!(d.code, Code::UnboundName | Code::UnboundType);
    let is_told = |(n, d): &(usize, Diagnostic)| {
        *n < read || !(torn.contains(&d.span().file) || misses(d) || follows(d))
    };
    let of_entry = decls.tests.iter().filter(|test| files[test.file].is_entry);
    let tests =
        of_entry.map(|test| Test { title: test.title.clone(), name: test.name, span: test.span }).collect();
    let told = out.into_iter().enumerate().filter(is_told).map(|(_, diagnostic)| diagnostic).collect();
    Output { unit, tables, main: entry.map(|(_, name, _)| name), tests, diagnostics: sorted(told) }
}

/// What is decided on the finished HIR.
fn passes(unit: &Unit, lib: &Library, macros: &FxHashSet<Symbol>, out: &mut Vec<Diagnostic>) {
    let linked = Linked::new(unit, lib);
    let defs: &dyn Defs = &linked;
    for def in unit.defs.iter().filter(|def| !matches!(def.body, Body::Intrinsic(_))) {
        exhaust::check_matches(def, defs, out);
    }
    recursion::functions(&unit.defs, defs, out);
    effects::check(&unit.defs, defs, out);
    let before = out.len();
    effects::check_macros(macros, defs, out);
    // A macro that reads or writes has been told of; at that place the program that runs it would be told the same.
    let told: Vec<Span> = out[before..].iter().map(Diagnostic::span).collect();
    let mut broken = Vec::new();
    contract::prove(unit, defs, &mut broken);
    out.extend(broken.into_iter().filter(|diagnostic| !told.contains(&diagnostic.span())));
}

fn summarise(cx: &Cx<'_>) {
    let known = |name: Symbol| cx.env.lib.sigs.get(&name).map(|sig: &Sig| (&sig.stdio, &sig.generics[..]));
    let found = stdio::summaries(&cx.done.borrow(), &known);
    *cx.stdio.borrow_mut() = found;
}

/// One diagnostic per code and place, in the order of places.
fn sorted(mut out: Vec<Diagnostic>) -> Vec<Diagnostic> {
    out.sort_by_key(Diagnostic::span);
    let mut seen: FxHashSet<(Code, Span)> = FxHashSet::default();
    out.retain(|diagnostic| diagnostic.span().is_none() || seen.insert((diagnostic.code, diagnostic.span())));
    limited(out)
}

/// A file has at most so many diagnostics.
const MOST_DIAGNOSTICS: usize = 200;

/// Of each file the first ones, errors before warnings; the last one tells how many are left out.
fn limited(out: Vec<Diagnostic>) -> Vec<Diagnostic> {
    if out.len() <= MOST_DIAGNOSTICS {
        return out;
    }
    let mut left_out: FxHashMap<FileId, usize> = FxHashMap::default();
    let mut kept: FxHashMap<FileId, usize> = FxHashMap::default();
    let mut keep: Vec<bool> = vec![false; out.len()];
    for errors in [true, false] {
        for (n, diagnostic) in out.iter().enumerate().filter(|(_, d)| d.is_error() == errors) {
            let file = diagnostic.span().file;
            let count = kept.entry(file).or_default();
            if *count < MOST_DIAGNOSTICS {
                (keep[n], *count) = (true, *count + 1);
            } else {
                *left_out.entry(file).or_default() += 1;
            }
        }
    }
    let mut out: Vec<Diagnostic> =
        out.into_iter().zip(keep).filter_map(|(diagnostic, keep)| keep.then_some(diagnostic)).collect();
    for diagnostic in out.iter_mut().rev() {
        if let Some(count) = left_out.remove(&diagnostic.span().file) {
            diagnostic.notes.push(format!("and {count} more in this file"));
        }
    }
    out
}

/// Does a definition declare a contract, its own or that of a program inside?
fn has_contract(form: &Form) -> bool {
    match &form.kind {
        FormKind::Map(entries) => entries.iter().any(|(key, value)| {
            key.is_keyword("in") || key.is_keyword("out") || has_contract(key) || has_contract(value)
        }),
        FormKind::List(items) | FormKind::Vector(items) | FormKind::Set(items) => {
            items.iter().any(has_contract)
        }
        _ => false,
    }
}

/// The file of the entry, the full name of its `main`, and whether that is made of top-level expressions.
fn entry_point(
    files: &[SourceFile],
    env: &Env<'_>,
    decls: &Decls<'_>,
    unreadable: bool,
    out: &mut Vec<Diagnostic>,
) -> Option<(usize, Symbol, bool)> {
    let file = files.iter().position(|file| file.is_entry)?;
    let name = full(files[file].ns, "main");
    if let Some(sig) = env.own.sigs.get(&name) {
        for form in &decls.script {
            if let Some(items) = form.as_list()
                && let Some(head) = form.head()
                && env.value(file, head) == Lookup::Missing
            {
                let nothing = std::iter::empty();
                out.push(env.unbound(file, head, items[0].span, false, Lookup::Missing, nothing));
                continue;
            }
            out.push(
                Diagnostic::new(
                    Code::StrayExpression,
                    "an expression at the top of a file that defines `main`",
                )
                .label(
                    form.span,
                    if form
                        .as_list()
                        .is_some_and(|items| items.first().is_some_and(|word| word.is_symbol("main")))
                    {
                        "`main` is called without this when the program starts"
                    } else {
                        "nothing would run this"
                    },
                )
                .label(sig.span, "`main` is defined here"),
            );
        }
        if sig.is_value
            || sig.params.iter().any(|(_, ty)| *ty != crate::unify::wrong())
            || (sig.result != Ty::Nil && sig.result != crate::unify::wrong())
        {
            out.push(
                Diagnostic::new(Code::BadMain, "`main` takes nothing and gives nil")
                    .at(sig.span)
                    .help("(defn main [] -> nil …); the arguments of the command line are `(args)`"),
            );
            return None;
        }
        return Some((file, name, false));
    }
    let is_main =
        |form: &Form| form.as_symbol().is_some_and(|name| name.as_str().eq_ignore_ascii_case("main"));
    let tried = files[file].forms.iter().any(|form| {
        let named = form.as_list().and_then(|items| items.get(1));
        let special = form.head().and_then(|head| Special::definition(head.as_str()));
        form.is_error()
            || special == Some(Special::Deftest)
            || (form.head().is_some() && named.is_some_and(is_main))
    });
    if !decls.script.is_empty() {
        return Some((file, name, true));
    }
    if !unreadable && !decls.foreign && !tried {
        let start = Span::new(files[file].file, 0, 0);
        let title = match files[file].forms.is_empty() {
            true => "there is nothing in this file",
            false => "this program has no `main`",
        };
        out.push(
            Diagnostic::new(Code::MissingMain, title)
                .at(start)
                .help("(defn main [] -> nil …), or expressions at the top of the file"),
        );
    }
    None
}
