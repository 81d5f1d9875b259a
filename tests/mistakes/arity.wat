(defn add [a <- i64  b <- i64] -> i64 (+ a b))
(defn main [] -> nil
  (println (add 1)))
