(defn main [] -> nil
  ;; error[wrong-arity]
  (println "a" "b"))
