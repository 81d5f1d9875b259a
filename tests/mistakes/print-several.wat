(defn main [] -> nil
  (println "the answer is" 42))
