;; error[unknown-attribute]
(defstruct Pt {:deriv [Ord]} [x <- i64])
(defn main [] -> nil (println 1))
