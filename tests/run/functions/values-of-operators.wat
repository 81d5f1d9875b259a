;; Names of variable arity take the arity that their place expects.
(println (reduce + 0 [1 2 3]))
(println (reduce * 1 [2 3 4]))
(println (reduce max 0 [3 9 2]))
(println (map - [1 2]))
(println (map - [10 20] [1 2]))
(println (map not [true false]))
(println (map str [1 2]))
(println (sort-by - [1 3 2]))
