(defn sign [n <- i64] -> i64
  (if (< n 0) -1))

(println (sign 4))
