(defn main [] -> nil
  (conj [1 2] 3)
  (println "done"))
