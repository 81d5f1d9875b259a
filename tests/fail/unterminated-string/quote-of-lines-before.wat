(defn main [] -> nil
  (println "one)
  (def x 1)
  ;; error[unterminated-string]
  (println "two" x))
