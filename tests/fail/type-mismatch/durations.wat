(defn main [] -> nil
  ;; error[type-mismatch]
  (println (* (seconds 1) (seconds 1))))
