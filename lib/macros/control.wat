;; Control forms written as macros over the forms of the language. Every program sees them as it sees the prelude; a
;; definition or a `:use` of the same name goes first. They travel as text, because a macro is compiled where it is
;; called; a program that calls none pays nothing.
(ns wat.control (:use [wat.form :as form]))

(defmacro if-not "The second where the test is false, else the third. Example: (if-not false 1 2) => 1"
  [test then else]
  `(if ~test ~else ~then))

(defmacro when-not "The body where the test is false. Example: (when-not false (println 1))"
  [test & body]
  `(if ~test nil (do ~@body nil)))

(defmacro dotimes "The body for each integer from 0 to before n. Example: (dotimes [i 3] (println i))"
  [[name n] & body]
  `(let [end ~n]
     (loop [i 0]
       (when (< i end)
         (let [~name i] ~@body)
         (recur (+ i 1))))))

(defmacro as-> "Each form with the name standing for the value before it. Example: (as-> 1 x (+ x 1) (* x 10)) => 20"
  [start name & forms]
  (if-let [step (first forms)]
    `(let [~name ~start] (as-> ~step ~name ~@(rest forms)))
    start))

(defmacro cond->
  "The value, threaded first through each form whose test holds. Example: (cond-> 1 true (+ 10) false (* 9)) => 11"
  [start & clauses]
  (match clauses
    ([test step & more] `(let [value ~start] (cond-> (if ~test (-> value ~step) value) ~@more)))
    (_ start)))

(defmacro cond->>
  "The value, threaded last through each form whose test holds. Example: (cond->> [1 2] true (map inc)) => [2 3]"
  [start & clauses]
  (match clauses
    ([test step & more] `(let [value ~start] (cond->> (if ~test (->> value ~step) value) ~@more)))
    (_ start)))

(defmacro some-> "An Option, threaded first through forms that give Options, as far as there are values.
  Example: (some-> (get {:a [7 8]} :a) (get 1)) => 8"
  [start & steps]
  (if-let [step (first steps)]
    `(match ~start
       ((Some value) (some-> (-> value ~step) ~@(rest steps)))
       (None None))
    start))

(defmacro some->> "An Option, threaded last through forms that give Options, as far as there are values.
  Example: (some->> (get {:a [7 8]} :a) (find even?)) => 8"
  [start & steps]
  (if-let [step (first steps)]
    `(match ~start
       ((Some value) (some->> (->> value ~step) ~@(rest steps)))
       (None None))
    start))

(defmacro doto "Each form with the value as its first argument, then the value. Example: (doto 1 (ignore)) => 1"
  [start & forms]
  `(let [value ~start]
     ~@(map (fn [form] `(-> value ~form)) forms)
     value))

(defmacro condp "The result beside the first test for which (pred test value) holds, else the last form.
  Example: (condp > 5 3 :below-three 9 :below-nine :more) => :below-nine"
  [pred subject & clauses]
  (match clauses
    ([test result & more]
     `(let [value ~subject]
        (if (~pred ~test value) ~result (condp ~pred value ~@more))))
    ([default] default)
    (_ (panic! "`condp` needs a last form for when no test holds"))))

(defmacro comment "Nothing: the forms are read and dropped. Example: (comment (this is not checked)) => nil"
  [& forms]
  `(do nil))
