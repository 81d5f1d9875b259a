(defn main [] -> nil
  ;; error[unbalanced-bracket]
  (println [1 2)))
(defn f [] -> i64 1)
