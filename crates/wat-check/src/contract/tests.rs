//! Proofs about programs built by hand. A mention's place is the number given to it.

use super::*;
use crate::hir::{Arm, ExprKind, Lambda, Lit, LocalId, Pattern, PatternKind};
use std::sync::Arc;
use wat_source::FileId;

/// The library: stdio, `serve`, and what hides it behind another function.
struct Library(Vec<Def>);

impl Defs for Library {
    fn def(&self, name: Symbol) -> Option<&Def> {
        self.0.iter().find(|def| def.name == name)
    }
    fn type_def(&self, _: Symbol) -> Option<&crate::hir::TypeDef> {
        None
    }
}

fn var(name: &str) -> Ty {
    Ty::Var(Symbol::new(name))
}
fn vec_of(ty: Ty) -> Ty {
    Ty::Vector(Arc::new(ty))
}
fn span(at: u32) -> Span {
    Span::new(FileId(0), at, at + 1)
}
fn expr(kind: ExprKind, at: u32) -> Expr {
    Expr { kind, ty: Ty::Nil, span: span(at) }
}
fn nil() -> Expr {
    expr(ExprKind::Lit(Lit::Nil), 0)
}
fn call_with(at: u32, name: &str, targs: &[Ty], args: Vec<Expr>) -> Expr {
    expr(ExprKind::Call { name: Symbol::new(name), targs: targs.to_vec(), args }, at)
}
fn call(at: u32, name: &str, targs: &[Ty]) -> Expr {
    call_with(at, name, targs, vec![])
}
fn pass(at: u32, name: &str, targs: &[Ty]) -> Expr {
    expr(ExprKind::Def { name: Symbol::new(name), targs: targs.to_vec() }, at)
}
fn println(at: u32, ty: Ty) -> Expr {
    call_with(at, "wat.kernel/println", &[ty], vec![nil()])
}
fn readln(at: u32, ty: Ty) -> Expr {
    call(at, "wat.kernel/readln", &[ty])
}
fn all(exprs: Vec<Expr>) -> Expr {
    expr(ExprKind::Do(exprs), 0)
}
fn lambda(at: u32, contract: Option<Contract>, body: Expr) -> Expr {
    let lambda = Lambda { own: None, params: vec![], body, captures: vec![], contract };
    expr(ExprKind::Lambda(Box::new(lambda)), at)
}
fn program_of(at: u32, name: &str, targs: &[Ty], contract: Contract) -> Expr {
    expr(ExprKind::ProgramOf { name: Symbol::new(name), targs: targs.to_vec(), contract }, at)
}
fn io(input: Ty, output: Ty) -> Option<Contract> {
    Some(Contract { input, output })
}
fn ints() -> Option<Contract> {
    io(Ty::I64, Ty::I64)
}

fn generic(name: &str, generics: &[&str], contract: Option<Contract>, body: Expr) -> Def {
    Def {
        name: Symbol::new(name),
        generics: generics.iter().map(|g| Symbol::new(g)).collect(),
        bounds: vec![],
        params: vec![],
        has_rest: false,
        result: Ty::Nil,
        body: Body::Fn(body),
        contract,
        locals: vec![],
        private: false,
        doc: None,
        span: Span::new(FileId(0), 500, 501),
    }
}
fn def(name: &str, body: Expr) -> Def {
    generic(name, &[], None, body)
}
fn worker(contract: Option<Contract>, body: Expr) -> Def {
    generic("user/worker", &[], contract, body)
}

fn library() -> Library {
    let intrinsic = |name: &str| Def {
        body: Body::Intrinsic(Symbol::new(name)),
        ..generic(&format!("wat.kernel/{name}"), &["T"], None, nil())
    };
    let (i, o) = (var("I"), var("O"));
    let serve = all(vec![
        readln(900, i.clone()),
        println(901, o.clone()),
        call(902, "wat.kernel/serve", &[i.clone(), o.clone()]),
    ]);
    Library(vec![
        intrinsic("readln"),
        intrinsic("try-readln"),
        intrinsic("println"),
        intrinsic("eprintln"),
        generic("wat.kernel/serve", &["I", "O"], None, serve),
        generic("wat.kernel/serve-twice", &["O", "I"], None, call(903, "wat.kernel/serve", &[i, o])),
        generic("wat.core/map-vector", &["A", "B"], None, nil()),
        def("wat.core/talk", println(904, Ty::Str)),
    ])
}

