(defn main [] -> nil
  ;; error[type-mismatch]
  (println (attempt (+ 1 2))))
