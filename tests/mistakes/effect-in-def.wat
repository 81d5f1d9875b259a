(def started (now))
(defn main [] -> nil (println started))
