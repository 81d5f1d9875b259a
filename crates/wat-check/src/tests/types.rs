//! What types expressions get: each definition without a mistake, with the type of its `def`s or locals.

use super::{Files, check_in, listed, said};
use crate::hir::Body;
use expect_test::{Expect, expect};

/// The type of each `def` of a script, or what is wrong with it.
fn check(source: &str, wanted: Expect) {
    let (checked, sources) = check_in(&format!("{source}\n(println nil)"), &mut Files(&[]));
    let mut text = listed(&checked.diagnostics, &sources);
    for def in &checked.unit.defs {
        if let Body::Value(_) = def.body {
            text += &format!("{} : {}\n", def.name.name(), def.result);
        }
    }
    wanted.assert_eq(&text);
}

/// Programs that are to be clean.
fn clean(source: &str) {
    assert_eq!(said(source), "", "{source}");
}

#[test]
fn literals_and_collections() {
    check(
        r#"(def a [1 2.5 3]) (def b {:x [1]}) (def c #{"s"}) (def d (tuple 1 nil \a :k 2N 1.5M))
           (def e [[] [1]]) (def f [None (Some 1)]) (def g #inst "2024-01-01") (def h {}) (def i 'x)
           (def j (if true -> f64 1 2)) (def k [1 (f64 2)])"#,
        expect![[r#"
            2:87 ambiguous-type the type of `h` is not determined
            a : (Vector f64)
            b : (Map keyword (Vector i64))
            c : (Set String)
            d : (Tuple i64 nil char keyword BigInt Decimal)
            e : (Vector (Vector i64))
            f : (Vector (Option i64))
            g : Instant
            h : ?
            i : Symbol
            j : f64
            k : (Vector f64)
        "#]],
    );
}

#[test]
fn functions_and_overloads() {
    check(
        r#"(defstruct Pt [x <- f64 y <- (Option i64)])
           (def a (fn [x] (+ x 1.0)))
           (def b (map :x [(Pt 1.0 None)]))
           (def c (reduce + 0 [1 2]))
           (def d (fn fact [n] (if (= n 0) 1 (* n (fact (- n 1))))))
           (def e (map count ["a" "b"]))
           (def f (map #(* % 2) (range 3)))
           (def g (map str [1 2]))
           (def h (map Pt/x [(Pt :y None :x 1.0)]))
           (def i (map (fn [p] (with p :x 2.0)) [(Pt 1.0 None)]))
           (def j (max 1 2.0 3))
           (def k (vec (map Some (range 3))))
           (def l (fn [p] (let [q [p (Pt 1.0 None)]] (:y p))))
           (def m (-> [3 1 2] sort (conj 1)))
           (def n (->> [3 1 2] (map inc) (reduce max 0)))
           (def o (if-let [x (first [1])] (str x) "none"))
           (def p (- 1))
           (def q (< 1 2 3))
           (def r (into {} [(tuple :a 1)]))
           (def s (apply-twice inc 1))
           (defn apply-twice [f <- (Fn [T] -> T) x <- T] -> T (f (f x)))"#,
        expect![[r#"
            a : (Fn [f64] -> f64)
            b : (Vector f64)
            c : i64
            d : (Fn [i64] -> i64)
            e : (Vector i64)
            f : (Seq i64)
            g : (Vector String)
            h : (Vector f64)
            i : (Vector Pt)
            j : f64
            k : (Vector (Option i64))
            l : (Fn [Pt] -> (Option i64))
            m : (Vector i64)
            n : i64
            o : String
            p : i64
            q : bool
            r : (Map keyword i64)
            s : i64
        "#]],
    );
}

#[test]
fn what_is_known_later_decides() {
    check(
        r#"(defstruct Pt [x <- f64])
           (def a (let [f (fn [p] (:x p))] (f (Pt 1.0))))
           (def b (let [f (fn [xs] (count xs))] (f [1])))
           (def c (let [n 1] (+ n 1.5)))
           (def d (let [f (fn [xs n] (nth xs n))] (f "abc" 1)))
           (def e (reduce (fn [acc x] (conj acc (* x x))) [] [1 2]))
           (def f (loop [i 0 acc []] (if (= i 3) acc (recur (+ i 1) (conj acc i)))))"#,
        expect![[r#"
            a : f64
            b : i64
            c : f64
            d : char
            e : (Vector i64)
            f : (Vector i64)
        "#]],
    );
}

#[test]
fn patterns_bind_what_they_take_apart() {
    clean(
        r#"(defstruct Pt [x <- i64 y <- i64])
           (defenum En (A [n <- i64]) (B [n <- i64 m <- i64]) C)
           (defn f [e <- En] -> i64
             (match e ((or (En/A n) (En/B n _)) n) ((as En/C whole) (f whole))))
           (defn g [p <- Pt  xs <- (Vector i64)] -> i64
             (let [{:keys [x y]} p  {:x z} p  (Pt a b) p  (tuple c d) (tuple 1 2)]
               (match xs
                 ([] (+ x y z a b c d))
                 ([1 & rest] :when (empty? rest) 1)
                 ([first & _] first))))
           (defn main [] -> nil
             (println (map (fn [(tuple k v)] (str k v)) {:a 1}))
             (println (g (Pt 1 2) []) ) (println (f En/C))
             (doseq [(tuple k v) {:a 1} n [1 2]] (println [(str k) (str (+ v n))])))"#,
    );
}

#[test]
fn programs_and_their_contracts() {
    clean(
        r#"(defstruct Job [from <- i64 to <- (Option i64)])
           (defn double {:in i64 :out i64} [] -> nil (serve (fn [n] (* 2 n))))
           (defn sum {:in Job :out f64} [] -> nil
             (match (readln) ((Some {:keys [from]}) (do (println (f64 from)) (println 1) (sum))) (None nil)))
           (defn pick [c <- bool] -> (Program i64 i64) (if c double (fn {:in i64 :out i64} [] (double))))
           (defn halves {:in i64 :out f64} [] -> nil (serve (fn [n] (/ (f64 n) 2))))
           (defn main [] -> nil
             (with-peers [a (spawn-process (pick true)) b (spawn-thread halves)]
               (println (call a 1))
               (println (call a 1 {:timeout (seconds 5)}))
               (println (select (a v 2.0) (b v 1.0))))
             (println (recv (spawn-process (fn [] (println [1 2]))))))"#,
    );
}

#[test]
fn maps_build_structs_and_literals_become_edn() {
    clean(
        r#"(defstruct Options [depth <- (Option i64) name <- (Option String)])
           (defstruct Job [id <- i64 note <- (Option String)])
           (defn run [j <- Job o <- Options] -> i64 (:id j))
           (defn show [e <- Edn] -> nil (println e))
           (defn main [] -> nil
             (let [n 7 s (Some "x")]
               (println (run {:id 1} {:depth 2 :name s}))
               (println (run {:note "a" :id n}))
               (show {:a [1 "x" nil n (+ n 1)] "b" #{:k}})
               (show (edn n))
               (println (from-edn (edn 1) -> i64))
               (when (> n 100) (panic! "much" {:n n :s "x"}))))"#,
    );
}

#[test]
fn failure_leaves_by_try() {
    clean(
        r#"(defn half [n <- i64] -> (Option i64) (if (even? n) (Some (quot n 2)) None))
           (defn quarter [n <- i64] -> (Option i64) (Some (try (half (try (half n))))))
           (defn safe [f <- (Fn [] -> i64)] -> (Result String Crash) (Ok (str (try (attempt f)))))
           (defn main [] -> nil
             (println (map quarter [4 6]))
             (ignore (safe (fn [] (/ 1 0))))
             (match (attempt (fn [] (panic! "boom"))) ((Ok v) (println v)) ((Err c) (eprintln c))))"#,
    );
}
