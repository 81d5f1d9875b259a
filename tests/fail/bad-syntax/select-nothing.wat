(defn main [] -> nil
  ;; error[bad-syntax]
  (select))
