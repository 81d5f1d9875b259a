(defmacro record [name & fields]
  `(defstruct ~name [~@(map (fn [f] f) (range 3))]))

(record Point x y)

(defn across [p <- Point] -> i64 (:x p))

(println (across (Point 1 2)))
