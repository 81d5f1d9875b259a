(defstruct Pt [x <- i64])
(defn main [] -> nil
  ;; error[type-mismatch]
  (println (with (Pt 1) :x "a")))
