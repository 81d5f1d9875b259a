(defn main [] -> nil
  ;; error[bad-name]
  (println ::a))
