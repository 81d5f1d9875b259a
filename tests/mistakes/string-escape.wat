(defn main [] -> nil
  (println "C:\windows"))
