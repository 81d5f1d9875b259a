(defn first-of [xs <- Vec<i64>] -> Option<i64>
  (first xs))

(println (first-of [1 2]))
