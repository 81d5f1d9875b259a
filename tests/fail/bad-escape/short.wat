(defn main [] -> nil
  ;; error[bad-escape]
  (println "\u12"))
