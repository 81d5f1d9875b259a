;; error[bad-syntax]
(defstruct Point [x i64 y i64])
(defn main [] -> nil (println (:x (Point 1 2))))
