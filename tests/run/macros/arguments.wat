;; Rest arguments, vectors taken apart, conditions on the shape of code, templates of every collection.
(defmacro unless "Unlike when." [test & body] `(if ~test nil (do ~@body)))
(defmacro count-forms [& forms] (wat.form/of (count forms)))
(defmacro bind [[name value] & body] `(let [~name ~value] ~@body))
(defmacro swapped [[[a b] c] & [d e]] `[~e ~d ~c ~b ~a])
(defmacro quoted-text [form] (Form/Str (wat.form/text form) 0))
(defmacro kind [form]
  (match form
    ((Form/Int _ _) `"int")
    ((Form/Str _ _) `"text")
    ((Form/List items _) :when (empty? items) `"nothing")
    ((Form/List [(Form/Symbol "+" _) & _] _) `"sum")
    ((Form/Symbol name _) (Form/Str (str "name " name) 0))
    (_ `"else")))
(defmacro collections [x]
  `(tuple [~x 2 ~@[x x]] {:a ~x :b ~x} #{~x 7} nil true 1.5 2N "s" \c :k))
(defmacro sum [& numbers]
  (if (empty? numbers) `0 `(+ ~(nth numbers 0) (sum ~@(rest numbers)))))
(defmacro my-cond [& clauses]
  (match clauses
    ([test value & others] `(if ~test ~value (my-cond ~@others)))
    (_ `(panic! "nothing held"))))

(defn main [] -> nil
  (unless false (println "one") (println "two"))
  (println (count-forms a (b c) [d]))
  (println (count-forms))
  (println (bind [x 4] (println "in") (+ x 1)))
  (println (swapped [[1 2] 3] 4 5))
  (println (quoted-text (f [1 {:a "b"}] #{x} 1.5 -2 nil true \space 3N 0.50M)))
  (println [(kind 1) (kind "a") (kind ()) (kind (+ 1 2)) (kind foo) (kind [1])])
  (println (collections 3))
  (println (sum 1 2 3 4))
  (println (-> 1 (sum 2 3)))
  (println (my-cond false 1 (= 1 1) 2)))
