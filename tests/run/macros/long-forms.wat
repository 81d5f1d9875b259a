;; The long spelling of templates and of quoted code is the same code.
(defmacro twice [x]
  (quasiquote (+ (unquote x) (unquote x))))

(defmacro all [& xs]
  (quasiquote (vec [(unquote-splicing xs)])))

(defn main [] -> nil
  (println (twice 21))
  (println (all 1 2 3))
  (println (= 'a (quote a))))
