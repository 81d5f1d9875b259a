;; error[unbound-type]
(defn f [x <- (vector i64)] -> i64 1)
(defn main [] -> nil (println (f [1])))
