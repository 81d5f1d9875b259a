(println {:name "ann" :age 40})
