;; Colon paths are the same names.
(:wat::core::defstruct :user::Point [x <- :wat::core::i64])
(:wat::core::defenum :user::Shape (Dot [at <- :user::Point]) Empty)
(defn size [s <- :user::Shape] -> :wat::core::i64
  (match s ((:user::Shape::Dot p) (:x p)) (:Shape::Empty 0)))
(:wat::core::defn :user::main [] -> :wat::core::nil
  (println (user/size (:user::Shape::Dot (:user::Point 4))))
  (println (size :Shape::Empty)))
