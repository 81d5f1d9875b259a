(defn f [p <- i64] -> i64
  (match p
    ;; error[type-mismatch]
    (n :when n 1)
    (_ 2)))
(defn main [] -> nil (println (f 1)))
