(defn f [g <- (i64 -> i64)] -> i64 (g 1))
(println (f inc))
