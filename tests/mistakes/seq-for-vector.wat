(defn total [ns <- (Vector i64)] -> i64 (reduce + 0 ns))

(println (total (range 3)))
