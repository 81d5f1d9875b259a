(defun double (x)
  (* 2 x))

(println (double 4))
