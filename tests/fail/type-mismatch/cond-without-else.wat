(defn main [] -> nil
  ;; error[type-mismatch]
  (println (cond (= 1 1) 1)))
