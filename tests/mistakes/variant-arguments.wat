(defenum Shape
  (Rect [width <- f64  height <- f64])
  Dot)

(defn area [s <- Shape] -> f64
  (match s
    ((Shape/Rect w) w)
    (Shape/Dot 0.0)))

(println (area Shape/Dot))
