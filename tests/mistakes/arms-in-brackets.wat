(defn describe [n <- i64] -> String
  (match n
    [0 "zero"]
    [_ "more"]))

(println (describe 0))
