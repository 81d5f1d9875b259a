(defn sign [n <- i64] -> String
  ;; error[missing-case]
  (match n
    (0 "zero")
    (m :when (> m 0) "plus")
    (m :when (< m 0) "minus")))
(defn main [] -> nil (println (sign 1)))
