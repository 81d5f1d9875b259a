(defn f {:where [(Ord T)]} [x <- T] -> T x)
(defstruct Pt [x <- i64])
(defn main [] -> nil
  ;; error[missing-bound]
  (println (f (Pt 1))))
