;; run: expand FILE
;; Names that would clash get numbers; definitions elsewhere their full names.
(ns user (:use [shop.money :as money :only [euros unless]]))
(defmacro my-or [a b] `(let [t ~a] (if t t ~b)))
(defmacro square-all [& names] `(do ~@(map (fn [n] `(defn ~n [x <- i64] -> i64 (* x x))) names)))
(square-all one two)
(defn main [] -> nil
  (let [t true]
    (println (my-or false (my-or t (> (one 1) 2)))))
  (unless (= (euros 2) 200)
          (println (money/tagged-now "a rather long text that does not fit on one line") {:keys [1 2] :other "value"}))
  (println (match (Some 1) ((Some n) :when (> n 0) n) (_ 0))))
