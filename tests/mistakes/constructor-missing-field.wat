(defstruct Point [x <- f64  y <- f64])
(defn main [] -> nil
  (println (Point :x 1.0)))
