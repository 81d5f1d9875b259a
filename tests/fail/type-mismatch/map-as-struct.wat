(defstruct Pt [x <- i64])
(defn f [p <- Pt] -> i64 (:x p))
(defn main [] -> nil
  ;; error[type-mismatch]
  (println (f {:x "a"})))
