;; run: test --tier thread --limit 2 FILE
;; A test that does not end is ended, and its time is its own; so is what it wrote.
(deftest "writes" (eprintln :quiet) (println 1))
(deftest "hangs" (eprintln :before) (loop [n 0] (recur (if (> n 5) 0 (inc n)))))
(deftest "reads nothing" (assert-none (readln -> i64)))
