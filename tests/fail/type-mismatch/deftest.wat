;; Tests are checked, and a name defined in the file is not one of `wat.test`.
(deftest "adds"
  ;; error[type-mismatch]
  (assert-eq 4 "four"))
