(defstruct Size [w <- i64  h <- i64  d <- i64])
(defn main [] -> nil
  ;; error[wrong-arity]
  (println (Size 1 2)))
