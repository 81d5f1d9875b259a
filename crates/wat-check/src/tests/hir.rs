//! What checking makes of calls, sugar and literals: the body of `f` in HIR, written as forms.

use super::{Files, check_in, listed};
use crate::hir::{Body, Expr, ExprKind, Lit, LocalInfo, Pattern, PatternKind, Source};
use expect_test::{Expect, expect};

fn check(source: &str, wanted: Expect) {
    let (checked, sources) = check_in(&format!("{source}\n(println nil)"), &mut Files(&[]));
    let mut text = listed(&checked.diagnostics, &sources);
    for def in checked.unit.defs.iter().filter(|def| def.name != "user/main") {
        if let Body::Fn(body) | Body::Value(body) = &def.body {
            text += &format!("{}: {}\n", def.name.name(), show(body, &def.locals));
        }
    }
    wanted.assert_eq(&text);
}

fn all<'a>(items: impl IntoIterator<Item = &'a Expr>, locals: &[LocalInfo]) -> String {
    items.into_iter().map(|item| format!(" {}", show(item, locals))).collect()
}

fn local(id: crate::hir::LocalId, locals: &[LocalInfo]) -> String {
    format!("{}{}", locals[id.0 as usize].name.as_str().trim(), id.0)
}

fn show(e: &Expr, locals: &[LocalInfo]) -> String {
    let go = |e: &Expr| show(e, locals);
    match &e.kind {
        ExprKind::Lit(Lit::Int(n)) => n.to_string(),
        ExprKind::Lit(Lit::Float(n)) => format!("{n:?}"),
        ExprKind::Lit(Lit::Str(s)) => format!("{s:?}"),
        ExprKind::Lit(Lit::Keyword(k)) => format!(":{k}"),
        ExprKind::Lit(Lit::Bool(b)) => b.to_string(),
        ExprKind::Lit(Lit::Nil) => "nil".to_string(),
        ExprKind::Lit(other) => format!("{other:?}"),
        ExprKind::Local(id) => local(*id, locals),
        ExprKind::Def { name, targs } => format!("{}{}", name.name(), types(targs)),
        ExprKind::Call { name, targs, args } => {
            format!("({}{}{})", name.name(), types(targs), all(args, locals))
        }
        ExprKind::Apply { callee, args } => format!("(apply {}{})", go(callee), all(args, locals)),
        ExprKind::Construct { variant, args } => format!("({}#{variant}{})", e.ty, all(args, locals)),
        ExprKind::Field { value, index } => format!("(field {index} {})", go(value)),
        ExprKind::With { value, fields } => {
            let fields: String = fields.iter().map(|(index, e)| format!(" {index} {}", go(e))).collect();
            format!("(with {}{fields})", go(value))
        }
        ExprKind::Tuple(items) => format!("(tuple{})", all(items, locals)),
        ExprKind::Vector(items) => format!("[{}]", all(items, locals).trim_start()),
        ExprKind::Set(items) => format!("#{{{}}}", all(items, locals).trim_start()),
        ExprKind::Map(entries) => {
            format!("{{{}}}", all(entries.iter().flat_map(|(k, v)| [k, v]), locals).trim_start())
        }
        ExprKind::Let { binds, body } => {
            let binds: Vec<String> =
                binds.iter().map(|(p, e)| format!("{} {}", pattern(p, locals), go(e))).collect();
            format!("(let [{}] {})", binds.join(" "), go(body))
        }
        ExprKind::If { test, then, other } => format!("(if {} {} {})", go(test), go(then), go(other)),
        ExprKind::Do(items) => format!("(do{})", all(items, locals)),
        ExprKind::Match { scrutinee, arms } => {
            let arms: String = arms
                .iter()
                .map(|arm| {
                    let guard =
                        arm.guard.as_ref().map_or(String::new(), |guard| format!(" :when {}", go(guard)));
                    format!(" ({}{guard} {})", pattern(&arm.pattern, locals), go(&arm.body))
                })
                .collect();
            format!("(match {}{arms})", go(scrutinee))
        }
        ExprKind::Lambda(lambda) => {
            let names = |ids: &[crate::hir::LocalId]| {
                ids.iter().map(|id| local(*id, locals)).collect::<Vec<_>>().join(" ")
            };
            let captures = if lambda.captures.is_empty() {
                String::new()
            } else {
                format!(" ^[{}]", names(&lambda.captures))
            };
            let kind = if lambda.contract.is_some() { "program" } else { "fn" };
            format!("({kind}{captures} [{}] {})", names(&lambda.params), go(&lambda.body))
        }
        ExprKind::ProgramOf { name, .. } => format!("(program-of {})", name.name()),
        ExprKind::Loop { params, body } => {
            let params: Vec<String> =
                params.iter().map(|(id, e)| format!("{} {}", local(*id, locals), go(e))).collect();
            format!("(loop [{}] {})", params.join(" "), go(body))
        }
        ExprKind::Recur(args) => format!("(recur{})", all(args, locals)),
        ExprKind::Try { value, .. } => format!("(try {})", go(value)),
        ExprKind::Select(clauses) => {
            let clauses: String = clauses
                .iter()
                .map(|clause| {
                    let source = match &clause.source {
                        Source::Peer(e) => format!("peer {}", go(e)),
                        Source::Receiver(e) => format!("receiver {}", go(e)),
                        Source::Exit(e) => format!("exit {}", go(e)),
                        Source::After(e) => format!("after {}", go(e)),
                        Source::Stopped => "stopped".to_string(),
                        Source::Cancelled => "cancelled".to_string(),
                        Source::Signal(second) => format!("signal {}", i32::from(*second) + 1),
                    };
                    format!(" ({source} {} {})", pattern(&clause.pattern, locals), go(&clause.body))
                })
                .collect();
            format!("(select{clauses})")
        }
        ExprKind::WithPeers { binds, body } => {
            let binds: Vec<String> =
                binds.iter().map(|(id, e)| format!("{} {}", local(*id, locals), go(e))).collect();
            format!("(with-peers [{}] {})", binds.join(" "), go(body))
        }
    }
}