/// Each error as its place and title.
fn proved(defs: Vec<Def>) -> Vec<(u32, String)> {
    diagnostics(defs).iter().map(|d| (d.span().start, d.title.clone())).collect()
}

fn diagnostics(defs: Vec<Def>) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    prove(&Unit { defs, ..Unit::default() }, &library(), &mut out);
    assert!(out.iter().all(|d| d.span().file == FileId(0)));
    out
}

#[track_caller]
fn holds(defs: Vec<Def>) {
    assert_eq!(proved(defs), []);
}
#[track_caller]
fn fails(defs: Vec<Def>, at: u32, title: &str) {
    assert_eq!(proved(defs), [(at, title.to_string())]);
}

const WRITES_STRING: &str = "`worker` writes a String, but its contract says i64";

#[test]
fn what_a_program_reads_and_writes_itself() {
    let talk = |i, o| all(vec![readln(1, i), println(2, o)]);
    holds(vec![worker(ints(), talk(Ty::I64, Ty::I64))]);
    fails(vec![worker(ints(), talk(Ty::I64, Ty::Str))], 2, WRITES_STRING);
    fails(
        vec![worker(ints(), talk(Ty::Bool, Ty::I64))],
        1,
        "`worker` reads a bool, but its contract says i64",
    );
    let tried = call(3, "wat.kernel/try-readln", &[Ty::Str]);
    fails(vec![worker(ints(), tried)], 3, "`worker` reads a String, but its contract says i64");
    holds(vec![worker(ints(), call(4, "wat.kernel/eprintln", &[Ty::Str]))]);
}

#[test]
fn a_side_that_is_edn_admits_everything_and_no_contract_demands_nothing() {
    let talk = || all(vec![readln(1, Ty::Bool), println(2, Ty::Str), println(3, Ty::I64)]);
    holds(vec![worker(io(Ty::Edn, Ty::Edn), talk())]);
    holds(vec![worker(None, talk())]);
    assert_eq!(proved(vec![worker(io(Ty::Edn, Ty::I64), talk())]).len(), 1);
    assert_eq!(proved(vec![worker(io(Ty::I64, Ty::Edn), talk())]).len(), 1);
    fails(vec![worker(ints(), println(1, Ty::Edn))], 1, "`worker` writes an Edn, but its contract says i64");
}

#[test]
fn the_chain_leads_to_the_println_in_the_users_function() {
    let report = def("user/report", println(2, Ty::Str));
    let defs = vec![report, worker(ints(), all(vec![println(5, Ty::I64), call(6, "user/report", &[])]))];
    let out = diagnostics(defs.clone());
    assert_eq!(out.len(), 1);
    assert_eq!((out[0].span(), &*out[0].title), (span(2), WRITES_STRING));
    assert_eq!(out[0].notes, ["the way there: `worker` → `report` → `println`"],);
    let labels: Vec<(u32, &str)> = out[0].labels.iter().map(|l| (l.span.start, &*l.text)).collect();
    assert_eq!(labels, [(2, "this writes a String"), (6, "`worker` calls `report`"), (500, "`:out` is i64")]);

    let mut without = defs.clone();
    without[1].body = Body::Fn(println(5, Ty::I64));
    holds(without);
    let mut without = defs;
    without[0].body = Body::Fn(println(2, Ty::I64));
    holds(without);
}

#[test]
fn a_function_passed_counts_as_called() {
    let mapped = |f| call_with(3, "wat.core/map-vector", &[Ty::Str, Ty::Nil], vec![f]);
    let shout = def("user/shout", println(2, Ty::Str));
    let defs = vec![shout, worker(ints(), mapped(pass(4, "user/shout", &[])))];
    let out = diagnostics(defs);
    assert_eq!((out.len(), out[0].span()), (1, span(2)));
    assert_eq!(out[0].notes[0], "the way there: `worker` → `shout` → `println`");
    fails(vec![worker(ints(), mapped(pass(4, "wat.kernel/println", &[Ty::Str])))], 4, WRITES_STRING);
    holds(vec![worker(ints(), mapped(pass(4, "wat.kernel/println", &[Ty::I64])))]);
    fails(vec![worker(ints(), mapped(lambda(5, None, println(6, Ty::Str))))], 6, WRITES_STRING);
}

