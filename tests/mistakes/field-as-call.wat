(defstruct Person [name <- String  age <- i64])

(println (name (Person "ann" 40)))
