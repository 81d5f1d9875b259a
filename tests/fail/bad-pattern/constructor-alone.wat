(defn f [p <- (Option i64)] -> i64
  (match p
    ;; error[bad-pattern]
    (Some 2)
    (None 1)))
(defn main [] -> nil (println (f None)))
