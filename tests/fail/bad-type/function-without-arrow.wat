;; error[bad-type]
(defn f [g <- (Fn [i64] i64)] -> i64 1)
(defn main [] -> nil (println 1))
