(defn main [] -> nil
  (println "hello))
