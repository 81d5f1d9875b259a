(defn main [] -> nil
  ;; error[bad-literal]
  (println 017))
