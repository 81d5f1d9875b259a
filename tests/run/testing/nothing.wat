;; run: test --filter nowhere FILE
;; A filter that finds nothing says so.
(deftest "adds" (assert-eq 4 (+ 2 2)))
