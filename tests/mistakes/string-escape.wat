(defn main [] -> nil
  (println "C:\windows\system\drivers"))
