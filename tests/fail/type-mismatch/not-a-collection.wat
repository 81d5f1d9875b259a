(defn main [] -> nil
  ;; error[type-mismatch]
  (println (count 5)))
