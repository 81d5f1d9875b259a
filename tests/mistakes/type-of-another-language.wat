(defn double [x <- int] -> int
  (* 2 x))

(println (double 4))
