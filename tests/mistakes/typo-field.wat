(defstruct Point [x <- f64  y <- f64])
(defn main [] -> nil
  (println (:z (Point 1.0 2.0))))
