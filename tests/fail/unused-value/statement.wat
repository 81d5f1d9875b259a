(defn main [] -> nil
  ;; warning[unused-value]
  (+ 1 2)
  (println 1))
