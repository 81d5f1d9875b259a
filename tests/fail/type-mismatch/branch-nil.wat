(defn main [] -> nil
  ;; error[type-mismatch]
  (println (if true 1 nil)))
