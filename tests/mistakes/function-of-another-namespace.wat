(println (sqrt 2.0))
