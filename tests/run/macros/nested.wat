;; Templates in templates: macros that define macros, quotes, and marks through several layers.
(defmacro make-adder [name n]
  `(defmacro ~name [x] `(let [y ~x] (+ y ~~n))))
(make-adder plus-five 5)

(defmacro make-pair [first-name second-name]
  `(do (defmacro ~first-name [x] `(let [v ~x] [v v]))
       (defmacro ~second-name [x] `(~'~first-name (let [v ~x] (+ v 1))))))
(make-pair dup dup-inc)

(defmacro let-twice [name value body]
  `(let [~name ~value tmp ~value] (let [~name (+ ~name tmp)] ~body)))
(defmacro outer [a] `(let [tmp ~a] (let-twice inner tmp (+ inner tmp))))

(defmacro for-sum [[name xs] value] `(reduce + 0 (for [~name ~xs] ~value)))
(defmacro when-some [[name value] & body] `(if-let [~name ~value] (do ~@body) nil))
(defmacro repeat-until [test & body]
  `(loop [n 0] (if ~test n (do ~@body (recur (inc n))))))
(defmacro struct-of [p] `(let [{:keys [x y]} ~p] (+ x y)))
(defstruct Pt [x <- i64  y <- i64])

(defn main [] -> nil
  (let [y 10] (println (plus-five y)))
  (println (dup 3))
  (let [v 8] (println (dup-inc v)))
  (println (outer 5))
  (let [x 2] (println (for-sum [i [1 2 3]] (* i x))))
  (when-some [n (parse-i64 "12")] (println n))
  (println (repeat-until true (println "never")))
  (let [x 100] (println (struct-of (Pt 3 (- x 96)))))
  (println (wat.form/text '(a `(b ~c ~@d)))))
