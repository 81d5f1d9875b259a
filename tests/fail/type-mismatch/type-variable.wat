(defn f [x <- T] -> T
  ;; error[type-mismatch]
  1)
(defn main [] -> nil (println (f 1)))
