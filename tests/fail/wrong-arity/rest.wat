(defn f [a <- i64 & xs <- i64] -> i64 a)
(defn main [] -> nil
  ;; error[wrong-arity]
  (println (f)))
