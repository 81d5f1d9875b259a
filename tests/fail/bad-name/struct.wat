;; error[bad-name]
(defstruct point [x <- i64])
(defn main [] -> nil (println 1))
