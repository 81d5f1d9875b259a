(defmacro twice [x]
  `(+ x x))

(println (twice 4))
