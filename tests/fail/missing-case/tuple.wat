(defn f [a <- bool b <- bool] -> i64
  ;; error[missing-case]
  (match (tuple a b) ((tuple true _) 1) ((tuple _ true) 2)))
(defn main [] -> nil (println (f true true)))
