(defn main [] -> nil
  ;; error[type-mismatch]
  (println (map [1 2] (fn [a] a))))
