;; Tests are no part of the program beside them.
(defn twice [n <- i64] -> i64 (* 2 n))
(deftest "doubles" (assert-eq 4 (twice 2)))
(defn main [] -> nil (println (twice 21)))
