(defn f [m <- (Map keyword i64)] -> i64
  (match m
    ;; error[bad-pattern]
    ({:a a} a)
    (_ 0)))
(defn main [] -> nil (println (f {:a 1})))
