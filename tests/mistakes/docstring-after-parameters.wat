(defn double [x <- i64] "Twice x." -> i64
  (* 2 x))

(println (double 4))
