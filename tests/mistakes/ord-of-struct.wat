(defstruct Point [x <- f64])
(defn main [] -> nil
  (println (sort [(Point 1.0) (Point 0.5)])))
