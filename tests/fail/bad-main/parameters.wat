;; error[bad-main]
(defn main [args <- (Vector String)] -> nil
  (println args))
