(defn area [width <- f64  height <- f64] -> f64
  (* width height))

(println (area 2.0))
