//! Whole programs: HIR to MIR, proved, executed, with nothing left on the heap; and every dup and drop counts.

use crate::eval::{Stop, run};
use crate::hir::*;
use std::sync::Arc;
use wat_check::hir::{Clause, Contract, ExprKind, Lambda, Lit, PatternKind, Source};
use wat_check::ty::Ty;
use wat_mir::mir::{FuncId, Module, StmtKind};
use wat_mir::{hashes, lower, verify, verify_func};
use wat_source::{Span, Symbol};

fn tyvar(name: &str) -> Ty {
    Ty::Var(Symbol::new(name))
}

/// Lowers, proves, runs, and takes every dup and drop away once to see the proof fail.
#[track_caller]
fn check(world: &World, expected: &[&str]) -> Module {
    check_with(world, &[], expected)
}

#[track_caller]
fn check_with(world: &World, choices: &[i64], expected: &[&str]) -> Module {
    let module = lower(world, Symbol::new("user/main"));
    let (out, end) = run(&module, choices);
    assert_eq!((out, end), (expected.iter().map(|s| s.to_string()).collect(), Ok(())), "{module}");
    every_count_matters(&module);
    module
}

#[track_caller]
fn every_count_matters(module: &Module) {
    let mut broken = module.clone();
    for f in 0..module.funcs.len() {
        for b in 0..module.funcs[f].blocks.len() {
            for s in 0..module.funcs[f].blocks[b].stmts.len() {
                let stmt = &module.funcs[f].blocks[b].stmts[s];
                if !matches!(stmt.kind, StmtKind::Dup(_) | StmtKind::Drop(_)) {
                    continue;
                }
                broken.funcs[f].blocks[b].stmts.remove(s);
                let proof = verify_func(&broken, FuncId(f as u32));
                assert!(proof.is_err(), "b{b} statement {s} of {} can go:\n{module}", module.funcs[f].name);
                broken.funcs[f].blocks[b].stmts.insert(s, stmt.clone());
            }
        }
    }
    assert_eq!(verify(&broken), Ok(()));
}

#[track_caller]
fn check_stop(world: &World, expected: Stop) {
    let module = lower(world, Symbol::new("user/main"));
    assert_eq!(run(&module, &[]).1, Err(expected), "{module}");
    every_count_matters(&module);
}

fn fib_world(step: i64) -> World {
    let mut w = World::new();
    let mut v = Vars::default();
    let n = v.var("n", &Ty::I64);
    let fib = |k: i64| call("user/fib", &[], &Ty::I64, vec![sub(n.get(), int(k))]);
    let body = if_(less(n.get(), int(2)), n.get(), add(fib(1), fib(step)));
    w.defn("user/fib", &[], &[&n], &Ty::I64, v, body);
    w.main(Vars::default(), vec![println(call("user/fib", &[], &Ty::I64, vec![int(15)]))]);
    w
}

#[test]
fn calls_return_and_add_up() {
    check(&fib_world(2), &["610"]);
}

#[test]
fn tail_calls_run_in_constant_stack() {
    let mut w = World::new();
    for (name, other, at_zero) in [("user/even", "user/odd", true), ("user/odd", "user/even", false)] {
        let mut v = Vars::default();
        let (n, s) = (v.var("n", &Ty::I64), v.var("s", &Ty::Str));
        let next = call(other, &[], &Ty::Bool, vec![sub(n.get(), int(1)), s.get()]);
        let body = if_(equal(n.get(), int(0)), bool_(at_zero), next);
        w.defn(name, &[], &[&n, &s], &Ty::Bool, v, body);
    }
    let mut v = Vars::default();
    let (n, s) = (v.var("n", &Ty::I64), v.var("s", &Ty::Str));
    let count = call("user/count", &[], &Ty::Str, vec![sub(n.get(), int(1)), s.get()]);
    w.defn("user/count", &[], &[&n, &s], &Ty::Str, v, if_(less(n.get(), int(1)), s.get(), count));
    let fresh = || cat(text("a"), text("b"));
    let module = check_main(
        w,
        vec![
            println(call("user/even", &[], &Ty::Bool, vec![int(100_001), fresh()])),
            println(call("user/count", &[], &Ty::Str, vec![int(100_000), fresh()])),
        ],
        &["false", "ab"],
    );
    assert!(module.to_string().contains("tail @user/odd"), "{module}");
    assert!(!module.to_string().contains("tail @user/count"), "a self call is a jump:\n{module}");
}

