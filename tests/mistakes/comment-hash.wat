# Doubles a number.
(defn double [x <- i64] -> i64 (* 2 x))

(println (double 4))
