(defn depth [x <- T n <- i64] -> i64
  ;; error[polymorphic-recursion]
  (if (= n 0) 0 (depth (tuple x x) (- n 1))))
(defn main [] -> nil (println (depth 1 3)))