#[track_caller]
fn check_main(mut w: World, body: Vec<wat_check::hir::Expr>, expected: &[&str]) -> Module {
    w.main(Vars::default(), body);
    check(&w, expected)
}

/// `(defenum (Tree T) Leaf (Node left value right))` with insert and in-order.
fn tree_world() -> World {
    let mut w = World::new();
    let t = tyvar("T");
    let tree = Ty::named("user/Tree", std::slice::from_ref(&t));
    let node: &[(&str, Ty)] = &[("left", tree.clone()), ("value", t.clone()), ("right", tree.clone())];
    w.sum("user/Tree", &["T"], false, &[("Leaf", &[]), ("Node", node)]);

    let mut v = Vars::default();
    let (this, x) = (v.var("t", &tree), v.var("x", &t));
    let insert = |at: wat_check::hir::Expr, x: &Var| {
        call("user/insert", &[tyvar("T")], &at.ty.clone(), vec![at, x.get()])
    };
    let mut arm = |less_than: bool| {
        let (l, y, r) = (v.var("l", &tree), v.var("v", &t), v.var("r", &tree));
        let pattern = variant(&tree, 1, vec![l.bind(), y.bind(), r.bind()]);
        if less_than {
            let body = new(&tree, 1, vec![insert(l.get(), &x), y.get(), r.get()]);
            (pattern, Some(less(x.get(), y.get())), body)
        } else {
            let body = new(&tree, 1, vec![l.get(), y.get(), insert(r.get(), &x)]);
            (pattern, Some(op("gt", &Ty::Bool, vec![x.get(), y.get()])), body)
        }
    };
    let (lower_arm, upper_arm) = (arm(true), arm(false));
    let same = v.var("same", &tree);
    let leaf = || new(&tree, 0, vec![]);
    let body = match_(
        this.get(),
        &tree,
        vec![
            (variant(&tree, 0, vec![]), None, new(&tree, 1, vec![leaf(), x.get(), leaf()])),
            lower_arm,
            upper_arm,
            (same.bind(), None, same.get()),
        ],
    );
    w.defn("user/insert", &["T"], &[&this, &x], &tree, v, body);

    let mut v = Vars::default();
    let this = v.var("t", &tree);
    let (l, y, r) = (v.var("l", &tree), v.var("v", &t), v.var("r", &tree));
    let items = vec_of(&t);
    let walk = |at: &Var| call("user/in-order", &[tyvar("T")], &items, vec![at.get()]);
    let one = vector(&t, vec![y.get()]);
    let join = |a, b| op("vec_concat", &items, vec![a, b]);
    let body = match_(
        this.get(),
        &items,
        vec![
            (variant(&tree, 0, vec![]), None, vector(&t, vec![])),
            (
                variant(&tree, 1, vec![l.bind(), y.bind(), r.bind()]),
                None,
                join(join(walk(&l), one), walk(&r)),
            ),
        ],
    );
    w.defn("user/in-order", &["T"], &[&this], &items, v, body);
    w
}

#[test]
fn generic_trees_at_two_types() {
    let mut w = tree_world();
    let sorted = |item: &Ty, items: Vec<wat_check::hir::Expr>| {
        let tree = Ty::named("user/Tree", std::slice::from_ref(item));
        let targs = [item.clone()];
        let full = items
            .into_iter()
            .fold(new(&tree, 0, vec![]), |t, x| call("user/insert", &targs, &tree, vec![t, x]));
        println(call("user/in-order", &targs, &vec_of(item), vec![full]))
    };
    let numbers = [5, 2, 8, 1, 9, 2].map(int).to_vec();
    let words = vec![text("pear"), cat(text("app"), text("le")), text("fig"), cat(text("fi"), text("g"))];
    w.main(Vars::default(), vec![sorted(&Ty::I64, numbers), sorted(&Ty::Str, words)]);
    let module = check(&w, &["[1 2 5 8 9]", "[apple fig pear]"]);
    assert!(module.to_string().contains("unpack"), "a dying node is taken apart:\n{module}");
}

