(defn main [] -> nil
  (def x 1)
  (println x))
