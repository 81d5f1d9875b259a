(defn double -> i64 [x <- i64]
  (* 2 x))

(println (double 4))