#[test]
fn closures_keep_what_they_capture() {
    let mut w = World::new();
    let mut v = Vars::default();
    let (s, n) = (v.var("s", &Ty::Str), v.var("n", &Ty::I64));
    let (f, rep, k, x) = (
        v.var("f", &Ty::Fn([Ty::Str].into(), Arc::new(Ty::Str))),
        v.var("rep", &Ty::Fn([Ty::I64].into(), Arc::new(Ty::Str))),
        v.var("k", &Ty::I64),
        v.var("x", &Ty::Str),
    );
    let add_s = lambda(None, &[&x], &[&s], cat(s.get(), x.get()));
    // (fn rep [k] (if (< k 1) s (rep (- k 1)))): a jump; and one that is not in tail position.
    let again = apply(rep.get(), &Ty::Str, vec![sub(k.get(), int(1))]);
    let grow = if_(less(k.get(), int(1)), s.get(), cat(again.clone(), x.get()));
    let spin = if_(less(k.get(), int(1)), s.get(), again);
    let body = vec![
        println(apply(f.get(), &Ty::Str, vec![text("1")])),
        println(apply(f.get(), &Ty::Str, vec![text("2")])),
        println(let_(
            vec![(x.bind(), cat(text("-"), text("+")))],
            apply(lambda(Some(&rep), &[&k], &[&s, &x], grow), &Ty::Str, vec![n.get()]),
        )),
        println(apply(lambda(Some(&rep), &[&k], &[&s], spin), &Ty::Str, vec![int(10_000)])),
    ];
    let body =
        let_(vec![(s.bind(), cat(text("a"), text("b"))), (n.bind(), int(3)), (f.bind(), add_s)], do_(body));
    w.main(v, vec![body]);
    check(&w, &["ab1", "ab2", "ab-+-+-+", "ab"]);
}

#[test]
fn definitions_and_operations_are_values() {
    let mut w = fib_world(2);
    let mut v = Vars::default();
    let (a, b) = (v.var("a", &Ty::Str), v.var("b", &Ty::Str));
    w.intrinsic("user/cat", &[&a, &b], &Ty::Str, v, "str_concat");
    let cats = Ty::Fn([Ty::Str, Ty::Str].into(), Arc::new(Ty::Str));
    let nums = Ty::Fn([Ty::I64].into(), Arc::new(Ty::I64));
    let mut v = Vars::default();
    let (f, g) = (v.var("f", &cats), v.var("g", &nums));
    let body = do_(vec![
        println(apply(f.get(), &Ty::Str, vec![text("x"), cat(text("y"), text("z"))])),
        println(apply(g.get(), &Ty::I64, vec![int(10)])),
        println(apply(def("user/fib", &[], &nums), &Ty::I64, vec![int(9)])),
    ]);
    w.main(
        v,
        vec![let_(
            vec![(f.bind(), def("user/cat", &[], &cats)), (g.bind(), def("user/fib", &[], &nums))],
            body,
        )],
    );
    check(&w, &["xyz", "55", "34"]);
}

#[test]
fn loops_carry_values_and_leave_by_any_branch() {
    let mut w = World::new();
    let mut v = Vars::default();
    let (i, acc, all) = (v.var("i", &Ty::I64), v.var("acc", &Ty::Str), v.var("all", &vec_of(&Ty::Str)));
    let more = recur(
        &vec_of(&Ty::Str),
        vec![
            add(i.get(), int(1)),
            cat(acc.get(), text("x")),
            op("vec_conj", &all.ty, vec![all.get(), acc.get()]),
        ],
    );
    let body = loop_(
        vec![(&i, int(0)), (&acc, cat(text(""), text("."))), (&all, vector(&Ty::Str, vec![]))],
        &all.ty,
        if_(op("ge", &Ty::Bool, vec![i.get(), int(4)]), all.get(), more),
    );
    w.main(v, vec![println(body)]);
    check(&w, &["[. .x .xx .xxx]"]);
}

