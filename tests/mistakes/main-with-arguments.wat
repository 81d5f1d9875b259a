(defn main [args <- (Vector String)] -> nil
  (println args))
