(defn f [] -> i64 1)
(defn f [] -> i64 2)
(defn main [] -> nil (println (f)))
