(defenum Shape (Circle [r <- i64]) Dot)
(defn f [s <- Shape] -> i64 1)
(defn main [] -> nil
    ;; error[type-mismatch]
    (println (f Shape/Circle)))
