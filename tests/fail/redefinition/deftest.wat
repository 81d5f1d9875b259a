(deftest "adds" (assert-eq 4 (+ 2 2)))
;; error[redefinition]
(deftest "adds" (assert-eq 5 (+ 2 3)))
