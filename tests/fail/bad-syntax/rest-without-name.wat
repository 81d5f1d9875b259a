;; error[bad-syntax]
(defn f [a <- i64 &] -> i64 a)
(defn main [] -> nil
  (println (f 1)))
