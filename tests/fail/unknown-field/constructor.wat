(defstruct Point [x <- i64 y <- i64])
(defn main [] -> nil
    ;; error[unknown-field]
    (println (Point :x 1 :z 2)))
