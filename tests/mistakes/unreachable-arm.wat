(defn main [] -> nil
  (match (first [1])
    (x (println x))
    (None (println "none"))))
