;; NaN is unequal and unordered to everything; division by zero is infinite.
(println [(= ##NaN ##NaN) (< ##NaN 1.0) (> ##NaN 1.0) (not= ##NaN ##NaN)])
(println [(= [##NaN] [##NaN]) (= 0.0 -0.0)])
(println [(/ 1.0 0.0) (/ -1.0 0.0)])
(println (/ 0.0 0.0))
(println (count (set [##NaN ##NaN 0.0 -0.0])))
(println (contains? #{0.0} -0.0))
(println (sort [2.0 ##NaN ##-Inf 1.0]))
