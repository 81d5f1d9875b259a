(defprotocol Scale (scale [self <- Self  k <- f64] -> Self))
(extend i64 Scale
  ;; error[type-mismatch]
  (scale [n k] k))
(extend f64 Scale
  ;; error[type-mismatch]
  (scale [x <- i64  k] (* k 2.0)))
(extend bool Scale
  ;; error[type-mismatch]
  (scale [b k] -> String b))
(defn main [] -> nil (println (scale 2 1.5)))
