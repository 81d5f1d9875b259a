(defn main [] -> nil
  ;; error[not-wire]
  (println '(1 2)))
