(defn main [] -> nil
  ;; error[bad-escape]
  (println "\ud800"))
