(defstruct Pt [x <- bool y <- i64])
(defn f [p <- Pt] -> i64
  ;; error[missing-case]
  (match p ((Pt true y) 1) ((Pt false 0) 2)))
(defn main [] -> nil (println (f (Pt true 1))))
