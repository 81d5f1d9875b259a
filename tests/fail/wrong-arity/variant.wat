(defenum Shape (Circle [r <- i64 c <- i64 d <- i64]) Dot)
(defn main [] -> nil
    ;; error[wrong-arity]
    (println (Shape/Circle 1)))
