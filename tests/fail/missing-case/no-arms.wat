(defn main [] -> nil
  ;; error[missing-case]
  (match (Some 1)))
