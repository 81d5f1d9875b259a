(defn half [n <- i64] -> f64
  (* n 0.5))
(defn main [] -> nil (println (half 3)))
