(defn main [] -> nil
  (for [i (range 3)] (println i)))
