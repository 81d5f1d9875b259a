(defn add [a <- i64  b <- i64] -> i64 (+ a b))
(defn main [] -> nil
  ;; error[wrong-arity]
  (println (add 1)))
