;; Exact lengths, at least so many, literals within, a name for the rest.
(defn shape [xs <- (Vector i64)] -> String
  (match xs
    ([] "empty")
    ([x] (str "one " x))
    ([0 0 & _] "two zeros")
    ([a & rest] :when (> a 9) (str "big, then " (count rest)))
    ([a b] (str "two " (+ a b)))
    ([_ _ & more] (str "and " more))))
(defn total [xs <- (Vector i64)] -> i64
  (match xs ([] 0) ([x & more] (+ x (total more)))))
(defn main [] -> nil
  (println (map shape [[] [7] [0 0 1] [10 1 1] [1 2] [1 2 3 4]]))
  (println (total [1 2 3 4])))
