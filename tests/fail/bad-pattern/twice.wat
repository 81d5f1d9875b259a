(defn f [p <- (Tuple i64 i64)] -> i64
  (match p
    ;; error[bad-pattern]
    ((tuple a a) a)))
(defn main [] -> nil (println (f (tuple 1 1))))
