;; Colon paths wherever a name or a type stands.
(:wat::core::defn main [] -> :wat::core::nil
  (:wat::core::let [x (:wat::core::+ 1 2) f (:wat::core::fn [y <- :wat::core::i64] (:wat::core::* y 2))]
    (:wat::kernel::println (:wat::core::if (:wat::core::= x 3) (f 1) 2))
    (:wat::kernel::println (:user::helper [1 2]))
    (println (:wat::core::match (:user::Shape::Circle 5) ((:user::Shape::Circle n) n) (:user::Shape::Dot 0)))
    (println (map :user::helper2 [1 2]))
    (println (:wat::string::upper "a"))
    (println wat.math/pi)
    (println (:user::Pt :x 1 :y 2))))
(:wat::core::defn helper [xs <- (:wat::core::Vector :wat::core::i64)] -> (:wat::core::Option i64) (first xs))
(defn helper2 [x <- i64] -> i64 (loop [i 0] (:wat::core::if (= i x) i (:wat::core::recur (+ i 1)))))
(:wat::core::defenum Shape Dot (Circle [n <- i64]))
(:wat::core::defstruct Pt [x <- i64  y <- i64])
