(defn area [w <- i64  h <- i64] -> i64
  (* w h))

(println (area :w 2 :h 3))
