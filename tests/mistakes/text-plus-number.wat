(defn label [n <- i64] -> String
  (+ "item " n))

(println (label 4))
