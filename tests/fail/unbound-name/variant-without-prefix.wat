(defenum Shape (Circle [r <- i64]) Dot)
(defn main [] -> nil
    ;; error[unbound-name]
    (println (Circle 1)))