fn types(targs: &[crate::ty::Ty]) -> String {
    if targs.is_empty() {
        return String::new();
    }
    format!("<{}>", targs.iter().map(|t| t.to_string()).collect::<Vec<_>>().join(" "))
}

fn pattern(p: &Pattern, locals: &[LocalInfo]) -> String {
    let all = |ps: &[Pattern]| ps.iter().map(|p| format!(" {}", pattern(p, locals))).collect::<String>();
    match &p.kind {
        PatternKind::Wild => "_".to_string(),
        PatternKind::Bind(id) => local(*id, locals),
        PatternKind::As(inner, id) => format!("(as {} {})", pattern(inner, locals), local(*id, locals)),
        PatternKind::Lit(lit) => format!("{lit:?}"),
        PatternKind::Variant { variant, fields } => format!("({}#{variant}{})", p.ty, all(fields)),
        PatternKind::Tuple(parts) => format!("(tuple{})", all(parts)),
        PatternKind::Vector { items, rest } => {
            let rest = rest.as_ref().map_or(String::new(), |rest| format!(" & {}", pattern(rest, locals)));
            format!("[{}{rest}]", all(items).trim_start())
        }
        PatternKind::Or(parts) => format!("(or{})", all(parts)),
    }
}

#[test]
fn calls_have_exactly_the_callees_parameters() {
    check(
        "(defn sum [& xs <- i64] -> i64 (reduce + 0 xs))
         (defn f [x <- f64 p <- (Peer i64 i64)] -> nil
           (ignore (tuple (sum 1 2) (sum) (+ x 1 2) (- 3) (< 1 x 2) (call p 1) (call p 1 {:timeout (seconds 1)}))))",
        expect![[r#"
            f: (ignore<(Tuple i64 i64 f64 i64 bool (Result i64 Crash) (Result i64 Crash))> (tuple (sum [1 2]) (sum []) (add-numbers<f64> (add-numbers<f64> x0 1.0) 2.0) (negate<i64> 3) (let [_2 1.0 _3 x0 _4 2.0] (if (<<f64> _2 _3) (<<f64> _3 _4) false)) (call<i64 i64> p1 1 (CallOptions#0 ((Option Duration)#0))) (call<i64 i64> p1 1 (CallOptions#0 ((Option Duration)#1 (seconds 1))))))
            sum: (reduce-vector<i64 i64> add-numbers<i64> 0 xs0)
        "#]],
    );
}

#[test]
fn functions_stand_for_constructors_fields_and_operators() {
    check(
        "(defstruct Pt [x <- i64 y <- i64])
         (defn f [ps <- (Vector Pt)] -> nil
           (ignore (tuple (map :x ps) (map Pt/y ps) (map Some ps) (map - [1]) (map str [1]) (map (fn [p] (with p :y 1)) ps)
                          (Pt :y 1 :x 2) (reduce + 0 [1]))))",
        expect![[r#"
            f: (ignore<(Tuple (Vector i64) (Vector i64) (Vector (Option Pt)) (Vector i64) (Vector String) (Vector Pt) Pt i64)> (tuple (map-vector<Pt i64> (fn [struct1] (field 0 struct1)) ps0) (map-vector<Pt i64> (fn [02] (field 1 02)) ps0) (map-vector<Pt (Option Pt)> (fn [03] ((Option Pt)#1 03)) ps0) (map-vector<i64 i64> negate<i64> [1]) (map-vector<i64 String> (fn [04] (str1<i64> 04)) [1]) (map-vector<Pt Pt> (fn [p5] (with p5 1 1)) ps0) (let [_6 1 _7 2] (Pt#0 _7 _6)) (reduce-vector<i64 i64> add-numbers<i64> 0 [1])))
        "#]],
    );
}

#[test]
fn sugar_is_gone() {
    check(
        "(defn f [a <- i64 xs <- (Vector i64)] -> i64
           (when (and (> a 0) (or (= a 1) (= a 2))) (ignore a))
           (doseq [x xs] (ignore (+ x a)))
           (assert (= a 1))
           (let [g #(+ % a)] (ignore (g 1)))
           (cond (= a 1) 1
                 (= a 2) (if-let [x (first xs)] x 0)
                 :else (-> a inc (+ 2))))",
        expect![[r#"
            f: (do (if (if (><i64> a0 0) (if (=<i64> a0 1) true (=<i64> a0 2)) false) (ignore<i64> a0) nil) (loop [rest2 (seq-vector<i64> xs1)] (match (uncons<i64> rest2) (((Option (Tuple i64 (Seq i64)))#0) nil) (((Option (Tuple i64 (Seq i64)))#1 (tuple item3 more4)) (do (let [x5 item3] (if true (ignore<i64> (add-numbers<i64> x5 a0)) nil)) (recur more4))))) (if (=<i64> a0 1) nil (assert_failed<nil> "assertion failed: (= a 1)")) (let [g7 (fn ^[a0] [%16] (add-numbers<i64> %16 a0))] (ignore<i64> (apply g7 1))) (if (=<i64> a0 1) 1 (if (=<i64> a0 2) (match (first-vector<i64> xs1) (((Option i64)#1 x8) x8) (_ 0)) (add-numbers<i64> (inc a0) 2))))
        "#]],
    );
}

#[test]
fn edn_is_made_element_by_element() {
    check(
        "(defn f [n <- i64 e <- Edn] -> Edn (if true {:a [n e] :b #{\"s\"}} 1))
         (defn g [n <- T] -> nil (panic! \"why\" {:n 1}))
         (defn h {:where [(Num T)]} [n <- T] -> T (+ n 1))",
        expect![[r#"
            f: (if true (edn<(Map Edn Edn)> {(edn<keyword> :a) (edn<(Vector Edn)> [(edn<i64> n0) e1]) (edn<keyword> :b) (edn<(Set Edn)> #{(edn<String> "s")})}) (edn<i64> 1))
            g: (panic<Edn nil> "why" (edn<(Map Edn Edn)> {(edn<keyword> :n) (edn<i64> 1)}))
            h: (add-numbers<T> n0 1)
        "#]],
    );
}

#[test]
fn programs_close_over_data() {
    check(
        "(defn w {:in i64 :out i64} [] -> nil (match (readln) ((Some n) (do (println n) (w))) (None nil)))
         (defn f [k <- i64] -> nil
           (with-peers [p (spawn-process w)
                        q (spawn-thread (fn {:in i64 :out i64} [] (serve (fn [n] (+ n k)))))]
             (select (p v (ignore v)) (exit q r (ignore r)) (after (millis 1) nil) (stopped nil))))",
        expect![[r#"
            f: (with-peers [p1 (spawn-process<i64 i64> (program-of w) (SpawnOptions#0 ((Option Limits)#0) ((Option (Vector Grant))#0) ((Option bool)#0))) q3 (spawn-thread<i64 i64> (program ^[k0] [] (serve<i64 i64> (fn ^[k0] [n2] (add-numbers<i64> n2 k0)))))] (select (peer p1 v4 (ignore<(Result (Option i64) Crash)> v4)) (exit q3 r5 (ignore<(Result nil Crash)> r5)) (after (millis 1) _ nil) (stopped _ nil)))
            w: (match (readln<i64>) (((Option i64)#1 n0) (do (println<i64> n0) (w))) (((Option i64)#0) nil))
        "#]],
    );
}
