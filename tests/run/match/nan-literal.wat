;; NaN as a pattern matches nothing, itself included: matching is `=`.
(defn name-of [x <- f64] -> String
  (match x
    (0.0 "zero")
    (1.5 "one and a half")
    (##Inf "infinite")
    (##NaN "not a number")
    (_ "other")))

(defn main [] -> nil
  (println (map name-of [0.0 -0.0 1.5 ##Inf ##NaN 2.0])))
