(defn main [] -> nil
  ;; error[type-mismatch]
  (doseq [x 5] (println x))
  ;; error[type-mismatch]
  (println (for [x true] x)))
