(defn main [] -> nil
  (let [x 1 y]
    (println x)))
