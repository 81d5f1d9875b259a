(defn f [p <- i64] -> i64
  (match p
    ;; error[bad-syntax]
    [1 2]
    (_ 2)))
(defn main [] -> nil (println (f 1)))
