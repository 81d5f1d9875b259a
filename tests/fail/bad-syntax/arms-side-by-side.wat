(defn main [] -> nil
  ;; error[bad-syntax]
  (match 1 0 (println "zero") _ (println "other")))
