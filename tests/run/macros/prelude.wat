;; The prelude's macros; a local or a definition of the same name goes first.
(ns user (:use [wat.control :as control]))

(defn dotimes [n <- i64] -> i64 (* n 100))

(defmacro repeated [n form]
  `(do ~@(map (fn [_] form) (vec (range (match n ((Form/Int v _) v) (_ 0)))))))

(defn sign [n <- i64] -> keyword
  (condp = (compare n 0)
    0 :zero
    1 :positive
    :negative))

(defn main [] -> nil
  (when-not false (println 1) (println 2))
  (when-not true (println 3))
  (println (dotimes 3))
  (control/dotimes [i 3] (println i))
  (println (as-> 1 x (+ x 1) (* x 10)))
  (println (cond-> 1 true (+ 10) false (* 9)))
  (println (cond->> [1 2] true (map inc) (= 1 2) (take 1)))
  (println [(some-> (get {:a [7 8]} :a) (get 1)) (some-> (get {:a [7 8]} :a) (get 5))])
  (println [(some->> (get {:a [7 8]} :a) (find even?)) (some->> (get {:a [7]} :a) (find even?))])
  (println (doto 1 (println)))
  (println (map sign [-5 0 5]))
  (println (if-not true 1 2))
  (repeated 2 (when-not false (println "again")))
  (let [value 1] (println (cond-> 5 (= value 1) (+ value))))
  (let [when-not (fn [a b] (+ a b))] (println (when-not 1 2)))
  (comment (this is not checked)))
