(defn main [] -> nil (println 1))
(println 2)
