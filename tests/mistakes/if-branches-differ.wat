(defn main [] -> nil
  (println (if (= 1 1) "yes" 0)))
