(defn main [] -> nil
  ;; error[bad-escape]
  (println "a\qb"))
