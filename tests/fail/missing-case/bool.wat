(defn f [b <- bool] -> i64
  ;; error[missing-case]
  (match b (true 1)))
(defn main [] -> nil (println (f true)))
