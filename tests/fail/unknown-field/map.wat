(defn main [] -> nil
  ;; error[unknown-field]
  (println (:x {:x 1})))
