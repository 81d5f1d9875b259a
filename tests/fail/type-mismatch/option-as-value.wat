(defn main [] -> nil
  ;; error[type-mismatch]
  (println (+ 1 (get {:a 1} :a))))
