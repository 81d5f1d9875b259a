(println (plus 1 2))
