(defn main [] -> nil
  (println (.toUpperCase "abc")))