#[test]
fn serve_is_judged_by_its_types_where_it_is_named() {
    let serve = |at, i, o| call(at, "wat.kernel/serve", &[i, o]);
    holds(vec![worker(ints(), serve(1, Ty::I64, Ty::I64))]);
    let out = diagnostics(vec![worker(ints(), serve(1, Ty::I64, Ty::Str))]);
    assert_eq!((out.len(), out[0].span()), (1, span(1)));
    assert_eq!(out[0].labels[0].text, "`serve` writes what its function gives: a String");
    assert_eq!(out[0].notes, ["the way there: `worker` → `serve` → `println`"],);
    // One place, one error, both sides.
    let out = diagnostics(vec![worker(ints(), serve(1, Ty::Bool, Ty::Str))]);
    assert_eq!(out.len(), 1);
    assert_eq!(out[0].title, "`worker` reads a bool, but its contract says i64");
    assert_eq!(out[0].notes[1], "it also writes a String, where its contract says i64");
    // Two places, two errors.
    let twice = all(vec![serve(1, Ty::I64, Ty::Str), serve(2, Ty::I64, Ty::Str)]);
    assert_eq!(proved(vec![worker(ints(), twice)]).len(), 2);
    // Arguments cross over on the way.
    holds(vec![worker(io(Ty::I64, Ty::Str), call(1, "wat.kernel/serve-twice", &[Ty::Str, Ty::I64]))]);
    fails(vec![worker(ints(), call(1, "wat.kernel/serve-twice", &[Ty::Str, Ty::I64]))], 1, WRITES_STRING);
}

#[test]
fn the_place_is_the_last_of_the_users_files() {
    let helper = def("user/helper", call(7, "wat.core/talk", &[]));
    let out = diagnostics(vec![helper, worker(ints(), call(8, "user/helper", &[]))]);
    assert_eq!(out[0].span(), span(7));
    assert_eq!(out[0].notes, ["the way there: `worker` → `helper` → `talk` → `println`"]);
    assert!(out[0].labels.iter().all(|label| label.span.start != 904), "no place of the library");
}

#[test]
fn generic_functions_are_judged_at_each_instance() {
    let say = || generic("user/say", &["T"], None, println(2, var("T")));
    let wrap = generic("user/wrap", &["T"], None, call(3, "user/say", &[vec_of(var("T"))]));
    holds(vec![say(), worker(ints(), call(4, "user/say", &[Ty::I64]))]);
    holds(vec![say(), worker(io(Ty::Edn, vec_of(Ty::I64)), call(4, "user/wrap", &[Ty::I64])), wrap.clone()]);
    fails(
        vec![say(), worker(ints(), call(4, "user/wrap", &[Ty::I64])), wrap],
        2,
        "`worker` writes a (Vector i64), but its contract says i64",
    );
    let both = all(vec![call(4, "user/say", &[Ty::I64]), call(5, "user/say", &[Ty::Str])]);
    let out = diagnostics(vec![say(), worker(ints(), both)]);
    assert_eq!((out.len(), out[0].span()), (1, span(2)));
    assert!(out[0].labels.iter().any(|label| label.span == span(5)), "the call at String is shown");
    assert!(out[0].labels.iter().all(|label| label.span != span(4)));
}

#[test]
fn a_generic_program_is_judged_at_its_own_variables() {
    let echo = |o| generic("user/worker", &["T"], io(var("T"), var("T")), o);
    let body = |o| all(vec![readln(1, var("T")), println(2, o), call(3, "user/worker", &[var("T")])]);
    holds(vec![echo(body(var("T")))]);
    fails(vec![echo(body(Ty::I64))], 2, "`worker` writes an i64, but its contract says T");
}

