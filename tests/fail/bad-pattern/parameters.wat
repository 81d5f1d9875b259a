;; error[bad-pattern]
(defn f [x <- i64  x <- i64] -> i64 x)
(defn main [] -> nil
  (println (f 1 2))
  ;; error[bad-pattern]
  (println ((fn [y y] (+ 1 y)) 1 2)))
