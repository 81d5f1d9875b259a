;; warning[shadowed-prelude]
(defn count [x <- i64] -> i64 x)
(defn main [] -> nil (println (count 1)))
