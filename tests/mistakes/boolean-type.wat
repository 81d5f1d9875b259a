(defn is-big [n <- i64] -> boolean
  (> n 100))

(println (is-big 4))
