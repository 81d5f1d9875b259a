(defn main [] -> nil
  (println
    (match (Some 1)
      ;; error[bad-pattern]
      (Some n n)
      (None 0))))
