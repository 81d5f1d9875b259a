;; error[bad-syntax]
(defn [x <- i64] -> i64 x)
(defn main [] -> nil (println 1))
