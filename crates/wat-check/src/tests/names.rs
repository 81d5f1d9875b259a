//! Namespaces, names and the shape of files.

use super::{said, said_of};
use expect_test::{Expect, expect};

fn check(main: &str, wanted: Expect) {
    wanted.assert_eq(&said(main));
}

fn check_of(main: &str, others: &[(&str, &str)], wanted: Expect) {
    wanted.assert_eq(&said_of(main, others));
}

const MONEY: (&str, &str) = (
    "shop.money",
    "(ns shop.money)
     (defenum Coin (Eur [n <- i64]) Lost)
     (defstruct Purse [coins <- (Vector Coin)])
     (defn add [a <- i64 b <- i64] -> i64 (+ a b))
     (defn secret {:private true} [] -> nil nil)",
);

#[test]
fn names_come_through_aliases_full_names_and_only() {
    check_of(
        "(ns app (:use [shop.money :as money :only [Purse Coin]]))
         (defn worth [c <- money/Coin] -> i64 (match c ((money.Coin/Eur n) n) (shop.money.Coin/Lost 0)))
         (defn main [] -> nil
           (println (shop.money/add 1 (money/add 2 (worth (Coin/Eur 3)))))
           (println (Purse/coins (Purse [Coin/Lost])))
           (println (wat.string/upper \"x\")))",
        &[MONEY],
        expect![[""]],
    );
}

#[test]
fn bare_names_need_only_and_private_names_stay_private() {
    check_of(
        "(ns app (:use [shop.money :as money :only [ad]]))
         (println (add 1 2))
         (money/secret)
         (mony/add 1 2)
         (money/ad 1 2)",
        &[MONEY],
        expect![[r#"
            1:44 unbound-name unknown name `shop.money/ad`
            2:20 unbound-name unknown name `add`
            3:11 private-name `shop.money/secret` is private to its file
            4:11 unknown-namespace no namespace or alias `mony`
            5:11 unbound-name unknown name `money/ad`
        "#]],
    );
}

#[test]
fn a_missing_file_is_one_mistake() {
    check_of(
        "(ns app (:use [shop.monye :as money :only [Coin]]))
         (defn f [c <- Coin] -> i64 (money/add c 1))
         (println (money/worth 1))",
        &[MONEY],
        expect![[r#"
            1:16 unknown-namespace no file defines the namespace `shop.monye`
        "#]],
    );
}

#[test]
fn a_circle_of_files_is_shown() {
    check_of(
        "(ns a (:use [b])) (println 1)",
        &[("b", "(ns b (:use [c]))"), ("c", "(ns c (:use [a]))")],
        expect![[r#"
            1:14 import-cycle files use each other in a circle: a → b → c → a
        "#]],
    );
}

#[test]
fn a_file_says_the_namespace_its_path_gives_it() {
    check_of(
        "(ns a (:use [b])) (println 1)",
        &[("b", "(ns x)")],
        expect![[r#"
            1:1 namespace-mismatch b.wat is to define `b` but says `x`
        "#]],
    );
}

#[test]
fn the_shape_of_the_entry() {
    check(
        "",
        expect![[r#"
        1:1 missing-main there is nothing in this file
    "#]],
    );
    check(
        "(defn main [n <- i64] -> nil nil)",
        expect![[r#"
        1:7 bad-main `main` takes nothing and gives nil
    "#]],
    );
    check(
        "(defn main [] -> i64 1)",
        expect![[r#"
        1:7 bad-main `main` takes nothing and gives nil
    "#]],
    );
    check(
        "(defn main [] -> nil nil) (println 1)",
        expect![[r#"
        1:27 stray-expression an expression at the top of a file that defines `main`
    "#]],
    );
    check_of(
        "(ns a (:use [b])) (println 1)",
        &[("b", "(ns b) (println 2)")],
        expect![[r#"
        1:8 stray-expression an expression at the top of a file that is used by others
    "#]],
    );
}

#[test]
fn names_are_spelled_by_their_kind() {
    check(
        "(defstruct point [X <- f64])
         (defstruct T [x <- f64])
         (defenum Light red Green)
         (defn Main [] -> nil nil)
         (defn other/f [] -> nil nil)
         (defn main [] -> nil nil)",
        expect![[r#"
            1:12 bad-name `point` cannot be the name of this definition
            1:19 bad-name `X` cannot name a field
            2:21 bad-name `T` cannot be the name of this definition
            3:25 bad-name `red` cannot name a variant
            4:16 bad-name `Main` cannot be the name of this definition
            5:16 bad-name `other/f` belongs to another namespace than `user`
        "#]],
    );
}

#[test]
fn definitions_hide_the_prelude_with_a_warning_and_locals_freely() {
    check(
        "(defn count [xs <- (Vector i64)] -> i64 (wat.core/count xs))
         (defn main [] -> nil (let [map 1 println (fn [n] (eprintln n))] (println (+ map (count [])))))",
        expect![[r#"
            1:7 shadowed-prelude this hides `count` of the prelude
        "#]],
    );
}

#[test]
fn definitions_are_made_once() {
    check(
        "(defn f [] -> nil nil) (def f 1)
         (defenum En Aa Aa)
         (defstruct Pt [x <- i64 x <- i64])
         (defn main [] -> nil nil)",
        expect![[r#"
            1:29 redefinition `f` is defined twice
            2:25 redefinition the variant `Aa` is defined twice
            3:34 duplicate-field the field `x` stands twice
        "#]],
    );
}

#[test]
fn attributes_are_known() {
    check(
        "(defn f {:pivate true :intrinsic \"x\"} [] -> nil nil)
         (defstruct Pt {:in i64} [x <- i64])
         (defn main [] -> nil (ignore (fn {:where []} [] nil)))",
        expect![[r#"
            1:10 unknown-attribute a `defn` has no attribute `:pivate`
            1:23 unknown-attribute a `defn` has no attribute `:intrinsic`
            2:25 unknown-attribute a `defstruct` has no attribute `:in`
            3:44 unknown-attribute a `fn` has no attribute `:where`
        "#]],
    );
}

#[test]
fn types_are_known_and_have_their_arguments() {
    check(
        "(defalias Row (Vector Strin))
         (defalias Aa Bb) (defalias Bb Aa)
         (defalias (Pair X) (Tuple X X))
         (defstruct Box [v <- (Pair i64) w <- (Option) u <- T])
         (defn f [x <- (Vector i64 i64) y <- Box] -> nil
           (let [g (fn [z <- Q] z)] nil))
         (defn main [] -> nil nil)",
        expect![[r#"
            1:23 unbound-type unknown type `Strin`
            2:20 bad-type the alias `Aa` stands for itself
            4:47 bad-type `Option` takes one type
            4:61 unknown-type-variable `T` is no type variable here
            5:24 bad-type `Vector` takes one type
            6:30 unknown-type-variable `Q` is no type variable here
        "#]],
    );
}

#[test]
fn colon_paths_and_full_names_name_the_same() {
    check(
        "(:wat::core::defn :user::f [x <- :wat::core::i64] -> :wat::core::nil (:wat::core::let [y x] :wat::core::nil))
         (defenum Shape (Circle [r <- f64]) Unit)
         (defn main [] -> nil
           (user/f 1) (:user::f 2)
           (println [(:user::Shape::Circle 1.0) :Shape::Unit user.Shape/Unit])
           (wat.core/when true (wat.kernel/println (wat.core/+ 1 2))))",
        expect![""],
    );
}

#[test]
fn help_is_given_where_it_is_certain() {
    let help = |text: &str| {
        let (checked, _) = super::check_in(text, &mut super::Files(&[]));
        let help = checked.diagnostics.iter().flat_map(|d| &d.help).map(|help| help.text.as_str());
        help.collect::<Vec<_>>().join("; ")
    };
    assert_eq!(help("(println True)"), "write `true`");
    assert_eq!(help("(println (cond (= 1 1) 1 else 2))"), "write `:else`");
    assert_eq!(
        help("(defenum En (A [n <- i64]) (Bee [n <- i64]))\n(println (Bee 1))"),
        "did you mean `En/Bee`?"
    );
    assert_eq!(
        help("(defn f [x <- [i64]] -> int 1)\n(println (f [1]))"),
        "write `(Vector i64)`; write `i64`"
    );
    assert_eq!(help("(println (foo 1))"), "");
    assert_eq!(
        help("(ns user (:use [wat.string :only [joinn]]))\n(println (joinn [\"a\"]))"),
        "did you mean `join`?"
    );
    assert_eq!(
        help(
            "(ns user (:use [wat.sqlite :as sql]))\n(defn f [e <- sql.SqliteError] -> nil nil)\n(println 1)"
        ),
        "write `sql/SqliteError`"
    );
    assert_eq!(
        help("(println (range 3))"),
        "a Seq makes its items as they are asked for; keep them: (vec …)"
    );
}

#[test]
fn a_name_that_only_lists_in_vain_is_one_mistake() {
    check(
        "(ns user (:use [wat.string :only [joinn Strin]]))
         (defn f [s <- Strin] -> nil nil)
         (defn main [] -> nil (println (joinn [\"a\"])) (println (map joinn [[\"a\"]])))",
        expect![[r#"
            1:35 unbound-name unknown name `wat.string/joinn`
            1:41 unbound-name unknown name `wat.string/Strin`
        "#]],
    );
}
