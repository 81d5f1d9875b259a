(defstruct Person [name <- String  age <- i64])

(defn older [p <- Person] -> Person
  (assoc p :age (inc (:age p))))

(println (older (Person "ann" 40)))
