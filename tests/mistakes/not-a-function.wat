(defn main [] -> nil
  (let [n 3]
    (println (n 1))))
