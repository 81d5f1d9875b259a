(defstruct Point [x <- i64  y <- i64])
(defn main [] -> nil
  ;; error[unknown-field]
  (println (with (Point 1 2) :z 3)))
