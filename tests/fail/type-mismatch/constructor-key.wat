(defstruct Point [x <- i64 y <- i64])
(defn main [] -> nil
    ;; error[type-mismatch]
    (println (Point :x 1 :y "2")))
