;; error[bad-syntax]
(defn f [& xs <- i64 a <- i64] -> i64 a)
(defn main [] -> nil
  (println 1))
