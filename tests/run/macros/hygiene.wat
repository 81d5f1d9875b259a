;; Names of a template and names of its caller never meet, in either direction.
(def log ["kept"])
(defn twice [n <- i64] -> i64 (* 2 n))

;; A binder of the template does not capture the caller's name.
(defmacro my-or [a b] `(let [t ~a] (if t t ~b)))
;; A binder of the caller does not capture the template's free names.
(defmacro doubled [x] `(twice (+ ~x 0)))
;; A binder given by the caller binds in what the caller gives.
(defmacro with-it [name value & body] `(let [~name ~value other 1] ~@body))
;; The template's special forms mean what they mean, whatever the caller calls its locals.
(defmacro choose [test a b] `(if ~test ~a ~b))
;; Each call has names of its own.
(defmacro add-up [a b] `(let [x ~a] (+ x ~b)))
;; `~'x` is the caller's x, on purpose.
(defmacro with-x [value body] `(let [~'x ~value] ~body))

(defn main [] -> nil
  (let [t true]
    (println (my-or false t)))
  (let [twice 5]
    (println (doubled twice)))
  (let [other 10]
    (println (with-it mine 2 (+ mine other))))
  (let [if false]
    (println (choose if "yes" "no")))
  (let [x 1]
    (println (add-up x (add-up x x))))
  (println (with-x 3 (+ x x)))
  (let [my-or (fn [a b] (and a b))]
    (println (my-or true false)))
  (println (match 4 (twice (+ twice 1)))))
