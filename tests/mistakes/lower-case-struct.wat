(defstruct person [name <- String])

(println (person "ann"))
