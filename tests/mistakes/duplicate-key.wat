(defn main [] -> nil
  (println {:a 1 :a 2}))
