(defn sum [xs <- Vector] -> i64
  (reduce + 0 xs))

(println (sum [1 2 3]))
