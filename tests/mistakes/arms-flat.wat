(defn f [o <- (Option i64)] -> i64
  (match o
    (Some x) x
    None 0))
(println (f None))
