(defstruct Point [x <- i64 y <- i64])
(defn main [] -> nil
    ;; error[duplicate-field]
    (println (Point :x 1 :x 2)))