fn try_world() -> World {
    let mut w = World::new();
    let (si, ss) = (Ty::result(Ty::I64, Ty::Str), Ty::result(Ty::Str, Ty::Str));
    let mut v = Vars::default();
    let n = v.var("n", &Ty::I64);
    let bad = new(&si, 1, vec![cat(text("bad "), op("show", &Ty::Str, vec![n.get()]))]);
    w.defn("user/small", &[], &[&n], &si, v, if_(less(n.get(), int(10)), new(&si, 0, vec![n.get()]), bad));
    let mut v = Vars::default();
    let (n, held, m) = (v.var("n", &Ty::I64), v.var("held", &Ty::Str), v.var("m", &Ty::I64));
    let got = try_(call("user/small", &[], &si, vec![n.get()]), true, &Ty::I64);
    let body = let_(
        vec![(held.bind(), cat(text("held"), text("!"))), (m.bind(), got)],
        new(&ss, 0, vec![cat(held.get(), op("show", &Ty::Str, vec![m.get()]))]),
    );
    w.defn("user/label", &[], &[&n], &ss, v, body);
    let o = Ty::option(Ty::Str);
    let mut v = Vars::default();
    let (x, y) = (v.var("x", &o), v.var("y", &Ty::Str));
    let body =
        let_(vec![(y.bind(), try_(x.get(), false, &Ty::Str))], new(&o, 1, vec![cat(y.get(), y.get())]));
    w.defn("user/twice", &[], &[&x], &o, v, body);
    w
}

#[test]
fn try_goes_on_or_leaves_with_the_failure_rebuilt() {
    let ss = Ty::result(Ty::Str, Ty::Str);
    let o = Ty::option(Ty::Str);
    let label = |n| println(call("user/label", &[], &ss, vec![int(n)]));
    let twice = |x| println(call("user/twice", &[], &o, vec![x]));
    let some = new(&o, 1, vec![cat(text("a"), text("b"))]);
    check_main(
        try_world(),
        vec![label(7), label(70), twice(some), twice(new(&o, 0, vec![]))],
        &["(Ok held!7)", "(Err bad 70)", "(Some abab)", "None"],
    );
}

#[test]
fn structs_change_in_a_copy_when_shared() {
    let mut w = World::new();
    let person = Ty::named("user/Person", &[]);
    w.sum("user/Person", &[], true, &[("Person", &[("name", Ty::Str), ("age", Ty::I64), ("tag", Ty::Str)])]);
    w.sum("user/Unit", &[], true, &[("Unit", &[])]);
    let unit = Ty::named("user/Unit", &[]);
    let mut v = Vars::default();
    let (a, b) = (v.var("a", &person), v.var("b", &person));
    let with = |of: wat_check::hir::Expr, fields| {
        let ty = of.ty.clone();
        e(ExprKind::With { value: Box::new(of), fields }, &ty)
    };
    let field = |of: &Var, index, ty: &Ty| e(ExprKind::Field { value: Box::new(of.get()), index }, ty);
    let made = new(&person, 0, vec![cat(text("An"), text("n")), int(30), text("t")]);
    let changed =
        with(a.get(), vec![(1, add(field(&a, 1, &Ty::I64), int(1))), (0, cat(text("B"), text("o")))]);
    let body = do_(vec![
        println(b.get()),
        println(a.get()),
        println(field(&b, 0, &Ty::Str)),
        println(with(b.get(), vec![(2, cat(text("u"), text("v")))])),
        println(new(&unit, 0, vec![])),
    ]);
    w.main(v, vec![let_(vec![(a.bind(), made), (b.bind(), changed)], body)]);
    check(&w, &["(Person Bo 31 t)", "(Person Ann 30 t)", "Bo", "(Person Bo 31 uv)", "Unit"]);
}

