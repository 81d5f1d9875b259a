(println (string/upper "abc"))