#[test]
fn groups_that_call_each_other_end() {
    let even = def("user/even", all(vec![call(1, "user/odd", &[]), println(2, Ty::I64)]));
    let odd = |ty| def("user/odd", all(vec![call(3, "user/even", &[]), println(4, ty)]));
    let main = || worker(ints(), all(vec![call(5, "user/even", &[]), call(6, "user/worker", &[])]));
    holds(vec![even.clone(), odd(Ty::I64), main()]);
    fails(vec![even, odd(Ty::Str), main()], 4, WRITES_STRING);
}

#[test]
fn polymorphic_recursion_is_cut_not_followed_for_ever() {
    let deeper = |at| call(at, "user/grow", &[vec_of(var("T"))]);
    let grow = generic("user/grow", &["T"], None, all(vec![println(1, var("T")), deeper(2), deeper(3)]));
    fails(vec![grow, worker(ints(), call(4, "user/grow", &[Ty::Str]))], 1, WRITES_STRING);
}

#[test]
fn nested_programs_are_proved_for_themselves() {
    let inner = lambda(2, io(Ty::Edn, Ty::Str), println(3, Ty::Str));
    holds(vec![worker(ints(), all(vec![println(1, Ty::I64), inner]))]);
    let inner = lambda(2, ints(), println(3, Ty::Str));
    fails(
        vec![worker(io(Ty::Edn, Ty::Str), all(vec![println(1, Ty::Str), inner.clone()]))],
        3,
        "this program writes a String, but its contract says i64",
    );
    // Inside a function without a contract, and inside another program.
    assert_eq!(proved(vec![def("user/main", lambda(1, None, inner.clone()))]).len(), 1);
    assert_eq!(proved(vec![def("user/main", lambda(1, io(Ty::Edn, Ty::Bool), inner))]).len(), 1);
    // A fn without a contract inside a program is the program's.
    let nested = lambda(2, None, lambda(4, None, println(3, Ty::Str)));
    fails(vec![worker(ints(), nested)], 3, WRITES_STRING);
}

#[test]
fn a_program_called_by_name_writes_on_its_callers_stdio() {
    let texts = || generic("user/texts", &[], io(Ty::Edn, Ty::Str), println(1, Ty::Str));
    fails(vec![texts(), worker(ints(), call(2, "user/texts", &[]))], 1, WRITES_STRING);
    let spawned = program_of(2, "user/texts", &[], Contract { input: Ty::Edn, output: Ty::Str });
    holds(vec![texts(), worker(ints(), spawned)]);
}

#[test]
fn a_definition_named_as_a_program_is_held_to_the_contract_there() {
    let contract = || Contract { input: Ty::Edn, output: Ty::I64 };
    let say = || def("user/worker", println(1, Ty::Str));
    let main = |name: &str| def("user/main", program_of(9, name, &[], contract()));
    fails(vec![say(), main("user/worker")], 1, WRITES_STRING);
    // Named twice, it is one mistake.
    let twice = def("user/other", program_of(8, "user/worker", &[], contract()));
    fails(vec![say(), main("user/worker"), twice], 1, WRITES_STRING);
    // Its own contract is what it is proved by.
    let own = worker(io(Ty::Edn, Ty::Str), println(1, Ty::Str));
    holds(vec![own, main("user/worker")]);
    // One of the library has no other place of the user's than where it is named.
    fails(vec![main("wat.core/talk")], 9, "`talk` writes a String, but its contract says i64");
    // At its type arguments.
    let generic_say = generic("user/worker", &["T"], None, println(1, var("T")));
    let at = |ty| def("user/main", program_of(9, "user/worker", &[ty], contract()));
    holds(vec![generic_say.clone(), at(Ty::I64)]);
    fails(vec![generic_say, at(Ty::Str)], 1, WRITES_STRING);
}

#[test]
fn one_mistake_reached_by_several_programs_is_one_error() {
    let report = def("user/report", println(1, Ty::Str));
    let second = |contract| generic("user/second", &[], contract, call(3, "user/report", &[]));
    let defs = |contract| vec![report.clone(), worker(ints(), call(2, "user/report", &[])), second(contract)];
    fails(defs(ints()), 1, WRITES_STRING);
    assert_eq!(proved(defs(io(Ty::Edn, Ty::Bool))).len(), 2, "another contract is another mistake");
}

