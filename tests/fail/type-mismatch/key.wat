(defn main [] -> nil
  ;; error[type-mismatch]
  (println (get {:a 1} "a")))
