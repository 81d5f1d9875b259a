(defn main [] -> nil
  ;; error[duplicate-key]
  (println {:a 1 :a 2}))
