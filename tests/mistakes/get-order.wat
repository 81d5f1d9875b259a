(println (get :a {:a 1}))
