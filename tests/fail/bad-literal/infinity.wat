(defn main [] -> nil
  ;; error[bad-literal]
  (println ##inf))
