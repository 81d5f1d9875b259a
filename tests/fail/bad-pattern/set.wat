(defn f [p <- (Set i64)] -> i64
  (match p
    ;; error[bad-pattern]
    (#{1} 1)
    (_ 2)))
(defn main [] -> nil (println (f #{1})))
