(defn main [] -> nil
  ;; error[refutable-pattern]
  (println (map (fn [(Some x)] x) [(Some 1)])))
