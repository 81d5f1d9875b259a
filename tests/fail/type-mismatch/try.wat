(defn f [x <- i64] -> (Option i64)
  ;; error[type-mismatch]
  (Some (try x)))
(defn main [] -> nil (println (f 1)))
