(defn main [] -> nil
  (let x 1)
  (println x))
