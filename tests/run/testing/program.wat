;; Tests are no part of the program beside them.
(defn twice [n <- i64] -> i64 (* 2 n))
(deftest "doubles" (assert-eq 4 (twice 2)))
(deftest "doubles nothing" (wat.test/assert-eq 0 (twice 0)))
(defn main [] -> nil (println (twice 21)))
