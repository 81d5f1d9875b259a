(defn name-of [n <- i64] -> String
  ;; error[type-mismatch]
  (+ n 1))
(defn main [] -> nil (println (name-of 1)))
