(defstruct Point [x <- i64])
(defn main [] -> nil
  ;; error[missing-bound]
  (println (sort [(Point 1) (Point 2)])))