#[test]
fn constants_and_every_kind_of_expression_are_looked_into() {
    let table =
        Def { body: Body::Value(pass(1, "wat.kernel/println", &[Ty::Str])), ..def("user/table", nil()) };
    fails(vec![table, worker(ints(), pass(2, "user/table", &[]))], 1, WRITES_STRING);
    let p = || println(7, Ty::Str);
    let b = |e| Box::new(e);
    let wild = || Pattern { kind: PatternKind::Wild, ty: Ty::Nil, span: span(0) };
    let arm = |guard, body| Arm { pattern: wild(), guard, body, span: span(0) };
    let clause = |source, body| crate::hir::Clause { source, pattern: wild(), body, span: span(0) };
    use crate::hir::Source;
    let kinds = vec![
        ExprKind::Apply { callee: b(p()), args: vec![] },
        ExprKind::Apply { callee: b(nil()), args: vec![p()] },
        ExprKind::Construct { variant: 0, args: vec![p()] },
        ExprKind::Field { value: b(p()), index: 0 },
        ExprKind::With { value: b(nil()), fields: vec![(0, p())] },
        ExprKind::With { value: b(p()), fields: vec![] },
        ExprKind::Tuple(vec![p()]),
        ExprKind::Vector(vec![p()]),
        ExprKind::Set(vec![p()]),
        ExprKind::Map(vec![(nil(), p())]),
        ExprKind::Map(vec![(p(), nil())]),
        ExprKind::Let { binds: vec![(wild(), p())], body: b(nil()) },
        ExprKind::Let { binds: vec![], body: b(p()) },
        ExprKind::If { test: b(p()), then: b(nil()), other: b(nil()) },
        ExprKind::If { test: b(nil()), then: b(p()), other: b(nil()) },
        ExprKind::If { test: b(nil()), then: b(nil()), other: b(p()) },
        ExprKind::Match { scrutinee: b(p()), arms: vec![] },
        ExprKind::Match { scrutinee: b(nil()), arms: vec![arm(Some(p()), nil())] },
        ExprKind::Match { scrutinee: b(nil()), arms: vec![arm(None, p())] },
        ExprKind::Loop { params: vec![(LocalId(0), p())], body: b(nil()) },
        ExprKind::Loop { params: vec![], body: b(p()) },
        ExprKind::Recur(vec![p()]),
        ExprKind::Try { value: b(p()), is_result: true },
        ExprKind::WithPeers { binds: vec![(LocalId(0), p())], body: b(nil()) },
        ExprKind::WithPeers { binds: vec![], body: b(p()) },
        ExprKind::Select(vec![clause(Source::Peer(p()), nil())]),
        ExprKind::Select(vec![clause(Source::Receiver(p()), nil())]),
        ExprKind::Select(vec![clause(Source::Exit(p()), nil())]),
        ExprKind::Select(vec![clause(Source::After(p()), nil())]),
        ExprKind::Select(vec![clause(Source::Stopped, p())]),
    ];
    for kind in kinds {
        let shown = format!("{kind:?}");
        assert_eq!(proved(vec![worker(ints(), expr(kind, 0))]), [(7, WRITES_STRING.to_string())], "{shown}");
    }
}

#[test]
fn a_long_chain_is_followed_and_told_in_short() {
    let mut chain: Vec<Def> =
        (0..2000).map(|i| def(&format!("user/f{i}"), call(2, &format!("user/f{}", i + 1), &[]))).collect();
    chain.push(def("user/f2000", println(1, Ty::Str)));
    chain.push(worker(ints(), call(2, "user/f0", &[])));
    let out = diagnostics(chain);
    assert_eq!((out.len(), out[0].span()), (1, span(1)));
    let way = "the way there: `worker` → `f0` → `f1` → `f2` → 1996 more → `f1999` → `f2000` → `println`";
    assert_eq!(out[0].notes, [way]);
}
