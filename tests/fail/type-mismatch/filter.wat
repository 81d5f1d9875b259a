(defn main [] -> nil
  ;; error[type-mismatch]
  (println (filter (fn [x] (+ x 1)) [1 2])))
