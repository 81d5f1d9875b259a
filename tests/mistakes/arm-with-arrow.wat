(defn name-of [n <- i64] -> String
  (match n
    (0 => "zero")
    (_ => "many")))

(println (name-of 0))
