(defn half [x <- f64] -> f64 (/ x 2.0))
(defn main [] -> nil
  (let [n (count [1 2 3])]
    ;; error[type-mismatch]
    (println (half n))))
