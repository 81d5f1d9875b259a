(println (map [1 2 3] inc))
