(defn main [] -> nil
  ;; error[bad-syntax]
  (loop (println 1)))
