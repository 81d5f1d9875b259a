(defn Twice [n <- i64] -> i64 (* n 2))
(defn main [] -> nil (println (Twice 2)))
