(defn twice [n <- i64] (* n 2))
(defn main [] -> nil (println (twice 2)))
