(defn f [x <- i64?] -> i64 1)
(println 1)
