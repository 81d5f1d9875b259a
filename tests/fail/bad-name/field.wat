;; error[bad-name]
(defstruct Pt [X <- i64])
(defn main [] -> nil (println 1))
