;; error[duplicate-field]
(defstruct Point [x <- i64  x <- i64])
(defn main [] -> nil (println 1))
