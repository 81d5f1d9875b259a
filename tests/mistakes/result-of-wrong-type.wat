(defn area [w <- f64  h <- f64] -> i64
  (* w h))
(defn main [] -> nil (println (area 1.0 2.0)))
