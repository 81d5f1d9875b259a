(defn main [] -> nil
  (let [count-of-items 3]
    (println count-of-item)))
