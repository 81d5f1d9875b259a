(defn main [] -> nil
  (println (+ 1 (first [1 2]))))
