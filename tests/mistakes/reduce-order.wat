(println (reduce 0 + [1 2 3]))
