(defenum Shape (Circle [r <- f64]) (Square [side <- f64]))
(defn area [s <- Shape] -> f64
  (match s
    ((Shape/Circle r) (* 3.14 r r))))
(defn main [] -> nil (println (area (Shape/Square 1.0))))
