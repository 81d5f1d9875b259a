(defn add [a <- i64 b <- i64] -> i64
  a + b)
(println (add 1 2))
