(defstruct Pt [x <- i64])
(defn f [p <- Pt] -> i64 (:x p))
(defn main [] -> nil
  ;; error[unknown-field]
  (println (f {:x 1 :y 2})))
