;; Structs, vectors, tuples, options and floats are keys.
(defstruct Point [x <- i64  y <- i64])
(defn main [] -> nil
  (println (get {(Point 1 2) "p"} (Point 1 2)))
  (println (get {[1 2] "v"} [1 2]))
  (println (get {(tuple 1 "a") "t"} (tuple 1 "a")))
  (println (get {(Some 1) "s" None "n"} None))
  (println (get {##NaN "nan"} ##NaN))
  (println (get {0.0 "zero"} -0.0))
  (println (get {{:a 1} "m"} {:a 1})))
