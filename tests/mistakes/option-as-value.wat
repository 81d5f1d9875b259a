(defn main [] -> nil
  (let [ages {"ann" 40}]
    (println (+ 1 (get ages "ann")))))
