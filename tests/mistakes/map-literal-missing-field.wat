(defstruct Point [x <- f64  y <- f64])
(defn norm [p <- Point] -> f64 (:x p))
(defn main [] -> nil
  (println (norm {:x 1.0})))
