(defn main [] -> nil
  ;; error[bad-syntax]
  (let ((x 1)) (println x)))
