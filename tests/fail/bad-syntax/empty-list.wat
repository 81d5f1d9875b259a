(defn main [] -> nil
  ;; error[bad-syntax]
  (println ()))
