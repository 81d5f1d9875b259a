;; Macros call functions of their file and of the library, and each other; values, recursion and types included.
(def words ["one" "two" "three"])
(defstruct Field [name <- String  value <- i64])
(defn fact [n <- i64] -> i64 (if (< n 2) 1 (* n (fact (dec n)))))
(defn parts [form <- Form] -> (Vector Form)
  (match form ((Form/Vector items _) items) (_ (panic! "a vector was expected" (wat.form/text form)))))
(defn setter [form <- Form] -> Form
  (match form
    ((Form/Symbol name _) `(println (str ~(str name " = ") ~form)))
    (_ (panic! "a name was expected"))))

(defmacro fact-now [n] (match n ((Form/Int v _) (wat.form/of (fact v))) (_ (panic! "a number was expected"))))
(defmacro word [n] (match n ((Form/Int v _) (wat.form/of (nth words v))) (_ (panic! "a number"))))
(defmacro each [xs f] `(do ~@(map (fn [x] `(~f ~x)) (parts xs))))
(defmacro fields [xs]
  (let [all (map-indexed (fn [i x] (Field (wat.form/text x) i)) (parts xs))
        pairs (map (fn [f] `[~(:name f) ~(str (:value f))]) all)]
    `[~@pairs]))
(defmacro reversed [& forms] (wat.form/list (reverse forms)))
(defmacro show-var [x] (setter x))
(defmacro unless [test body] `(if ~test nil ~body))
(defn unless-form [test <- Form  body <- Form] -> Form `(unless ~test ~body))
(defmacro guarded [test body]
  (let [plain (unless-form test body)] `(do ~plain)))
(defn after-use [] -> i64 7)

(defn main [] -> nil
  (println (fact-now 10))
  (println (word 2))
  (each [1 :b] println)
  (println (fields [a bb (c d)]))
  (println (reversed 1 2 -))
  (guarded false (println "guarded"))
  (let [apples 3] (show-var apples))
  (println (after-use)))
