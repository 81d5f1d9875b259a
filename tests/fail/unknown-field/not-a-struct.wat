(defn main [] -> nil
  ;; error[unknown-field]
  (println (:x 1)))
