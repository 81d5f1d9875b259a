(defn name-of [n <- i64] -> String
  (case n
    1 "one"
    2 "two"))

(println (name-of 3))
