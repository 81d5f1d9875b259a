(defn main [] -> nil
  ;; error[unsupported-form]
  (println ~x))
