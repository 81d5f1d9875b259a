(defstruct Person [name <- String  age <- i64])

(defn main [] -> nil
  (let [p (Person "ann" 40)]
    (println p.name)))
