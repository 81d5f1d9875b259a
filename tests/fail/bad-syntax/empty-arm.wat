(defn main [] -> nil
  (match 1
    ;; error[bad-syntax]
    ()
    (_ nil)))
