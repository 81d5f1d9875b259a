//! `(deftest "name" body…)`: tests are definitions that nobody can name, checked like scripts, and part of no program
//! but the one that [`entry`] makes of them. How tests are run is the library's business (`wat.test`).

use crate::declare::TestDecl;
use crate::head::bad_syntax;
use crate::hir::{Body, Contract, Def, Expr, ExprKind, LocalInfo, Unit};
use crate::table::full;
use crate::ty::Ty;
use rustc_hash::FxHashMap;
use std::sync::Arc;
use wat_source::{Code, Diagnostic, Span, Symbol};
use wat_syntax::Form;

/// A test of the entry file.
#[derive(Clone, Debug)]
pub struct Test {
    pub title: Arc<str>,
    /// The definition that is its body.
    pub name: Symbol,
    /// The title's place.
    pub span: Span,
}

/// The runner of the library: it is given the tests as programs, in the order of the file.
const RUNNER: &str = "wat.test/run-tests";

/// A test taken apart; `seen` holds the titles of its file so far.
pub fn declare<'a>(
    file: usize,
    ns: Symbol,
    number: usize,
    form: &'a Form,
    seen: &mut FxHashMap<(usize, &'a str), Span>,
    out: &mut Vec<Diagnostic>,
) -> Option<TestDecl<'a>> {
    let items = form.as_list().unwrap_or(&[]);
    let title = items.get(1);
    let Some((text, span)) = title.and_then(|form| Some((form.as_str()?, form.span))) else {
        if title.is_none_or(|form| !form.is_error()) {
            let span = title.map_or(form.span, |form| form.span);
            out.push(
                bad_syntax(span, "`deftest` begins with the test's name, a string")
                    .help("(deftest \"adds\" (wat.test/assert-eq 4 (+ 2 2)))"),
            );
        }
        return None;
    };
    if let Some(first) = seen.insert((file, text), span) {
        out.push(
            Diagnostic::new(Code::Redefinition, format!("two tests are named {text:?}"))
                .label(span, "again here")
                .label(first, "first here"),
        );
        return None;
    }
    if items.len() == 2 {
        out.push(bad_syntax(form.span, "this test has no body, so nothing can fail"));
        return None;
    }
    // No name that can be written has a blank.
    let name = full(ns, &format!("test {}", number + 1));
    Some(TestDecl { file, name, title: Arc::from(text), span, body: items[2..].iter().collect() })
}

/// Adds the program that runs the tests to the unit, and answers its name.
pub fn entry(unit: &mut Unit, tests: &[Test], ns: Symbol) -> Symbol {
    let program = Ty::Program(Arc::new(Ty::Edn), Arc::new(Ty::Edn));
    let span = tests.first().map_or(Span::NONE, |test| test.span);
    let value = |test: &Test| Expr {
        kind: ExprKind::ProgramOf {
            name: test.name,
            targs: Vec::new(),
            contract: Contract { input: Ty::Edn, output: Ty::Edn },
        },
        ty: program.clone(),
        span: test.span,
    };
    let tests = Expr {
        kind: ExprKind::Vector(tests.iter().map(value).collect()),
        ty: Ty::Vector(Arc::new(program.clone())),
        span,
    };
    let call = ExprKind::Call { name: Symbol::new(RUNNER), targs: Vec::new(), args: vec![tests] };
    let name = full(ns, "tests of this file");
    unit.defs.push(Def {
        name,
        generics: Vec::new(),
        bounds: Vec::new(),
        params: Vec::new(),
        has_rest: false,
        result: Ty::Nil,
        body: Body::Fn(Expr { kind: call, ty: Ty::Nil, span }),
        contract: None,
        locals: Vec::<LocalInfo>::new(),
        private: true,
        doc: None,
        span,
    });
    name
}
