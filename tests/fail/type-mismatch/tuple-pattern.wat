(defn f [n <- (Tuple i64 i64)] -> i64
  (match n
    ;; error[type-mismatch]
    ((tuple a b c) a)))
(defn main [] -> nil (println (f (tuple 1 2))))
