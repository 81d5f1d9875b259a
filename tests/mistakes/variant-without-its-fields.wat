(defenum Shape (Circle [r <- f64]) Dot)

(defn area [s <- Shape] -> f64
  (match s
    ((Shape/Circle r) (* 3.14 r r))
    (Shape/Dot 0.0)))

(println (area Shape/Circle))
