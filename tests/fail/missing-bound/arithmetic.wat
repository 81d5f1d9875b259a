(defn f [x <- T] -> T
  ;; error[missing-bound]
  (+ x x))
(defn main [] -> nil (println (f 1)))
