(defn f [n <- i64] -> String
  (cond ((< n 0) "neg") (true "pos")))
(println (f 1))
