(defn twice [n <- i46] -> i64 (* n 2))
(defn main [] -> nil (println (twice 2)))
