//! One mistake, one error: what follows from a mistake is not told.

use super::said;
use expect_test::{Expect, expect};

/// Each program with what is said of it, a line between.
fn each(programs: &[&str], wanted: Expect) {
    let found: Vec<String> = programs.iter().map(|program| said(program)).collect();
    wanted.assert_eq(&found.join("\n"));
}

#[test]
fn parameters_and_fields() {
    each(
        &[
            "(defn f [x -> i64] -> i64 x)\n(defn main [] -> nil (println (f 1)))",
            "(defn f [x : i64] -> i64 x)\n(defn main [] -> nil (println (f 1)))",
            "(defn f [x: i64] -> i64 x)\n(defn main [] -> nil (println (f 1)))",
            "(defn f [i64 x] -> i64 x)\n(defn main [] -> nil (println (f 1)))",
            "(defn f [x <- i64] i64 x)\n(defn main [] -> nil (println (f 1)))",
            "(defn f -> i64 1)\n(defn main [] -> nil (println (f)))",
            "(defstruct Pt [x i64 y i64])\n(defn main [] -> nil (println (:z (Pt 1 2 3))))",
            "(defstruct Pt x)\n(defn main [] -> nil (match (Pt 1) ((Pt a) (println a))))",
            "(defenum Shape [Circle])\n(defn main [] -> nil (println (Shape/Circle 1)))",
        ],
        expect![[r#"
            1:12 bad-syntax the type of a parameter or field is written after `<-`

            1:12 bad-name `:` is not a name

            1:10 bad-name `x:` is not a name

            1:10 bad-syntax a parameter is its name, then its type: n <- i64

            1:9 bad-syntax `defn` states its result after the parameters: -> T

            1:1 bad-syntax `defn` needs its parameters in a vector: [x <- i64]

            1:16 bad-syntax the field `x` needs a type: x <- T

            1:15 bad-syntax `defstruct` takes one vector of fields: [x <- f64]

            1:16 bad-syntax a variant is `Name` or `(Name [field <- Type])`
        "#]],
    );
}

#[test]
fn matches() {
    each(
        &[
            "(match 1 0 (println \"zero\") _ (println \"other\"))",
            "(println (match 1 (1) (_ 2)))",
            "(println (match (Some 1) (Some n n) (None 0)))",
            "(println (match (foo 1) ((Ok v) v) ((Err e) e)))",
            "(println (match (tuple 1 2) ([a b] a)))",
            "(println (match (Some 1) ((or (Some a) (as None b)) 1)))",
        ],
        expect![[r#"
            1:10 bad-syntax an arm of `match` is a list

            1:19 bad-syntax this arm of `match` gives nothing

            1:27 bad-pattern a pattern with fields stands in brackets: ((Some value) …)

            1:18 unbound-name unknown name `foo`

            1:30 type-mismatch this pattern is for a (Vector _), and the value is a (Tuple i64 i64)

            1:49 bad-pattern `b` is not bound by every alternative
        "#]],
    );
}

#[test]
fn what_could_not_be_read() {
    each(
        &[
            "(println \"hello))",
            "(defn main [] -> nil (let [x 1 (println x)))",
            "(defn main [] -> nil (println @x))",
            "(defn f [x <- i64] -> i64 (+ x (* 2 x))\n(defn main [] -> nil (println (f 1)))",
            "(let [y (+ 1 1))] (println y))",
        ],
        expect![[r#"
            1:10 unterminated-string this string has no end

            1:27 unbalanced-bracket unclosed `[`

            1:31 unexpected-token unexpected `@`
            1:32 unbound-name unknown name `x`

            1:1 unbalanced-bracket unclosed `(`

            1:16 unbalanced-bracket unexpected `)`
        "#]],
    );
}

#[test]
fn types_that_follow() {
    each(
        &[
            "(println ((lambda [x] x) 1))",
            "(let [x] (println x))",
            "(println ((fn [a b] (+ a b)) 1))",
            "(println (map (fn [a b] (+ a b)) [1 2]))",
            "(println (1 + 2))",
            "(println (or (first [1]) 1))",
            "(defn f [x <- i64] -> i64 (if (> x 1) x))\n(println (f 1))",
            "(if-let [x 1] (println x) nil)",
            "(println (filter odd?))",
            "(doseq [x 5] (println x))",
        ],
        expect![[r#"
            1:12 unbound-name unknown name `lambda`

            1:7 bad-syntax a value is missing for this name

            1:10 wrong-arity this function takes 2 arguments, and one is given

            1:15 type-mismatch expected (Fn [i64] -> _), found (Fn [_ _] -> _)

            1:11 not-a-function an i64 is called, and it is no function

            1:14 type-mismatch a test is a bool, not an (Option i64)

            1:27 type-mismatch `if` without else gives nil, and an i64 is needed

            1:10 type-mismatch this pattern is for an (Option _), and the value is an i64

            1:10 wrong-arity `filter` takes 2 arguments, and one is given

            1:11 type-mismatch an i64 has no elements to go over
        "#]],
    );
}

#[test]
fn a_value_that_a_mismatch_names_is_not_asked_for_what_it_lacks() {
    each(
        &["(println (= (range 3) [0 1 2]))"],
        expect![[r#"
            1:23 type-mismatch expected (Seq i64), found (Vector i64)
        "#]],
    );
}
