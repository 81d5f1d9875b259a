(defn area
  ([r <- f64] -> f64 (* 3.14 r r))
  ([w <- f64  h <- f64] -> f64 (* w h)))

(println (area 2.0))
