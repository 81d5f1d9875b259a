(defn main [] -> nil
  (try
    (println (/ 1 0))
    (catch Exception e (println "oops"))))
