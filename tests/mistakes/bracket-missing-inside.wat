(defn main [] -> nil
  (println "a")
  (println "b"
  (println "c"))
