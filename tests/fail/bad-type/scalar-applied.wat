;; error[bad-type]
(defn f [x <- (i64 i64)] -> i64 1)
(defn main [] -> nil (println (f 1)))
