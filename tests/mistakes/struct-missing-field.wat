(defstruct Person [name <- String  age <- i64])

(println (Person :name "ann"))
