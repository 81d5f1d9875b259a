(defn f [n <- i64] -> f64
  ;; error[type-mismatch]
  (* n 1.5))
(defn main [] -> nil (println (f 1)))
