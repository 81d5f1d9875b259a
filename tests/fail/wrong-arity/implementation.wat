(defprotocol Scale (scale [self <- Self  k <- f64] -> Self) (sum [self <- Self  & more <- Self] -> Self))
(extend i64 Scale
  ;; error[wrong-arity]
  (scale [n] n)
  ;; error[wrong-arity]
  (sum [n more] n))
(defn main [] -> nil
  ;; error[wrong-arity]
  (println (scale 2)))
