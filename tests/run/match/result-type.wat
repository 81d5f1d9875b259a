;; `if` and `match` accept a result type; the constructor may be a value; variants come through a field.
(defenum Op (Add [n <- i64]) (Mul [n <- i64]) Reset)
(defn run [state <- i64  op <- Op] -> i64
  (match op -> i64
    ((Op/Add n) (+ state n))
    ((Op/Mul n) (* state n))
    (Op/Reset 0)))
(defn main [] -> nil
  (println (if (= 1 1) -> i64 1 2))
  (println (reduce run 1 (concat (map Op/Add [1 2]) [(Op/Mul 10)])))
  (println (reduce run 1 [(Op/Add 5) Op/Reset (Op/Add 2)]))
  (println (map Op/Mul [3])))
