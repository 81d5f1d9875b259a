(defn main [] -> nil
  (println {name "ann" town "ulm"}))
