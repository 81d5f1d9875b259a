;; error[bad-type]
(defn f [x <- Vector] -> i64 1)
(defn main [] -> nil (println (f [1])))
