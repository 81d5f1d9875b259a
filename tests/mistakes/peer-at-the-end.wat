(defn main [] -> nil
  (spawn-process (fn [] (println 1))))
