(defn describe [xs <- (Vector i64)] -> String
  (if (count xs) "some" "none"))

(println (describe [1 2]))
