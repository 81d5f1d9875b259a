(defn name-of [n <- i64] -> String
  (case n
    1 "one"
    :else "many"))

(println (name-of 3))
