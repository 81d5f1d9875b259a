(defstruct Pt [x <- i64])
(defn main [] -> nil
  ;; error[bad-syntax]
  (println (with (Pt 1) :x)))
