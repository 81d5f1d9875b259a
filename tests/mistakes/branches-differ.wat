(defn describe [n <- i64] -> String
  (if (< n 0) "negative" n))

(println (describe 4))
