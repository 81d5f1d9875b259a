(defn main [] -> nil
  ;; error[bad-syntax]
  (println (if true 1 2 3)))
