(defn main [] -> nil
  (let [ages {"ann" 40}]
    (println (ages "ann"))))
