(defn main [] -> nil
  (if (count [1 2]) (println "some") (println "none")))
