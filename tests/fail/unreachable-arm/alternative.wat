(defn f [n <- i64] -> i64
  (match n (1 1)
    ;; warning[unreachable-arm]
    ((or 2 1) 2)
    (_ 3)))
(defn main [] -> nil (println (f 1)))
