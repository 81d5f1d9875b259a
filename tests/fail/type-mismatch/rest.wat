(defn f [a <- i64 & xs <- i64] -> i64 a)
(defn main [] -> nil
  ;; error[type-mismatch]
  (println (f 1 2 "3")))
