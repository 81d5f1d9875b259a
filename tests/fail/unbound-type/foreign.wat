;; error[unbound-type]
(defn f [x <- int] -> i64 x)
;; error[bad-type]
(defn g [xs <- [i64]] -> i64 (count xs))
(defn main [] -> nil (println (+ (f 1) (g [1]))))
