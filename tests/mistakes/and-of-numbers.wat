(defn main [] -> nil
  (println (or nil "default")))
