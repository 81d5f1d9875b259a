;; error[bad-syntax]
(deftest adds (assert-eq 4 (+ 2 2)))
;; error[bad-syntax]
(deftest "nothing")
