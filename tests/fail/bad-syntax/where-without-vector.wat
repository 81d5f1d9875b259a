;; error[bad-syntax]
(defn f {:where (Ord T)} [x <- T] -> T x)
(defn main [] -> nil (println (f 1)))
