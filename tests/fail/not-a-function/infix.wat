(defn main [] -> nil
  ;; error[not-a-function]
  (println (1 + 2)))
