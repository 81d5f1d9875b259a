;; A script: definitions first, wherever they stand, then the expressions in order.
(println (double greeting))
(defn double [s <- String] -> String (str s s))
(def greeting "ho")
(println (count greeting))
