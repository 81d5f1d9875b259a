(defn main [] -> nil
  ;; error[bad-literal]
  (println 1/2))