#[test]
fn matches_test_literals_vectors_alternatives_and_guards() {
    let mut w = World::new();
    let light = Ty::named("user/Light", &[]);
    w.sum("user/Light", &[], false, &[("Red", &[]), ("Amber", &[]), ("Green", &[])]);
    let shape = Ty::named("user/Shape", &[]);
    let sides: &[(&str, Ty)] = &[("name", Ty::Str), ("light", light.clone())];
    w.sum(
        "user/Shape",
        &[],
        false,
        &[("Dot", &[]), ("Ring", sides), ("Box", sides), ("Line", &[("n", Ty::I64)])],
    );

    let words = vec_of(&Ty::Str);
    let mut v = Vars::default();
    let xs = v.var("xs", &words);
    let (a, b, rest, all) =
        (v.var("a", &Ty::Str), v.var("b", &Ty::Str), v.var("rest", &words), v.var("all", &words));
    let list = |items: Vec<_>, rest: Option<&Var>| {
        p(PatternKind::Vector { items, rest: rest.map(|r| Box::new(r.bind())) }, &words)
    };
    let word = |s: &str| lit(Lit::Str(s.into()), &Ty::Str);
    let show = |x: &Var| op("show", &Ty::Str, vec![x.get()]);
    let two = p(PatternKind::As(Box::new(list(vec![a.bind(), b.bind()], None)), all.id), &words);
    let body = match_(
        xs.get(),
        &Ty::Str,
        vec![
            (list(vec![], None), None, text("none")),
            (list(vec![word("one")], None), None, text("just one")),
            (
                list(vec![word("x"), a.bind()], None),
                Some(equal(a.get(), text("y"))),
                cat(text("x then "), a.get()),
            ),
            (two, Some(equal(a.get(), b.get())), cat(text("twice in "), show(&all))),
            (list(vec![a.bind()], Some(&rest)), None, cat(a.get(), cat(text(" and "), show(&rest)))),
        ],
    );
    w.defn("user/words", &[], &[&xs], &Ty::Str, v, body);

    let mut v = Vars::default();
    let s = v.var("s", &shape);
    let (n, k) = (v.var("n", &Ty::Str), v.var("k", &Ty::I64));
    let lit_light = |i| variant(&light, i, vec![]);
    let either = or(vec![
        variant(&shape, 1, vec![n.bind(), or(vec![lit_light(0), lit_light(2)])]),
        variant(&shape, 2, vec![n.bind(), lit_light(0)]),
    ]);
    let body = match_(
        s.get(),
        &Ty::Str,
        vec![
            (either, None, cat(text("either "), n.get())),
            (variant(&shape, 3, vec![lit(Lit::Int(7), &Ty::I64)]), None, text("seven")),
            (variant(&shape, 3, vec![k.bind()]), Some(less(k.get(), int(0))), text("negative")),
            (variant(&shape, 1, vec![n.bind(), wild(&light)]), None, n.get()),
            (wild(&shape), None, text("other")),
        ],
    );
    w.defn("user/shape", &[], &[&s], &Ty::Str, v, body);

    let mut v = Vars::default();
    let (x, y) = (v.var("x", &Ty::Str), v.var("y", &Ty::Str));
    let pair = tuple(vec![cat(text("p"), text("q")), cat(text("r"), text("s"))]);
    let pair_pattern = p(PatternKind::Tuple(vec![x.bind(), y.bind()]), &pair.ty);
    let swap = match_(pair, &Ty::Str, vec![(pair_pattern, None, cat(y.get(), x.get()))]);

    let fresh = |s: &str| cat(text(s), text(""));
    let of = |items: Vec<&str>| {
        let items = items.into_iter().map(fresh).collect();
        println(call("user/words", &[], &Ty::Str, vec![vector(&Ty::Str, items)]))
    };
    let named = |kind, l: u32| new(&shape, kind, vec![fresh("n"), new(&light, l, vec![])]);
    let shape_of = |s| println(call("user/shape", &[], &Ty::Str, vec![s]));
    w.main(
        v,
        vec![
            of(vec![]),
            of(vec!["one"]),
            of(vec!["two"]),
            of(vec!["x", "y"]),
            of(vec!["z", "z"]),
            of(vec!["u", "v", "w"]),
            shape_of(named(1, 0)),
            shape_of(named(1, 1)),
            shape_of(named(2, 0)),
            shape_of(named(2, 1)),
            shape_of(new(&shape, 0, vec![])),
            shape_of(new(&shape, 3, vec![int(7)])),
            shape_of(new(&shape, 3, vec![int(-7)])),
            shape_of(new(&shape, 3, vec![int(8)])),
            println(swap),
        ],
    );
    check(
        &w,
        &[
            "none",
            "just one",
            "two and []",
            "x then y",
            "twice in [z z]",
            "u and [v w]",
            "either n",
            "n",
            "either n",
            "other",
            "other",
            "seven",
            "negative",
            "other",
            "rspq",
        ],
    );
}

