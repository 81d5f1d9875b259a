(defn area [side <- i64] -> f64
  (* side 1.5))

(println (area 4))
