;; error[unknown-type-variable]
(defstruct Box [v <- T])
(defn main [] -> nil (println 1))
