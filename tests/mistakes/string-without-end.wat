(defn main [] -> nil
  (println "hello)
  (println "there"))
