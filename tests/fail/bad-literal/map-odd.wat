(defn main [] -> nil
  ;; error[bad-literal]
  (println {:a 1 :b}))
