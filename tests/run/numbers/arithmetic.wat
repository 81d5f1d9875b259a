;; One, two and more arguments; quotients truncate, mod floors, rem follows the dividend.
(println [(+ 1 2) (+ 1 2 3 4) (- 10 1 2) (* 2 3 7) (- 5)])
(println [(/ 7 2) (/ -7 2) (/ 7 -2) (quot -7 2)])
(println [(rem 7 2) (rem -7 2) (rem 7 -2)])
(println [(mod 7 2) (mod -7 2) (mod 7 -2)])
(println [(inc 1) (dec 1) (abs -3) (min 3 1 2) (max 3 1 2)])
(println [(zero? 0) (pos? 1) (neg? 1) (even? -2) (odd? -3)])
(println [(+ 1.5 2.25) (- 1.0 0.25) (* 2.0 0.5) (/ 1.0 8.0) (- 1.5)])
(println [(< 1 2 3) (< 1 3 2) (<= 1 1 2) (> 3 2 1) (>= 1 1 2) (= 1 1 1) (not= 1 2)])
