;; error[unbound-type]
(defn f [x <- (Vectr i64)] -> i64 1)
(defn main [] -> nil (println (f [1])))
