(println (:a {:a 1}))
