(defn main [] -> nil
  ;; error[type-mismatch]
  (if 1 (println "no truthiness")))
