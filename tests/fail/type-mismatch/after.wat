(defn main [] -> nil
  ;; error[type-mismatch]
  (select (after 5 (println "x"))))
