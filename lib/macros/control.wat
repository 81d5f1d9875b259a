;; Control forms written as macros over the forms of the language. Every program sees them as it sees the prelude; a
;; definition or a `:use` of the same name goes first. They travel as text, because a macro is compiled where it is
;; called; a program that calls none pays nothing.
(ns wat.control (:use [wat.form :as form] [wat.log]))

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

(defmacro with-deadline
  "The body; requests made in it have at most so long from now, and those they lead to no longer.
  Example: (with-deadline (seconds 5) (some? (deadline))) => true"
  [duration & body]
  `(wat.kernel/within-deadline ~duration (fn [] ~@body)))

(defmacro with-log
  "The body; events written in it have these fields besides their own. Example: (with-log {:order 7} (+ 1 2)) => 3"
  [fields & body]
  `(wat.log/within ~fields (fn [] ~@body)))

(defmacro log-debug
  "An event of a namespace for whoever looks for a fault; its fields are computed only where it is written, and may be of
  several types. Example: (log-debug \"shop\" \"a cart\" {:items 3 :of \"tea\"}) => nil"
  [namespace message fields]
  (log-form :debug namespace message fields))

(defmacro log-info "The same for an event worth knowing. Example: (log-info \"shop\" \"opened\" {:port 80}) => nil"
  [namespace message fields]
  (log-form :info namespace message fields))

(defmacro log-warn
  "The same for an event that somebody should look at. Example: (log-warn \"shop\" \"slow\" {:took (seconds 2)}) => nil"
  [namespace message fields]
  (log-form :warn namespace message fields))

(defmacro log-error
  "The same for an event that should not have been. Example: (log-error \"shop\" \"no stock\" {}) => nil"
  [namespace message fields]
  (log-form :error namespace message fields))

(defn log-form
  "The level is asked first. A map literal stands where an Edn is expected, so that its values may differ in type."
  {:private true}
  [level <- keyword  namespace <- Form  message <- Form  fields <- Form] -> Form
  (let [given (match fields
                ((Form/Map _ _) fields)
                (_ `(edn ~fields)))]
    `(let [namespace ~namespace]
       (when (wat.log/enabled? ~level namespace)
         (wat.log/event ~level namespace ~message ~given)))))
