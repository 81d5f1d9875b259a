(defn sign [n <- i64] -> String
  (when (< n 0) "negative"))

(println (sign 4))
