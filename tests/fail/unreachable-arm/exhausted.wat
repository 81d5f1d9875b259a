(defn f [b <- bool] -> i64
  (match b (true 1) (false 2)
    ;; warning[unreachable-arm]
    (_ 3)))
(defn main [] -> nil (println (f true)))
