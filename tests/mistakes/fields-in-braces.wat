(defstruct Point {x: f64, y: f64})
(println (Point 1.0 2.0))
