(defn main [] -> nil
  ;; error[bad-syntax]
  (println ((fn (+ 1 2)))))
