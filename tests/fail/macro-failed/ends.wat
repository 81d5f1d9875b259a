;; What can go wrong in a macro is a mistake at its call.
(defmacro loops [x] (loop [n 0] (recur (+ 1 (rem n 7)))))
(defmacro eats [x] (loop [v [x]] (recur (into v v))))
(defmacro deep [x] (Form/Int (count-down 1) 0))
(defn count-down [n <- i64] -> i64 (+ 1 (count-down (+ n 1))))
(defmacro deeper [x] (wat.form/of (count-down 1)))
(defmacro crashes [x] (panic! "no such luck" 7))
(defmacro divides [x] (wat.form/of (/ 1 0)))
(defmacro bad-name [] (Form/Symbol "a b" 0))
(defmacro two-keys [] `{:a 1 ~(Form/Keyword :a 0) 2})
(defmacro again [x] `(again ~x))
(defmacro wants-pair [[a b]] `(+ ~a ~b))
(defmacro spliced [x] `(+ ~@x))
(defn main [] -> nil
  ;; error[macro-failed]
  (println (loops 1))
  ;; error[macro-failed]
  (println (eats 1))
  ;; error[macro-failed]
  (println (deeper 1))
  ;; error[macro-failed]
  (println (crashes 1))
  ;; error[macro-failed]
  (println (divides 1))
  ;; error[macro-failed]
  (println (bad-name))
  ;; error[macro-failed]
  (println (two-keys))
  ;; error[macro-failed]
  (println (again 1))
  ;; error[macro-failed]
  (println (wants-pair 3))
  ;; error[macro-failed]
  (println (spliced 3))
  ;; error[wrong-arity]
  (println (crashes))
  ;; error[unbound-name]
  (println (no-such-macro 1)))
