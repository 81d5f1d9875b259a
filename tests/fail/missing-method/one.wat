(defprotocol Shape
  (area [self <- Self] -> f64)
  (sides [self <- Self] -> i64)
  (title [self <- Self] -> String "shape"))
(defstruct Square [a <- f64])
;; error[missing-method]
(extend Square Shape (area [s] (* (:a s) (:a s))))
;; error[missing-method]
(extend i64 Shape)
(defn main [] -> nil (println (tuple (area (Square 2.0)) (sides 4))))
