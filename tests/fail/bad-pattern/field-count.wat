(defstruct Point [x <- i64  y <- i64])
(defn main [] -> nil
  (match (Point 1 2)
    ;; error[bad-pattern]
    ((Point x) (println x))
    (_ nil)))
