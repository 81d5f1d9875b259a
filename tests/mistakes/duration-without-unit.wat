(defn main [] -> nil
  (sleep 5)
  (println "awake"))
