(defn f [p <- (Result i64 String)] -> i64
  (match p
    ;; error[type-mismatch]
    ((or (Ok a) (Err a)) 1)))
(defn main [] -> nil (println (f (Ok 1))))
