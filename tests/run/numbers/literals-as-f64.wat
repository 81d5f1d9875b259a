;; An integer literal takes the numeric type that its place requires.
(defn half [x <- f64] -> f64 (/ x 2))
(defn main [] -> nil
  (println (half 1))
  (println (+ 1 (half 3)))
  (println (let [x 2.0] (* x 3)))
  (println (max 1 2.5))
  (println (f64 (+ 1 2))))