#[test]
fn conditions_short_circuit() {
    let mut v = Vars::default();
    let mut w = World::new();
    let n = v.var("n", &Ty::I64);
    // (and (< n 10) (or (< n 3) (not (< n 7)))), as a test and as a value
    let not = |x| op("not", &Ty::Bool, vec![x]);
    let either = if_(less(n.get(), int(3)), bool_(true), not(less(n.get(), int(7))));
    let both = if_(less(n.get(), int(10)), either, bool_(false));
    let body = do_(vec![println(both.clone()), if_(both, text("in"), text("out"))]);
    w.defn("user/f", &[], &[&n], &Ty::Str, v, body);
    let f = |k| println(call("user/f", &[], &Ty::Str, vec![int(k)]));
    check_main(
        w,
        vec![f(1), f(5), f(8), f(11)],
        &["true", "in", "false", "out", "true", "in", "false", "out"],
    );
}

#[test]
fn operations_follow_the_type_of_their_arguments() {
    let fresh = |s: &str| cat(text(s), text(""));
    let f = |x: f64| e(ExprKind::Lit(Lit::Float(x)), &Ty::F64);
    let two = |name: &str, ty: &Ty, a, b| println(op(name, ty, vec![a, b]));
    check_main(
        World::new(),
        vec![
            two("max", &Ty::Str, fresh("a"), fresh("b")),
            two("min", &Ty::Str, fresh("a"), fresh("b")),
            two("min", &Ty::I64, int(4), int(3)),
            two("max", &Ty::F64, f(1.5), f(2.5)),
            two("compare", &Ty::I64, int(4), int(3)),
            two("compare", &Ty::I64, fresh("a"), fresh("b")),
            two("ge", &Ty::Bool, fresh("a"), fresh("b")),
            two("ne", &Ty::Bool, fresh("a"), fresh("b")),
            two("lt", &Ty::Bool, f(1.0), f(2.0)),
            two("mod", &Ty::F64, f(-7.5), f(2.0)),
            two("mod", &Ty::I64, int(-7), int(2)),
            println(op("to_f64", &Ty::F64, vec![int(3)])),
            println(op("ignore", &Ty::Nil, vec![fresh("gone")])),
        ],
        &["b", "a", "3", "2.5", "1", "-1", "false", "true", "true", "0.5", "1", "3.0", "nil"],
    );
}

#[test]
fn crashes_stop_with_their_reason() {
    let main = |body| {
        let mut w = World::new();
        let mut v = Vars::default();
        let s = v.var("s", &Ty::Str);
        let held = let_(vec![(s.bind(), cat(text("a"), text("b")))], do_(vec![body, println(s.get())]));
        w.main(v, vec![held]);
        w
    };
    check_stop(&main(println(op("div", &Ty::I64, vec![int(1), int(0)]))), Stop::Trap("divide-by-zero"));
    check_stop(&main(println(add(int(i64::MAX), int(1)))), Stop::Trap("overflow"));
    check_stop(&main(println(op("char_of_i64", &Ty::Char, vec![int(0xD800)]))), Stop::Trap("index"));
    let panic = op("panic_plain", &Ty::Str, vec![cat(text("no"), text("!"))]);
    check_stop(&main(println(cat(text("x"), panic))), Stop::Panic("no!".into()));
    let data = op("panic", &Ty::Nil, vec![text("why"), tuple(vec![text("a"), int(1)])]);
    check_stop(&main(data), Stop::Panic("why".into()));
}

