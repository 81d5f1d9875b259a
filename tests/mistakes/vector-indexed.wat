(defn main [] -> nil
  (let [xs [1 2 3]]
    (println (xs 0))))
