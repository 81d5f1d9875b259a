(defn main [] -> nil
  ;; error[bad-literal]
  (println -9223372036854775809))
