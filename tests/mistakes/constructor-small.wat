(defn f [o <- (Option i64)] -> i64
  (match o
    ((some x) x)
    (none 0)))
(println (f None))
