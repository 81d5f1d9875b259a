(defn main [] -> nil
  ;; error[unsupported-form]
  (println '(1 2)))
