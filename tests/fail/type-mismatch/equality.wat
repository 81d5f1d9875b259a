(defn main [] -> nil
  ;; error[type-mismatch]
  (println (= 1 "1")))
