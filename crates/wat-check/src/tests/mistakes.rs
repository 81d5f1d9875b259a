//! Mistakes in bodies: one diagnostic each, at its place.

use super::said;
use expect_test::{Expect, expect};

/// The statements stand in a `main`, on lines of their own from line 2 on.
fn check(statements: &str, wanted: Expect) {
    wanted.assert_eq(&said(&format!("(defn main [] -> nil\n{statements}\nnil)\n{DEFINITIONS}")));
}

const DEFINITIONS: &str = "
(defstruct Pt [x <- f64  y <- f64])
(defenum En (A [n <- i64]) B)
(defn half [x <- f64] -> f64 (/ x 2))
(defn pair [a <- i64  b <- String] -> nil nil)
(defn worker {:in i64 :out i64} [] -> nil (serve (fn [n] n)))";

#[test]
fn mismatches_are_one_error_each() {
    check(
        "(println (half \"x\"))
(println (+ 1 \"a\" 2))
(println [1 \"a\"])
(println (if true 1 \"a\"))
(println (if 1 2 3))
(println (let [n (count [])] (half n)))
(pair \"x\" 1)
(println (pritnln (half \"a\")))",
        expect![[r#"
            2:16 type-mismatch expected f64, found String
            3:15 type-mismatch expected i64, found String
            4:13 type-mismatch expected i64, found String
            5:21 type-mismatch expected i64, found String
            6:14 type-mismatch a test is a bool, not an i64
            7:36 type-mismatch expected f64, found i64
            8:7 type-mismatch expected i64, found String
            8:11 type-mismatch expected String, found i64
            9:11 unbound-name unknown name `pritnln`
            9:25 type-mismatch expected f64, found String
        "#]],
    );
}

#[test]
fn calls_and_constructors() {
    check(
        "(println (half 1.0 2.0))
(println (Pt 1.0))
(println (Pt :x 1.0 :z 2.0))
(println (1 2))
(println (:z (Pt 1.0 2.0)))
(println (with (Pt 1.0 2.0) :z 1.0))
(println ((spawn-thread worker)))
(println (count))
(println (En/A 1 2))
(println (En/C 1))
(println (:x {:x 1}))
(println (count 1))",
        expect![[r#"
            2:10 wrong-arity `half` takes one argument, and 2 are given
            3:10 wrong-arity `Pt` takes 2 arguments, and one is given
            4:21 unknown-field `Pt` has no field `z`
            5:11 not-a-function an i64 is called, and it is no function
            6:11 unknown-field `Pt` has no field `z`
            7:29 unknown-field `Pt` has no field `z`
            8:11 not-a-function a (Peer i64 i64) is called, and it is no function
            9:10 wrong-arity `count` takes one argument, and none is given
            10:10 wrong-arity `A` takes one argument, and 2 are given
            11:11 unbound-name unknown name `En/C`
            12:11 unknown-field a (Map keyword i64) has no field `x`
            13:17 type-mismatch `count` does not work on an i64
        "#]],
    );
}

#[test]
fn values_that_go_nowhere() {
    check(
        "(+ 1 2)
(call (spawn-process worker) 1)
(let [_ (call (spawn-process worker) 1)] nil)
(when true 5)
(if true (attempt (fn [] 1)))
(doseq [x [1]] (attempt (fn [] x)))
(ignore (attempt (fn [] 1)))
(do 1 nil)",
        expect![[r#"
            2:1 unused-value this value is not used
            3:1 unused-result a Result is dropped, and with it the failure it may hold
            4:9 unused-result a Result is dropped, and with it the failure it may hold
            5:12 unused-value this value is not used
            6:10 unused-result a Result is dropped, and with it the failure it may hold
            7:16 unused-result a Result is dropped, and with it the failure it may hold
            9:5 unused-value this value is not used
        "#]],
    );
}

#[test]
fn what_nothing_determines() {
    check(
        "(println (readln))
(println (fn [p] (:x p)))
(ignore (fn [p] (:q p)))
(ignore (fn [xs] (count xs)))
(ignore (fn [a b] (+ a b)))
(println [])
(println None)",
        expect![[r#"
            2:10 ambiguous-type the type of this value is not determined
            3:19 ambiguous-type which struct has the field `x` is not known
            4:18 ambiguous-type which struct has the field `q` is not known
            5:25 ambiguous-type `count` works on several types, and which one this is is not known
            6:22 ambiguous-type `+` works on several types, and which one this is is not known
        "#]],
    );
    check(
        "(ignore (fn [x] (x x)))",
        expect![[r#"
            2:18 infinite-type this type would contain itself: _ in (Fn [_] -> _)
        "#]],
    );
}

#[test]
fn programs_are_named_in_place_and_take_data_along() {
    check(
        "(let [w worker] (ignore (spawn-process w)))
(ignore (spawn-process half))
(let [p (spawn-thread worker)] (ignore (spawn-process (fn [] (ignore (send p 1)) (close p)))))
(let [(tuple s r) (channel 1)] (ignore (spawn-thread (fn [] (ignore (send s 1))))) (ignore (recv r)))
(let [(tuple s r) (channel 1)] (ignore (spawn-process (fn [] (ignore (send s 1))))) (ignore (recv r)))
(println half)
(let [q (fn {:in i64 :out i64} [] nil)] (q))
(println (spawn-thread worker))",
        expect![[r#"
            2:40 type-mismatch expected (Program _ _), found (Fn [] -> nil)
            3:24 type-mismatch expected (Program _ _), found (Fn [f64] -> f64)
            4:76 not-wire the program would take `p` along, which is not data
            6:76 not-wire the program would take `s` along, which is not data
            7:10 not-wire a (Fn [f64] -> f64) cannot leave the process
            8:42 not-callable-program a program is not called but spawned
            9:10 not-wire a (Peer i64 i64) cannot leave the process
        "#]],
    );
}

#[test]
fn protocols() {
    let source = "
(defstruct Qq [x <- i64])
(defstruct Rr {:derive [Ord]} [x <- i64])
(defstruct Hh [f <- (Fn [] -> nil)])
(defn big [a <- T b <- T] -> bool (> a b))
(defn same {:where [(Ord T)]} [a <- T b <- T] -> bool (= a b))
(defn show [a <- T] -> String (str a))
(defn main [] -> nil
  (println (sort [(Qq 1)]))
  (println (sort [(Rr 1)]))
  (println (= (Hh (fn [] nil)) (Hh (fn [] nil))))
  (println (+ \"a\" \"b\"))
  (println #{inc})
  (println (same (Qq 1) (Qq 2))))";
    expect![[r#"
        5:38 missing-bound `>` needs Ord, and `T` may be any type
        7:36 missing-bound `str` needs Show, and `T` may be any type
        9:18 missing-bound `sort` needs Ord, which Qq does not have
        11:15 missing-bound `=` needs Eq, which (Fn [] -> nil) does not have
        12:15 missing-bound `+` needs Num, which String does not have
        13:12 not-wire a (Fn [i64] -> i64) cannot leave the process
        14:18 missing-bound `same` needs Ord, which Qq does not have
    "#]]
    .assert_eq(&said(source));
}

#[test]
fn control() {
    let source = "
(defn f [n <- i64] -> i64 (+ 1 (recur n)))
(defn g [n <- i64] -> i64 (loop [i 0] (recur)))
(defn h [n <- i64] -> i64 (try (parse-i64 \"1\")))
(defn k [n <- i64] -> (Option i64) (Some (try n)))
(def v (try (parse-i64 \"1\")))
(defn tail [n <- i64] -> i64 (cond (= n 0) 1 :else (recur (- n 1))))
(defn main [] -> nil (let [x] nil) (match 1) (fn) (if) (case 1 2 3) (def z 1))";
    expect![[r#"
        2:32 recur-outside-loop `recur` is not the last step here
        3:39 wrong-arity this loop has 1 name, and `recur` gives 0 values
        4:27 try-outside `try` returns a failure from the function around it, which must give an Option
        5:47 type-mismatch `try` takes a Result or an Option, not an i64
        6:8 try-outside `try` returns a failure from the function around it, which must give an Option
        8:28 bad-syntax a value is missing for this name
        8:46 bad-syntax `fn` takes its parameters in a vector: (fn [x] …)
        8:51 bad-syntax `if` takes a test and two branches
        8:69 unsupported-form `def` is not available here
    "#]]
    .assert_eq(&said(source));
}

#[test]
fn patterns() {
    check(
        "(println (match (Some 1) ((Some x y) x) (None 0)))
(println (match (En/A 1) (En/Qq 1) (_ 2)))
(println (match 1 (\"a\" 1) (_ 2)))
(println (match (Some 1) ((or (Some x) None) 1)))
(println (match (tuple 1 2) ((tuple a a) 1)))
(println (match (Pt 1.0 2.0) ({:q q} 1)))
(println (match 1 ({:q q} 1) (_ 2)))
(println (let [(Some x) (Some 1)] x))
(println (match En/B ((En/A n) n)))
(println (match (undefined) ((Some q) q) (None 1)))",
        expect![[r#"
            2:27 bad-pattern `Some` has one field, and the pattern has 2
            3:27 unbound-name unknown name `En/Qq`
            4:20 type-mismatch this pattern is for a String, and the value is an i64
            5:40 bad-pattern `x` is not bound by every alternative
            6:39 bad-pattern `a` is bound twice in one pattern
            7:32 unknown-field `Pt` has no field `q`
            8:20 bad-pattern a pattern in braces takes apart a struct, not an i64
            11:18 unbound-name unknown name `undefined`
        "#]],
    );
}

#[test]
fn defs_are_pure_and_not_circular() {
    let source = "
(def a (println 1))
(def b (+ c 1)) (def c (+ b 1))
(def d (f)) (defn f [] -> i64 d)
(def e (fn [] (println 1)))
(def g (spawn-process (fn [] nil)))
(defn main [] -> nil nil)";
    expect![[r#"
        2:8 effect-in-def the value of `a` has an effect
        3:27 def-cycle the value of `b` needs itself
        6:8 effect-in-def the value of `g` has an effect
    "#]]
    .assert_eq(&said(source));
    expect![[r#"
        1:6 def-cycle the value of `d` needs itself
    "#]]
    .assert_eq(&said("(def d (f)) (defn f [] -> i64 d) (println d)"));
}

#[test]
fn recursion_keeps_its_types() {
    let source = "
(defenum (Nest T) Flat (Deep [more <- (Nest (Vector T))]))
(defn f [x <- T  n <- i64] -> nil (if (= n 0) nil (f [x] (- n 1))))
(defn a [x <- T] -> nil (b [x])) (defn b [x <- T] -> nil (a x))
(defn c [x <- T] -> nil (d x)) (defn d [x <- T] -> nil (c x))
(defn main [] -> nil (f 1 2))";
    expect![[r#"
        2:25 polymorphic-recursion `Nest` contains itself at other types than its own
        3:51 polymorphic-recursion `f` refers to itself at other types than its own
        4:25 polymorphic-recursion `b` refers to itself at other types than its own
    "#]]
    .assert_eq(&said(source));
}

#[test]
fn deep_nesting_is_no_danger() {
    let deep = format!("(println {}1{})", "(+ 1 ".repeat(500), ")".repeat(500));
    assert_eq!(said(&deep), "");
    let threaded = format!("(println (-> 1{}))", " inc".repeat(3000));
    assert_eq!(said(&threaded), "");
}
