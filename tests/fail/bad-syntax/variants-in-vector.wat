;; error[bad-syntax]
(defenum Shape [Circle Dot])
(defn main [] -> nil (println 1))
