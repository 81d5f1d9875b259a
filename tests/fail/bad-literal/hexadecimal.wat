(defn main [] -> nil
  ;; error[bad-literal]
  (println 0xZZ))
