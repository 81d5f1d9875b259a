(defn main [] -> nil
  ;; error[duplicate-key]
  (println #{1 1}))
