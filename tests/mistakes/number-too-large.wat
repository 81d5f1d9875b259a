(defn main [] -> nil
  (println 99999999999999999999))
