(println (upper "abc"))
