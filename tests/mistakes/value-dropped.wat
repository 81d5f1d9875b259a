(defn main [] -> nil
  (map inc [1 2 3])
  (println "done"))