#[test]
fn maps_and_sets_take_their_entries_in_order() {
    let fresh = |s: &str| cat(text(s), text(""));
    let map = Ty::Map(Arc::new(Ty::Str), Arc::new(Ty::Str));
    let set = Ty::Set(Arc::new(Ty::Str));
    let entries = vec![(fresh("k"), fresh("1")), (fresh("j"), fresh("2")), (fresh("k"), fresh("3"))];
    let count = |x| println(op("map_count", &Ty::I64, vec![x]));
    check_main(
        World::new(),
        vec![
            count(e(ExprKind::Map(entries), &map)),
            count(e(ExprKind::Set(vec![fresh("a"), fresh("b"), fresh("a")]), &set)),
        ],
        &["2", "2"],
    );
}

/// `(fn {:in Edn :out Edn} [] (println captured…))`
fn program(captures: &[&Var]) -> wat_check::hir::Expr {
    let (i, o) = (Arc::new(Ty::Edn), Arc::new(Ty::Edn));
    let lambda = Lambda {
        own: None,
        params: vec![],
        body: captures.iter().map(|c| println(c.get())).next_back().unwrap_or_else(nil),
        captures: captures.iter().map(|c| c.id).collect(),
        contract: Some(Contract { input: Ty::Edn, output: Ty::Edn }),
    };
    e(ExprKind::Lambda(Box::new(lambda)), &Ty::Program(i, o))
}

fn peer() -> Ty {
    Ty::Peer(Arc::new(Ty::Edn), Arc::new(Ty::I64))
}

#[test]
fn peers_end_with_their_scope_however_it_is_left() {
    let mut w = try_world();
    let si = Ty::result(Ty::I64, Ty::Str);
    let mut v = Vars::default();
    let (n, a, b, s) = (v.var("n", &Ty::I64), v.var("a", &peer()), v.var("b", &peer()), v.var("s", &Ty::Str));
    let spawn = |captures: &[&Var]| op("spawn_thread", &peer(), vec![program(captures)]);
    let small = || try_(call("user/small", &[], &si, vec![n.get()]), true, &Ty::I64);
    // The scope is left by its end, by `try`, and by `recur` to the function.
    let again = recur(&Ty::I64, vec![int(1)]);
    let scope = e(
        ExprKind::WithPeers {
            binds: vec![(a.id, spawn(&[&s])), (b.id, spawn(&[]))],
            body: Box::new(if_(equal(n.get(), int(5)), again, small())),
        },
        &Ty::I64,
    );
    let body = let_(vec![(s.bind(), cat(text("a"), text("b")))], new(&si, 0, vec![scope]));
    w.defn("user/f", &[], &[&n], &si, v, body);
    let f = |k| println(call("user/f", &[], &si, vec![int(k)]));
    let ends = |n: i64| {
        vec![
            "ab".to_owned(),
            format!("end {} {}", n + 1, n),
            format!("release peer {n}"),
            format!("release peer {}", n + 1),
        ]
    };
    let mut expected = ends(1);
    expected.push("(Ok 1)".into());
    expected.extend(ends(3));
    expected.push("(Err bad 50)".into());
    expected.extend(ends(5));
    expected.extend(ends(7));
    expected.push("(Ok 1)".into());
    let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
    check_main(w, vec![f(1), f(50), f(5)], &expected);
}

#[test]
fn handles_are_released_after_their_last_use() {
    let mut w = World::new();
    let mut v = Vars::default();
    let a = v.var("a", &peer());
    let spawn = op("spawn_thread", &peer(), vec![program(&[])]);
    let waited = op("wait", &Ty::result(Ty::Nil, Ty::Str), vec![a.get()]);
    let body = do_(vec![println(text("before")), println(waited), println(text("after"))]);
    w.main(v, vec![let_(vec![(a.bind(), spawn)], body)]);
    check(&w, &["before", "release peer 1", "(Ok nil)", "after"]);
}

