(defn main [] -> nil
  ;; error[unexpected-token]
  (println “hello there”)
  ;; error[unexpected-token]
  (println ”))
