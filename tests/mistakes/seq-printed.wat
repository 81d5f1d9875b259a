(println (take 3 (iterate inc 0)))