#[test]
fn select_waits_and_takes_from_the_chosen_source() {
    let mut w = World::new();
    let gift = Ty::result(Ty::option(Ty::I64), Ty::Str);
    let end = Ty::result(Ty::Nil, Ty::Str);
    let mut v = Vars::default();
    let (a, b) = (v.var("a", &peer()), v.var("b", &peer()));
    let (x, y) = (v.var("x", &gift), v.var("y", &end));
    let spawn = || op("spawn_thread", &peer(), vec![program(&[])]);
    let clause = |source, pattern, body| Clause { source, pattern, body, span: Span::NONE };
    let select = || {
        let after = Source::After(e(ExprKind::Lit(Lit::Int(5)), &Ty::Duration));
        let clauses = vec![
            clause(Source::Peer(a.get()), x.bind(), op("show", &Ty::Str, vec![x.get()])),
            clause(Source::Exit(b.get()), y.bind(), op("show", &Ty::Str, vec![y.get()])),
            clause(after, wild(&Ty::Nil), text("late")),
            clause(Source::Stopped, wild(&Ty::Nil), text("stopped")),
        ];
        println(e(ExprKind::Select(clauses), &Ty::Str))
    };
    let body = do_(vec![select(), select(), select(), select()]);
    w.main(v, vec![let_(vec![(a.bind(), spawn()), (b.bind(), spawn())], body)]);
    let out = ["(Ok (Some 42))", "(Ok nil)", "late", "release peer 1", "release peer 2", "stopped"];
    check_with(&w, &[0, 1, 2, 3], &out);
}

#[test]
fn globals_come_in_the_order_of_their_needs() {
    let mut w = World::new();
    let words = vec_of(&Ty::Str);
    w.def_value("user/limit", int(3));
    w.def_value("user/b", op("vec_conj", &words, vec![def("user/a", &[], &words), text("b")]));
    w.def_value("user/a", vector(&Ty::Str, vec![text("a")]));
    w.def_value("user/unused", int(4));
    w.def_value("user/threads", cat(text("t"), text("")));
    let (i, o) = (Arc::new(Ty::Edn), Arc::new(Ty::Edn));
    w.defn("user/worker", &[], &[], &Ty::Nil, Vars::default(), println(def("user/threads", &[], &Ty::Str)));
    let program = e(
        ExprKind::ProgramOf {
            name: Symbol::new("user/worker"),
            targs: vec![],
            contract: Contract { input: Ty::Edn, output: Ty::Edn },
        },
        &Ty::Program(i, o),
    );
    let body = vec![
        println(def("user/b", &[], &words)),
        println(def("user/a", &[], &words)),
        println(def("user/limit", &[], &Ty::I64)),
        op("ignore", &Ty::Nil, vec![op("spawn_thread", &peer(), vec![program])]),
    ];
    let module = check_main(w, body, &["[a b]", "[a]", "3", "t", "release peer 1"]);
    let names: Vec<&str> =
        module.programs[0].globals.iter().map(|g| module.globals[g.index()].name.as_str()).collect();
    assert_eq!(names, ["user/a", "user/b", "user/threads"], "threads share the process's globals");
    assert_eq!(module.programs[1].globals.len(), 1);
    assert_eq!(module.programs[1].name.as_str(), "user/worker");
}

#[test]
fn hashes_say_what_code_does() {
    let hash_of = |w: &World| {
        let module = lower(w, Symbol::new("user/main"));
        let hashes = hashes(&module);
        let at = |name: &str| module.funcs.iter().position(|f| f.name.as_str() == name).expect("it is there");
        (hashes[at("user/fib")], hashes[at("user/main")])
    };
    let (fib, main) = hash_of(&fib_world(2));
    assert_eq!((fib, main), hash_of(&fib_world(2)));
    let (other_fib, other_main) = hash_of(&fib_world(3));
    assert!(fib != other_fib && main != other_main, "a change shows in what reaches it");
    let mut more = fib_world(2);
    let unrelated = println(text("more"));
    more.main(Vars::default(), vec![unrelated, println(call("user/fib", &[], &Ty::I64, vec![int(15)]))]);
    assert_eq!(hash_of(&more).0, fib, "what stands beside it does not");
}
