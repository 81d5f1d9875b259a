;; Structs by position and by name, variants, tuples, nested.
(defstruct Point [x <- i64  y <- i64])
(defenum Shape Empty (Dot [at <- Point]) (Line [from <- Point  to <- Point]))
(defn describe [s <- Shape] -> String
  (match s
    (Shape/Empty "nothing")
    ((Shape/Dot (Point 0 0)) "origin")
    ((Shape/Dot {:x x}) (str "dot at column " x))
    ((Shape/Line (Point a b) (Point c d)) :when (= a c) (str "vertical from " b " to " d))
    ((Shape/Line (as (Point 0 _) start) _) (str "from the axis at " (:y start)))
    ((Shape/Line _ _) "line")))
(defn main [] -> nil
  (println (map describe [Shape/Empty
                          (Shape/Dot (Point 0 0))
                          (Shape/Dot (Point 5 6))
                          (Shape/Line (Point 1 2) (Point 1 9))
                          (Shape/Line (Point 0 4) (Point 1 9))
                          (Shape/Line (Point 3 4) (Point 1 9))]))
  (println (match (tuple 1 "a") ((tuple 1 s) s) (_ "other")))
  (println (match (Point 3 4) ({:keys [x y]} (+ x y))))
  (println (match (Some (Some 2)) ((Some (Some n)) n) ((Some None) 0) (None -1)))
  (println (match (tuple (Some 1) None)
             ((tuple (Some a) (Some b)) (+ a b))
             ((tuple (Some a) None) a)
             ((tuple None _) 0))))
