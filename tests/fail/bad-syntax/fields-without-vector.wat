;; error[bad-syntax]
(defstruct Pt x <- i64)
(defn main [] -> nil (println 1))
