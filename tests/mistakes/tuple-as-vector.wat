(defn pair [n <- i64] -> (Tuple i64 String)
  [n "many"])

(println (pair 1))
