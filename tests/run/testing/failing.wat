;; run: test --limit 60 FILE
;; A test that fails says where, what was expected and found, and what it wrote; the others run on.
(ns shop.cart)

(defstruct Line [name <- String  n <- i64])
(defn total [lines <- (Vector Line)] -> i64 (reduce + 0 (map :n lines)))
(defn share [n <- i64] -> i64 (/ 100 n))

(deftest "adds" (assert-eq 4 (+ 2 2)))
(deftest "totals lines"
  (println "working")
  (eprintln :loud)
  (assert-eq 3 (total [(Line "a" 1) (Line "b" 3)])))
(deftest "structures"
  (assert-eq {:a [(Line "a" 1)] :b []} {:a [(Line "a" 2) (Line "b" 3)] :b []}))
(deftest "sets" (assert-eq #{1 2} #{2 3}))
(deftest "shares" (assert-eq 1 (share 0)))
(deftest "overflows the stack"
  (let [f (fn f [n] (+ 1 (f n)))] (assert-eq 1 (f 1))))
(deftest "wrong kind" (assert-crash :overflow (fn [] (share 0))))
(deftest "near" (assert-near 1.0 1.5 0.25))
