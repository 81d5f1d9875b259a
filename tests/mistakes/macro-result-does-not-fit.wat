(defmacro twice [x] `(+ ~x ~x))
(defn main [] -> nil
  (println (twice "a")))
