(defn f [x <- T y <- U] -> T
  ;; error[type-mismatch]
  y)
(defn main [] -> nil (println (f 1 2)))
