(defn f [p <- (Vector i64)] -> i64
  (match p
    ;; error[bad-pattern]
    ([a & b c] 1)
    (_ 2)))
(defn main [] -> nil (println (f [1])))
