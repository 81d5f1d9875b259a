(defn main [] -> nil
  ;; error[not-a-function]
  (println ({:a 1} :a)))
