(defn f [x <- i64] -> (Option i64)
  ;; error[type-mismatch]
  nil)
(defn main [] -> nil (println (f 1)))
