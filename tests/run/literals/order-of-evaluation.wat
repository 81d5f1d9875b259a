;; Elements, entries and arguments are evaluated in the order written.
(defn say [n <- i64] -> i64 (do (println n) n))
(defn add [a <- i64  b <- i64] -> i64 (+ a b))
(println (count [(say 1) (say 2)]))
(println (count {(say 3) (say 4)}))
(println (add (say 5) (say 6)))
