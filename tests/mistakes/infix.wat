(defn main [] -> nil
  (println (1 + 2)))
