;; Arithmetic without bounds: BigInt and Decimal.
(defn main [] -> nil
  (println (* 99999999999999999999N 99999999999999999999N))
  (println (tuple (+ 1N 2) (- 5N) (- 1N 2N) (abs -7N) (/ -7N 2N) (rem -7N 2N) (mod -7N 2N)))
  (println (tuple (+ 0.10M 0.2M) (* 1.5M 2M) (- 1M 0.25M) (/ 1M 3M) (/ 1.50M 2M) (/ 1000M 2M) (mod -7.5M 2M)))
  (println (tuple (bigint 3) (decimal 3) (f64 1.25M) (f64 10N) (i64 -1.5M) (i64 42N)))
  (println (map-err :kind (attempt (fn [] (/ 1N 0N)))))
  (println (map-err :kind (attempt (fn [] (i64 99999999999999999999N)))))
  (println (tuple (< 1N 2N) (= 1.0M 1.00M) (max 1N 5N 3N) (reduce + 0N [1N 2N 3N])))
  (println (tuple (mod 1e17 7.0) (mod -1e17 7.0) (mod 5.5 0.5) (mod 1.0 ##Inf) (mod -1.0 3.0))))
