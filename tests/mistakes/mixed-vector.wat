(defn main [] -> nil
  (println [1 "two" 3]))
